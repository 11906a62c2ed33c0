/* tests/unit/store_keep.c - what is done with an archive over the years leaves every record and every proof as it was.
 */
#include "store/care/backup.h"
#include "store/care/repair.h"
#include "store/care/restore.h"
#include "store/care/destroy.h"
#include "store/care/hold.h"
#include "store/care/recompress.h"

#include "store/proof/proof.h"
#include "store/care/scrub.h"
#include "tests/unit/store_fixture.h"

enum { RECORDS = 900 };

static void make_text(int i, char *out, size_t room)
{
	int n = snprintf(out, room, "QUYẾT ĐỊNH số %d/QĐ-UBND về việc giao nhiệm vụ năm %d\n", i, 1990 + i % 35);
	for (int k = 0; k < 18; k++)
		n += snprintf(out + n, room - (size_t)n,
			      "Điều %d. Giao Sở %d phối hợp với phòng %d, thời hạn %d ngày.\n", k, (i * 7 + k) % 19,
			      (i + k * k) % 53, (i * k) % 90);
}

static int setup(void **state)
{
	if (fixture_setup(state) != 0)
		return -1;
	Fixture *f = *state;
	f->options.segment_bytes = 4 << 20;
	f->options.sample_bytes = 200 << 10;
	fixture_reopen(f);
	fixture_begin(f);
	for (int i = 0; i < RECORDS; i++) {
		char key[16], text[4000];
		make_text(i, text, sizeof text);
		snprintf(key, sizeof key, "r%d", i);
		fixture_add(f, key, "{\"type\":\"Quyết định\"}", text);
	}
	fixture_commit_end(f);
	return 0;
}

static void all_is_there(Fixture *f, int from)
{
	Buf text = {0};
	Arena arena = {0};
	Proof proof;
	for (int i = from; i < RECORDS; i++) {
		char key[16], expected[4000];
		make_text(i, expected, sizeof expected);
		snprintf(key, sizeof key, "r%d", i);
		assert_ok(f, fixture_text(f, key, &text));
		assert_str_equal(buf_str(&text), str_from(expected));
		arena_reset(&arena);
		assert_ok(f, store_prove_inclusion(f->store, (uint64_t)i, 0, &arena, &proof, &f->err));
	}
	arena_done(&arena);
	buf_done(&text);
}

static void recompression_makes_it_smaller_and_changes_nothing(void **state)
{
	Fixture *f = *state;
	StoreState before, after;
	uint32_t done;
	Store *reader;
	Buf text = {0};
	uint64_t sequence;
	fixture_begin(f);
	assert_ok(f, store_seal(f->store, &f->err));
	store_write_end(f->store);
	store_state(f->store, &before);
	assert_true(before.segments >= 2);
	assert_ok(f, store_open_with(&reader, f->dir, &f->options,
				     &f->err)); /* another process, with the old files open */
	assert_ok(f, store_find(reader, ENTRY_RECORD, STR("r5"), 0, &sequence, &f->err));
	assert_ok(f, store_recompress(f->store, 1000, NULL, &done, &f->err));
	assert_int_equal(done, before.segments - 1);
	store_state(f->store, &after);
	print_message("%llu bytes at ingest, %llu at rest, of %llu\n", (unsigned long long)before.bytes_stored,
		      (unsigned long long)after.bytes_stored, (unsigned long long)after.bytes_original);
	assert_true(after.bytes_stored < before.bytes_stored);
	assert_true(hash_eq(&before.root, &after.root));
	all_is_there(f, 0);
	assert_int_equal(fixture_verify(f, false), 0);
	assert_ok(f, store_recompress(f->store, 1000, NULL, &done, &f->err));
	assert_int_equal(done, 0); /* once is enough */
	fixture_reopen(f);
	all_is_there(f, 0);
	fixture_begin(f);
	fixture_add(f, "more", "{}", "more");
	fixture_commit_end(f);
	assert_int_equal(fixture_verify(f, false), 0);
	Store *own = f->store;
	f->store = reader;
	assert_ok(f, store_refresh(reader, &f->err));
	all_is_there(f, 0);
	f->store = own;
	store_close(reader);
	buf_done(&text);
}

