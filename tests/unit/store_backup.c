/* tests/unit/store_backup.c - a backup is elsewhere, grows by what is new, and is checked as it says; what comes
 * out of it signs with the key it had; what is lost here comes back from there. */
#include "store/care/backup.h"
#include "store/care/destroy.h"

#include "base/clock.h"
#include "store/access/access_log.h"
#include "store/care/recompress.h"
#include "store/care/repair.h"
#include "store/care/restore.h"
#include "store/proof/checkpoint.h"
#include "store/proof/new_key.h"
#include "tests/unit/store_fixture.h"

#define DAY_MS (UINT64_C(24) * 3600 * 1000)

static char copy[64], back[64];

static int setup_small(void **state)
{
	if (fixture_setup(state) != 0)
		return -1;
	Fixture *f = *state;
	f->options.segment_bytes = 32 << 10;
	fixture_reopen(f);
	snprintf(copy, sizeof copy, "./%.40s.copy", f->dir);
	snprintf(back, sizeof back, "./%.40s.back", f->dir);
	return 0;
}

static int teardown_small(void **state)
{
	Err err;
	file_remove_tree(copy, &err);
	file_remove_tree(back, &err);
	return fixture_teardown(state);
}

/* Texts of ordinary words, so that a dictionary is worth its bytes. */
static void make_text(int number, char *out, size_t room)
{
	static const char *const words[] = {"quyết định", "ủy ban nhân dân", "thu hồi đất",  "hồ sơ",    "cấp giấy",
					    "chứng nhận", "quyền sử dụng",   "huyện",        "tỉnh",     "thành phố",
					    "về việc",    "căn cứ",          "luật đất đai", "nghị định"};
	uint64_t noise = (uint64_t)number + 1;
	size_t len = (size_t)snprintf(out, room, "%d:", number);
	while (len + 40 < room) {
		noise = noise * 6364136223846793005u + 1442695040888963407u;
		len += (size_t)snprintf(out + len, room - len, " %s %u", words[(noise >> 40) % 14],
					(unsigned)(noise >> 57));
	}
}

static void add(Fixture *f, int from, int to)
{
	char key[24], text[1500];
	fixture_begin(f);
	for (int i = from; i < to; i++) {
		snprintf(key, sizeof key, "r%d", i);
		make_text(i, text, sizeof text);
		fixture_add(f, key, "{}", text);
	}
	fixture_commit_end(f);
}

static void all_is_there(Store *store, int count)
{
	Fixture f = {.store = store};
	for (int i = 0; i < count; i++) {
		char key[24], text[1500];
		Buf got = {0};
		make_text(i, text, sizeof text);
		snprintf(key, sizeof key, "r%d", i);
		assert_ok(&f, fixture_text(&f, key, &got));
		assert_str_equal(buf_str(&got), str_from(text));
		buf_done(&got);
	}
	assert_int_equal(fixture_verify(&f, false), 0);
}

static BackupReport back_up(Fixture *f, BackupOptions how)
{
	BackupReport report = {0};
	assert_ok(f, store_backup(f->store, copy, &how, &report, &f->err));
	return report;
}

/* ---- the target ------------------------------------------------------------------------------------------------ */

static void a_backup_onto_or_into_the_archive_is_refused_and_nothing_is_touched(void **state)
{
	Fixture *f = *state;
	BackupReport report;
	const BackupOptions plain = {0};
	char inside[160];
	add(f, 0, 5);
	assert_status(f, store_backup(f->store, f->dir, &plain, &report, &f->err), ST_INVALID);
	snprintf(inside, sizeof inside, "%s/backup/deep", f->dir);
	assert_status(f, store_backup(f->store, inside, &plain, &report, &f->err), ST_INVALID);
	assert_int_equal(fixture_run("ln -s $PWD/%s %s && mkdir %s && ln -s $PWD/%s/segments %s/segments", f->dir, back,
				     copy, f->dir, copy),
			 0);
	assert_status(f, store_backup(f->store, back, &plain, &report, &f->err), ST_INVALID);
	assert_status(f, store_backup(f->store, copy, &plain, &report, &f->err), ST_INVALID);
	assert_int_equal(fixture_run("rm %s", back), 0);
	add(f, 5, 8);
	all_is_there(f->store, 8);
}