/* All is read then, and files are closed and opened again on the way. */
static void many_recompressed_segments_are_read_without_a_catalogue(void **state)
{
	Fixture *f = *state;
	char catalogue[128];
	uint32_t done;
	f->options.segment_bytes = 100 << 10;
	fixture_reopen(f);
	for (int i = 0; i < 4; i++) {
		fixture_begin(f);
		for (int k = 0; k < 200; k++) {
			char key[16], text[4000];
			make_text(10000 + i * 200 + k, text, sizeof text);
			snprintf(key, sizeof key, "m%d", i * 200 + k);
			fixture_add(f, key, "{}", text);
		}
		fixture_commit_end(f);
	}
	assert_ok(f, store_recompress(f->store, 1000, NULL, &done, &f->err));
	assert_true(done > 3);
	fixture_path(f, "catalogue", catalogue, sizeof catalogue);
	assert_ok(f, file_remove_tree(catalogue, &f->err));
	f->options.files_max = 1;
	fixture_reopen(f);
	all_is_there(f, 800);
	fixture_begin(f);
	fixture_add(f, "more", "{}", "more");
	fixture_commit_end(f);
	assert_int_equal(fixture_verify(f, false), 0);
}

static void a_damaged_segment_is_not_made_to_look_right(void **state)
{
	Fixture *f = *state;
	uint32_t done;
	fixture_begin(f);
	assert_ok(f, store_seal(f->store, &f->err));
	store_write_end(f->store);
	flip_byte(f, "segments/00000001.seg", 100000, 1);
	assert_status(f, store_recompress(f->store, 1000, NULL, &done, &f->err), ST_CORRUPT);
	assert_true(fixture_verify(f, true) > 0);
	flip_byte(f, "segments/00000001.seg", 100000, 1);
	assert_int_equal(fixture_verify(f, false), 0);
}

/* ---- holds and destruction ------------------------------------------------------------------------------------- */

static bool bytes_are_anywhere(const Fixture *f, const char *needle)
{
	char command[400];
	snprintf(command, sizeof command, "grep -rqF -- '%s' %s", needle, f->dir);
	return system(command) == 0;
}

static void add_secret(Fixture *f, const char *key, const char *metadata, Str text, Str other)
{
	Receipt r;
	Str cases[1] = {STR("CASE-9")};
	ObjectInput objects[2] = {{.ref = {.role = "text"}, .bytes = text, .fd = -1},
				  {.ref = {.role = "attachment"}, .bytes = other, .fd = -1}};
	EntryInput input = {.kind = ENTRY_RECORD,
			    .key = str_from(key),
			    .metadata = str_from(metadata),
			    .objects = objects,
			    .object_count = 2,
			    .cases = cases,
			    .case_count = 1};
	assert_ok(f, store_append(f->store, &input, &r, &f->err));
}

static void a_destroyed_record_leaves_its_proof_and_nothing_else(void **state)
{
	Fixture *f = *state;
	static char large[(1 << 20) + 4321];
	uint64_t sequence, *members;
	size_t count;
	Arena arena = {0};
	Entry entry;
	Proof proof;
	Buf got = {0};
	Hash shared, leaf_before;
	DestructionReport report;
	uint64_t noise = 99;
	for (size_t i = 0; i < sizeof large; i++) {
		noise = noise * 6364136223846793005u + 1442695040888963407u;
		large[i] = (char)(noise >> 56);
	}
	memcpy(large + 500000, "LARGE-SECRET-MARK", 17);
	fixture_begin(f);
	add_secret(f, "doomed", "{\"subject\":\"SECRET-SUBJECT\"}", STR("q8#SECRET-TEXT-7"), STR("shared text"));
	add_secret(f, "doomed", "{\"subject\":\"SECRET-SECOND\"}", (Str){large, sizeof large}, STR("shared text"));
	add_secret(f, "stays", "{\"subject\":\"stays\"}", STR("stays too"), STR("shared text"));
	fixture_commit_end(f);
	assert_ok(f, store_find(f->store, ENTRY_RECORD, STR("doomed"), 0, &sequence, &f->err));
	assert_ok(f, store_entry(f->store, sequence, &arena, &entry, &f->err));
	leaf_before = entry.leaf;
	shared = entry.objects[1].hash;
	assert_true(bytes_are_anywhere(f, "SECRET"));
	const Str ids[1] = {STR("doomed")};
	DestructionInput input = {.decision = STR("17/QĐ-LTLS"),
				  .decided = STR("2026-11-22"),
				  .reason = STR("hết thời hạn lưu trữ"),
				  .approved_by = {STR("A"), STR("A")},
				  .record_ids = ids,
				  .record_count = 1};
	assert_status(f, store_destroy(f->store, &input, &report, &f->err), ST_INVALID); /* two different people */
	input.approved_by[1] = STR("B");
	HoldInput hold = {STR("kiện"), STR("TAND")};
	Receipt r;
	fixture_begin(f);
	assert_ok(f, store_hold(f->store, ids[0], &hold, &r, &f->err));
	assert_status(f, store_hold(f->store, ids[0], &hold, &r, &f->err), ST_CONFLICT);
	fixture_commit_end(f);
	assert_status(f, store_destroy(f->store, &input, &report, &f->err), ST_FORBIDDEN);
	fixture_begin(f);
	assert_ok(f, store_release(f->store, ids[0], &hold, &r, &f->err));
	fixture_commit_end(f);
	for (int round = 0; round < 2; round++) { /* doing it again does no harm */
		assert_ok(f, store_destroy(f->store, &input, &report, &f->err));
		assert_int_equal(report.payloads, round ? 0 : 2);
		assert_int_equal(report.objects, round ? 0 : 2);
		assert_false(bytes_are_anywhere(f, "SECRET"));
	}
	for (int round = 0; round < 2; round++) {
		arena_reset(&arena);
		assert_ok(f, store_entry(f->store, sequence, &arena, &entry, &f->err));
		assert_true(entry.destroyed);
		assert_int_equal(entry.payload.len, 0);
		assert_true(hash_eq(&entry.leaf, &leaf_before));
		assert_ok(f, store_prove_inclusion(f->store, sequence, 0, &arena, &proof, &f->err));
		assert_ok(f, store_object_load(f->store, &shared, 100, &got, &f->err));
		assert_str_equal(buf_str(&got), STR("shared text"));
		buf_clear(&got);
		assert_ok(f, fixture_text(f, "stays", &got));
		assert_ok(f, store_case_records(f->store, STR("CASE-9"), &arena, &members, &count, &f->err));
		assert_int_equal(count, 1);
		buf_clear(&got);
		assert_int_equal(fixture_verify(f, false), 0);
		all_is_there(f, RECORDS - 20);
		fixture_reopen(f);
	}
	fixture_begin(f);
	Receipt again;
	EntryInput record = {.kind = ENTRY_RECORD, .key = ids[0], .metadata = STR("{}")};
	assert_status(f, store_append(f->store, &record, &again, &f->err), ST_CONFLICT); /* it does not come back */
	store_write_end(f->store);
	arena_done(&arena);
	buf_done(&got);
}

#define SECRET_WORDS "ÔNG LÊ-SECRET-DICTIONARY bị phạt vì hành vi số 77/XPHC; "

/* Texts that a dictionary is bound to learn from: their secret stands in thirty of them, many times. */
static void add_doomed(Fixture *f)
{
	for (int i = 0; i < 30; i++) {
		char key[16], text[4000];
		int n = 0;
		for (int k = 0; k < 40; k++)
			n += snprintf(text + n, sizeof text - (size_t)n, "%d " SECRET_WORDS, k);
		snprintf(key, sizeof key, "doomed%d", i);
		fixture_add(f, key, "{\"type\":\"Quyết định\"}", text);
	}
}

static void add_usual(Fixture *f, const char *prefix, int from, int to)
{
	for (int i = from; i < to; i++) {
		char key[24], text[4000];
		make_text(i, text, sizeof text);
		snprintf(key, sizeof key, "%s%d", prefix, i);
		fixture_add(f, key, "{\"type\":\"Quyết định\"}", text);
	}
}

static int setup_doomed(void **state)
{
	if (fixture_setup(state) != 0)
		return -1;
	Fixture *f = *state;
	f->options.segment_bytes = 300 << 10;
	f->options.sample_bytes = 400 << 10;
	fixture_reopen(f);
	fixture_begin(f);
	add_doomed(f);
	add_usual(f, "r", 0, RECORDS);
	fixture_commit_end(f);
	return 0;
}

static void destroy_doomed(Fixture *f, uint64_t payloads)
{
	Str ids[30];
	char keys[30][16];
	DestructionReport report;
	for (int i = 0; i < 30; i++) {
		snprintf(keys[i], sizeof keys[i], "doomed%d", i);
		ids[i] = str_from(keys[i]);
	}
	DestructionInput input = {.decision = STR("18/QĐ-LTLS"),
				  .decided = STR("2026-11-22"),
				  .reason = STR("hết thời hạn lưu trữ"),
				  .approved_by = {STR("A"), STR("B")},
				  .record_ids = ids,
				  .record_count = 30};
	assert_ok(f, store_destroy(f->store, &input, &report, &f->err));
	assert_int_equal(report.payloads, payloads);
}