static void a_target_that_is_newer_or_of_another_history_is_not_written_over(void **state)
{
	Fixture *f = *state;
	BackupReport report;
	Buf note = {0};
	const BackupOptions plain = {0};
	RestoreReport restored;
	add(f, 0, 5);
	back_up(f, plain);
	assert_ok(f, store_restore(copy, back, &(RestoreOptions){0}, &restored, &f->err));
	Fixture other = {.options = f->options};
	snprintf(other.dir, sizeof other.dir, "%s", back);
	fixture_open(&other);
	add(&other, 100, 103); /* somebody went on with the restored one */
	assert_status(f, store_backup(f->store, back, &plain, &report, &f->err), ST_CONFLICT);
	add(f, 5, 9);
	assert_status(f, store_backup(f->store, back, &plain, &report, &f->err), ST_CONFLICT);
	assert_non_null(strstr(f->err.text, "another history"));
	assert_ok(f, store_checkpoint(other.store, &note, &f->err));
	assert_status(f, store_backup(f->store, back, &plain, &report, &f->err), ST_CONFLICT);
	store_close(other.store);
	buf_done(&note);
}

/* ---- what is new, and what it claims --------------------------------------------------------------------------- */

static void within_a_segment_only_what_is_new_is_copied(void **state)
{
	Fixture *f = *state;
	f->options.segment_bytes = 8 << 20;
	fixture_reopen(f);
	add(f, 0, 300);
	BackupReport first = back_up(f, (BackupOptions){0});
	add(f, 300, 302);
	BackupReport second = back_up(f, (BackupOptions){0});
	assert_true(first.bytes_copied > 100000);
	assert_true(second.bytes_copied < 6000);
	assert_int_equal(second.segments_copied, 1);
	assert_int_equal(back_up(f, (BackupOptions){0}).bytes_copied, 0);
	fixture_begin(f);
	assert_ok(f, store_seal(f->store, &f->err)); /* sealed now: its footer is what is new */
	store_write_end(f->store);
	add(f, 302, 310);
	BackupReport third = back_up(f, (BackupOptions){0});
	assert_int_equal(third.segments_copied, 2);
	assert_true(third.bytes_copied < 30000);
	Store *there;
	assert_ok(f, store_open_with(&there, copy, &f->options, &f->err));
	all_is_there(there, 310);
	store_close(there);
}

static void a_piece_that_rotted_is_found_when_it_is_due_and_copied_anew(void **state)
{
	Fixture *f = *state;
	uint64_t now = clock_utc_ms();
	char path[40];
	add(f, 0, 200);
	BackupReport first = back_up(f, (BackupOptions){.now_utc_ms = now});
	assert_true(first.segments > 4);
	assert_int_equal(first.segments_checked, 0);
	Fixture there = {0};
	snprintf(there.dir, sizeof there.dir, "%s", copy);
	snprintf(path, sizeof path, "segments/%08x.seg", first.segments - 1);
	flip_byte(&there, path, 9000, 4);
	BackupReport soon = back_up(f, (BackupOptions){.now_utc_ms = now + DAY_MS});
	assert_true(soon.segments_checked >= 1); /* its share: the oldest */
	BackupReport due = back_up(f, (BackupOptions){.now_utc_ms = now + (CHECK_DAYS + 1) * DAY_MS});
	assert_int_equal(soon.segments_replaced + due.segments_replaced, 1);
	flip_byte(&there, path, 9000, 4);
	BackupReport all = back_up(f, (BackupOptions){.check_all = true});
	assert_int_equal(all.segments_checked, all.segments);
	assert_int_equal(all.segments_replaced, 1);
	Store *store;
	assert_ok(f, store_open_with(&store, copy, &f->options, &f->err));
	all_is_there(store, 200);
	store_close(store);
}

static void a_damaged_archive_does_not_go_over_its_backup(void **state)
{
	Fixture *f = *state;
	BackupReport report;
	add(f, 0, 100);
	back_up(f, (BackupOptions){0});
	assert_int_equal(fixture_run("truncate -s 3000 %s/segments/00000001.seg", f->dir), 0);
	fixture_reopen(f);
	assert_status(f, store_backup(f->store, copy, &(BackupOptions){0}, &report, &f->err), ST_CORRUPT);
	Store *store;
	assert_ok(f, store_open_with(&store, copy, &f->options, &f->err));
	all_is_there(store, 100);
	store_close(store);
}

/* ---- points in time -------------------------------------------------------------------------------------------- */

static void every_backup_is_a_point_in_time(void **state)
{
	Fixture *f = *state;
	RestoreReport report;
	static const int sizes[] = {7, 60, 61, 150};
	uint32_t done;
	int before = 0;
	for (int i = 0; i < 4; i++) {
		add(f, before, sizes[i]);
		before = sizes[i];
		back_up(f, (BackupOptions){0});
	}
	for (int tight = 0; tight < 2; tight++) {
		for (int i = 0; i < 4; i++) {
			char size[16];
			Store *store;
			snprintf(size, sizeof size, "%d", sizes[i]);
			assert_ok(f, store_restore(copy, back, &(RestoreOptions){.as_of = str_from(size)}, &report,
						   &f->err));
			assert_int_equal(report.tree_size, sizes[i]);
			assert_ok(f, store_open_with(&store, back, &f->options, &f->err));
			assert_int_equal(store_tree_size(store), sizes[i]);
			all_is_there(store, sizes[i]);
			Fixture other = {.store = store};
			add(&other, 1000, 1003); /* its last segment is the live one */
			all_is_there(store, sizes[i]);
			store_close(store);
			file_remove_tree(back, &f->err);
		}
		/* packed tighter, dictionaries stand behind the cut */
		assert_ok(f, store_recompress(f->store, UINT32_MAX, NULL, &done, &f->err));
		back_up(f, (BackupOptions){0});
	}
	assert_status(f, store_restore(copy, back, &(RestoreOptions){.as_of = STR("8")}, &report, &f->err),
		      ST_NOT_FOUND);
	assert_status(f, store_restore(copy, back, &(RestoreOptions){.as_of = STR("2001-01-01")}, &report, &f->err),
		      ST_NOT_FOUND);
	assert_ok(f, store_restore(copy, back, &(RestoreOptions){.as_of = STR("9999-01-01")}, &report, &f->err));
	assert_int_equal(report.tree_size, 150);
}

/* ---- the key --------------------------------------------------------------------------------------------------- */

static void what_is_restored_signs_with_the_key_it_had(void **state)
{
	Fixture *f = *state;
	Buf note = {0}, key = {0}, again = {0};
	RestoreReport report;
	Checkpoint head;
	AccessLog *log;
	add(f, 0, 5);
	assert_ok(f, store_checkpoint(f->store, &note, &f->err));
	assert_ok(f, store_verifier_key(f->store, &key, &f->err));
	assert_ok(f, access_log_open(&log, f->dir, &f->err));
	assert_ok(f, access_log_add(log, &(AccessEntry){.who = STR("a"), .action = STR("get-record")}, &f->err));
	access_log_close(log);
	add(f, 5, 9);
	assert_true(back_up(f, (BackupOptions){0}).key_left_behind);
	assert_status(f, store_restore(copy, back, &(RestoreOptions){0}, &report, &f->err), ST_INVALID);
	assert_non_null(strstr(f->err.text, "--key"));
	assert_status(
		f,
		store_restore(copy, back, &(RestoreOptions){.key_passphrase = STR("không có gì cả")}, &report, &f->err),
		ST_NOT_FOUND);
	assert_true(back_up(f, (BackupOptions){.key_passphrase = STR("mật khẩu của kho")}).has_key);
	assert_int_equal(fixture_run("grep -rq PRIVATE %s", copy), 1);
	assert_status(f,
		      store_restore(copy, back, &(RestoreOptions){.key_passphrase = STR("mật khẩu khác hẳn")}, &report,
				    &f->err),
		      ST_FORBIDDEN);
	assert_ok(f, store_restore(copy, back, &(RestoreOptions){.key_passphrase = STR("mật khẩu của kho")}, &report,
				   &f->err));
	assert_true(report.signs);
	assert_int_equal(report.access_entries, 2); /* the one that was there, and the restore itself */
	Store *store;
	assert_ok(f, store_open(&store, back, &f->err));
	assert_ok(f, store_checkpoint(store, &again, &f->err));
	assert_ok(f, checkpoint_check(buf_str(&again), buf_str(&key), &head, &f->err));
	assert_int_equal(head.tree_size, 9);
	VerifyReport verified;
	assert_ok(f, store_verify(store, false, NULL, NULL, NULL, &verified, &f->err));
	assert_int_equal(verified.findings, 0);
	store_close(store);
	buf_done(&note);
	buf_done(&key);
	buf_done(&again);
}