/* In the dictionary of ingest and in that of a recompressed segment. `other` is another process that learned it, too.
 */
static void what_is_destroyed_leaves_the_dictionaries_too(void **state)
{
	Fixture *f = *state;
	uint32_t done;
	Store *own = f->store, *other;
	StoreState now;
	assert_ok(f, store_recompress(f->store, 1, NULL, &done, &f->err));
	assert_int_equal(done, 1);
	assert_ok(f, store_open_with(&other, f->dir, &f->options, &f->err));
	f->store = other;
	fixture_begin(f);
	add_usual(f, "other", 0, 5);
	fixture_commit_end(f);
	f->store = own;
	assert_true(bytes_are_anywhere(f, "SECRET-DICTIONARY"));
	destroy_doomed(f, 30);
	destroy_doomed(f, 0);
	for (int round = 0; round < 4; round++) {
		f->store = round % 2 ? other : own;
		assert_ok(f, store_refresh(f->store, &f->err));
		assert_false(bytes_are_anywhere(f, "SECRET"));
		assert_false(bytes_are_anywhere(f, "XPHC"));
		for (int i = 0; i < RECORDS; i += 50) {
			char key[16], text[4000];
			Buf got = {0};
			make_text(i, text, sizeof text);
			snprintf(key, sizeof key, "r%d", i);
			assert_ok(f, fixture_text(f, key, &got));
			assert_str_equal(buf_str(&got), str_from(text));
			buf_done(&got);
		}
		assert_int_equal(fixture_verify(f, false), 0);
		fixture_begin(f); /* ingest goes on and teaches nothing of it to the segments that follow */
		add_usual(f, round % 2 ? "odd" : "even", 5000 + round * 300, 5300 + round * 300);
		assert_ok(f, store_commit(f->store, &f->err));
		assert_ok(f, store_seal(f->store, &f->err));
		store_write_end(f->store);
	}
	assert_ok(f, store_refresh(own, &f->err));
	store_state(own, &now);
	print_message("%llu bytes stored of %llu\n", (unsigned long long)now.bytes_stored,
		      (unsigned long long)now.bytes_original);
	store_close(other);
	f->store = own;
	fixture_reopen(f);
	assert_int_equal(fixture_verify(f, false), 0);
	assert_false(bytes_are_anywhere(f, "SECRET"));
}

/* ---- backup, restore, repair ----------------------------------------------------------------------------------- */

static void a_backup_is_incremental_and_restores_to_an_equal_archive(void **state)
{
	Fixture *f = *state;
	char copy[128], back[128];
	const BackupOptions plain = {0};
	const RestoreOptions all = {0};
	BackupReport first, second;
	RestoreReport restored;
	StoreState now, again;
	snprintf(copy, sizeof copy, "%s.copy", f->dir);
	snprintf(back, sizeof back, "%s.back", f->dir);
	fixture_begin(f);
	assert_ok(f, store_seal(f->store, &f->err));
	fixture_add(f, "later", "{}", "later");
	fixture_commit_end(f);
	assert_ok(f, store_backup(f->store, copy, &plain, &first, &f->err));
	assert_int_equal(first.segments_copied, first.segments);
	fixture_begin(f);
	fixture_add(f, "latest", "{}", "latest");
	fixture_commit_end(f);
	assert_ok(f, store_backup(f->store, copy, &plain, &second, &f->err));
	assert_int_equal(second.segments_copied, 1); /* the live one */
	assert_ok(f, store_restore(copy, back, &all, &restored, &f->err));
	assert_status(f, store_restore(copy, back, &all, &restored, &f->err), ST_CONFLICT);
	store_state(f->store, &now);
	Store *own = f->store;
	assert_ok(f, store_open_with(&f->store, back, &f->options, &f->err));
	store_state(f->store, &again);
	assert_true(hash_eq(&now.root, &again.root));
	assert_int_equal(again.tree_size, RECORDS + 2);
	all_is_there(f, 0);
	fixture_begin(f); /* and it can be written to */
	fixture_add(f, "after", "{}", "after");
	fixture_commit_end(f);
	assert_int_equal(fixture_verify(f, false), 0);
	store_close(f->store);
	f->store = own;
	file_remove_tree(copy, &f->err);
	file_remove_tree(back, &f->err);
}