static void without_its_key_it_signs_nothing_and_makes_none(void **state)
{
	Fixture *f = *state;
	Buf note = {0}, key = {0}, other = {0};
	RestoreReport report;
	Checkpoint head;
	add(f, 0, 5);
	assert_ok(f, store_checkpoint(f->store, &note, &f->err));
	assert_ok(f, store_verifier_key(f->store, &key, &f->err));
	back_up(f, (BackupOptions){0});
	assert_ok(f, store_restore(copy, back, &(RestoreOptions){.without_key = true}, &report, &f->err));
	assert_false(report.signs);
	Fixture there = {.options = f->options};
	snprintf(there.dir, sizeof there.dir, "%s", back);
	fixture_open(&there);
	add(&there, 5, 7);
	buf_clear(&note);
	assert_status(&there, store_checkpoint(there.store, &note, &there.err), ST_READ_ONLY);
	assert_non_null(strstr(there.err.text, "--new-key"));
	assert_ok(&there,
		  store_verifier_key(there.store, &other, &there.err)); /* the public one is still the old one */
	assert_str_equal(buf_str(&other), buf_str(&key));
	assert_int_equal(fixture_verify(&there, false), 0);
	/* on purpose: recorded, the old public key kept, the old checkpoint still checks */
	assert_status(&there, store_new_key(there.store, &(NewKeyInput){0}, &note, &there.err), ST_INVALID);
	assert_ok(&there,
		  store_new_key(there.store, &(NewKeyInput){STR("Nguyễn An"), STR("mất khoá")}, &note, &there.err));
	buf_clear(&other);
	assert_ok(&there, store_verifier_key(there.store, &other, &there.err));
	assert_false(str_eq(buf_str(&other), buf_str(&key)));
	assert_ok(&there, checkpoint_check(buf_str(&note), buf_str(&other), &head, &there.err));
	assert_int_equal(head.tree_size, 8);
	assert_int_equal(fixture_verify(&there, false), 0);
	Arena arena = {0};
	Entry entry;
	assert_ok(&there, store_entry(there.store, 7, &arena, &entry, &there.err));
	assert_int_equal(entry.kind, ENTRY_KEY);
	assert_true(str_find(entry.metadata, buf_str(&key)) > 0);
	assert_true(str_find(entry.metadata, STR("\"signature\"")) < 0);
	/* once more, now with the key before it: it signs the new one */
	buf_clear(&note);
	assert_ok(&there,
		  store_new_key(there.store, &(NewKeyInput){STR("Nguyễn An"), STR("định kỳ")}, &note, &there.err));
	assert_ok(&there, store_entry(there.store, 8, &arena, &entry, &there.err));
	assert_true(str_find(entry.metadata, STR("\"signature\"")) > 0);
	assert_int_equal(fixture_run("test $(ls %s/keys/verifier-*.txt | wc -l) = 2", back), 0);
	fixture_reopen(&there);
	assert_int_equal(fixture_verify(&there, false), 0);
	store_close(there.store);
	arena_done(&arena);
	buf_done(&note);
	buf_done(&key);
	buf_done(&other);
}

static void a_changed_signing_key_is_a_finding(void **state)
{
	Fixture *f = *state;
	Buf note = {0};
	add(f, 0, 2);
	assert_ok(f, store_checkpoint(f->store, &note, &f->err));
	uint64_t size = file_size_of(f, "keys/signing.key");
	for (uint64_t i = 0; i < size; i++) {
		flip_byte(f, "keys/signing.key", i, (uint8_t)(1 << i % 8));
		assert_int_equal(fixture_verify(f, true), 1);
		flip_byte(f, "keys/signing.key", i, (uint8_t)(1 << i % 8));
	}
	buf_done(&note);
}

/* ---- repair ---------------------------------------------------------------------------------------------------- */