static void a_damaged_backup_is_not_restored_and_a_damaged_segment_is_repaired_from_a_good_one(void **state)
{
	Fixture *f = *state;
	char copy[128], back[128];
	BackupReport report;
	RestoreReport restored;
	snprintf(copy, sizeof copy, "%s.copy", f->dir);
	snprintf(back, sizeof back, "%s.back", f->dir);
	fixture_begin(f);
	assert_ok(f, store_seal(f->store, &f->err));
	store_write_end(f->store);
	assert_ok(f, store_backup(f->store, copy, &(BackupOptions){0}, &report, &f->err));
	Fixture there = {0};
	snprintf(there.dir, sizeof there.dir, "%.50s.copy", f->dir);
	flip_byte(&there, "segments/00000001.seg", 70000, 8);
	assert_status(f, store_restore(copy, back, &(RestoreOptions){0}, &restored, &f->err), ST_CORRUPT);
	assert_status(f, store_repair(f->store, 1, copy, &f->err), ST_CORRUPT);
	flip_byte(&there, "segments/00000001.seg", 70000, 8);
	flip_byte(f, "segments/00000001.seg", 80000, 8);
	fixture_reopen(f);
	assert_true(fixture_verify(f, false) > 0);
	assert_ok(f, store_repair(f->store, 1, copy, &f->err));
	assert_int_equal(fixture_verify(f, false), 0);
	all_is_there(f, 0);
	fixture_begin(f);
	fixture_add(f, "after", "{}", "after");
	fixture_commit_end(f);
	file_remove_tree(copy, &f->err);
	file_remove_tree(back, &f->err);
}

static void the_scrub_finds_damage_by_itself(void **state)
{
	Fixture *f = *state;
	Scrub *scrub;
	ScrubState now = {0};
	assert_ok(f, scrub_start(&scrub, f->store, 0, 1, &f->err));
	for (int i = 0; i < 2000 && now.rounds < 1; i++) {
		usleep(5000);
		scrub_state(scrub, &now);
	}
	assert_true(now.rounds >= 1);
	assert_int_equal(now.findings, 0);
	flip_byte(f, "segments/00000001.seg", 120000, 2);
	for (int i = 0; i < 2000 && now.findings == 0; i++) {
		usleep(5000);
		scrub_state(scrub, &now);
	}
	scrub_stop(scrub);
	assert_true(now.findings > 0);
	assert_string_equal(now.last.segment, "00000001.seg");
	flip_byte(f, "segments/00000001.seg", 120000, 2);
}

static uint32_t segment_it_stands_at(Scrub *scrub, uint32_t at_least)
{
	ScrubState now = {0};
	for (int i = 0; i < 10000 && now.segment < at_least; i++) {
		usleep(1000);
		scrub_state(scrub, &now);
	}
	return now.segment;
}

static void the_scrub_goes_on_where_it_was_stopped(void **state)
{
	Fixture *f = *state;
	Scrub *scrub;
	fixture_begin(f);
	assert_ok(f, store_seal(f->store, &f->err));
	add_usual(f, "more", 0, RECORDS);
	fixture_commit_end(f);
	uint64_t pace = 2 * file_size_of(f, "segments/00000001.seg"); /* half a second a segment */
	assert_ok(f, scrub_start(&scrub, f->store, pace, 60000, &f->err));
	assert_int_equal(segment_it_stands_at(scrub, 2), 2);
	scrub_stop(scrub);
	assert_ok(f, scrub_start(&scrub, f->store, pace, 60000, &f->err));
	assert_int_equal(segment_it_stands_at(scrub, 1), 2);
	scrub_stop(scrub);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(recompression_makes_it_smaller_and_changes_nothing, setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(many_recompressed_segments_are_read_without_a_catalogue, setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(a_destroyed_record_leaves_its_proof_and_nothing_else, setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(what_is_destroyed_leaves_the_dictionaries_too, setup_doomed,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(the_scrub_finds_damage_by_itself, setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(the_scrub_goes_on_where_it_was_stopped, setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_backup_is_incremental_and_restores_to_an_equal_archive, setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(
			a_damaged_backup_is_not_restored_and_a_damaged_segment_is_repaired_from_a_good_one, setup,
			fixture_teardown),
		cmocka_unit_test_setup_teardown(a_damaged_segment_is_not_made_to_look_right, setup, fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