static void what_is_lost_here_comes_back_from_the_copy(void **state)
{
	Fixture *f = *state;
	static const char *const harm[] = {
		"true",
		"printf x | dd of=$A/segments/00000002.seg bs=1 seek=9000 conv=notrunc status=none",
		/* … and look-ups that were made of the damaged one */
		"printf x | dd of=$A/segments/00000002.seg bs=1 seek=9000 conv=notrunc status=none; rm -r $A/catalogue",
		"truncate -s 9000 $A/segments/00000001.seg; rm -r $A/catalogue",
		"rm $A/segments/00000002.seg",
		"rm $A/segments/*",
		"truncate -s 5000 $A/segments/00000003.seg; rm $A/segments/0000000[456789]*",
		"for s in $A/segments/*; do printf x | dd of=$s bs=1 seek=3000 conv=notrunc status=none; done",
	};
	RepairReport report;
	add(f, 0, 150);
	back_up(f, (BackupOptions){0});
	assert_int_equal(fixture_run("cp -r %s %s", f->dir, back), 0);
	for (size_t i = 0; i < sizeof harm / sizeof harm[0]; i++) {
		store_close(f->store);
		f->store = NULL;
		assert_int_equal(
			fixture_run("rm -r %s && cp -r %s %s && A=%s && %s", f->dir, back, f->dir, f->dir, harm[i]), 0);
		fixture_open(f);
		assert_true(i == 0 || fixture_verify(f, false) > 0);
		assert_ok(f, store_repair_all(f->store, copy, NULL, &report, &f->err));
		assert_true(i == 0 || report.segments_repaired || report.records_regained);
		all_is_there(f->store, 150);
		add(f, 500, 503);
		fixture_reopen(f);
		all_is_there(f->store, 150);
		assert_int_equal(store_tree_size(f->store), 153);
	}
}

static void assert_gone(Fixture *f, uint64_t sequence, const Hash *text)
{
	Arena arena = {0};
	Entry entry;
	Buf got = {0};
	assert_ok(f, store_entry(f->store, sequence, &arena, &entry, &f->err));
	assert_true(entry.destroyed);
	assert_true(store_object_load(f->store, text, 1 << 20, &got, &f->err) != ST_OK);
	arena_done(&arena);
	buf_done(&got);
}

/* The copy was made before the decision: what it still has of the record does not come back. */
static void what_was_destroyed_since_the_copy_stays_destroyed(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	uint64_t sequence;
	RepairReport report;
	DestructionReport destroyed;
	char id[] = "r5";
	const Str ids[] = {STR("r5")};
	const DestructionInput input = {STR("17/QĐ"), STR("2026-12-01"), STR("hết hạn"), {STR("A"), STR("B")}, ids, 1};
	add(f, 0, 150);
	back_up(f, (BackupOptions){0});
	assert_ok(f, store_find(f->store, ENTRY_RECORD, str_from(id), 0, &sequence, &f->err));
	assert_ok(f, store_entry(f->store, sequence, &arena, &entry, &f->err));
	Hash text = entry.objects[0].hash;
	assert_ok(f, store_destroy(f->store, &input, &destroyed, &f->err));
	assert_gone(f, sequence, &text);
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(fixture_run("for s in %s/segments/0000000[12].seg; do printf x | dd of=$s bs=1 seek=3000 "
				     "conv=notrunc status=none; done",
				     f->dir),
			 0);
	fixture_open(f);
	assert_ok(f, store_repair_all(f->store, copy, NULL, &report, &f->err));
	assert_true(report.segments_repaired >= 1);
	assert_true(report.destroyed_again >= 2);
	assert_gone(f, sequence, &text);
	assert_false(store_destroy_is_pending(f->store));
	fixture_reopen(f);
	assert_gone(f, sequence, &text);
	assert_int_equal(fixture_verify(f, false), 0);
	arena_done(&arena);
}

static void a_copy_that_lacks_it_says_so(void **state)
{
	Fixture *f = *state;
	RepairReport report;
	add(f, 0, 50);
	back_up(f, (BackupOptions){0});
	add(f, 50, 150);
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(fixture_run("rm %s/segments/*", f->dir), 0);
	fixture_open(f);
	assert_status(f, store_repair_all(f->store, copy, NULL, &report, &f->err), ST_CORRUPT);
	assert_non_null(strstr(f->err.text, "150 records were stored"));
	assert_int_equal(store_tree_size(f->store), 50); /* what it had is back all the same */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_small, teardown_small)
		TEST(a_backup_onto_or_into_the_archive_is_refused_and_nothing_is_touched),
		TEST(a_target_that_is_newer_or_of_another_history_is_not_written_over),
		TEST(within_a_segment_only_what_is_new_is_copied),
		TEST(a_piece_that_rotted_is_found_when_it_is_due_and_copied_anew),
		TEST(a_damaged_archive_does_not_go_over_its_backup),
		TEST(every_backup_is_a_point_in_time),
		TEST(what_is_restored_signs_with_the_key_it_had),
		TEST(without_its_key_it_signs_nothing_and_makes_none),
		TEST(a_changed_signing_key_is_a_finding),
		TEST(what_is_lost_here_comes_back_from_the_copy),
		TEST(what_was_destroyed_since_the_copy_stays_destroyed),
		TEST(a_copy_that_lacks_it_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
