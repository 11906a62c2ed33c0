/* tests/unit/store_archive.c - what goes in comes out: records, versions, duplicates, case files, large objects. */
#include "tests/unit/store_fixture.h"

#include "store/log/state.h"

#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define SEG1 "segments/00000001.seg"

static void an_archive_is_made_once_and_only_in_an_empty_directory(void **state)
{
	Fixture *f = *state;
	char path[128];
	assert_status(f, store_init(f->dir, &f->err), ST_CONFLICT);
	fixture_path(f, "segments", path, sizeof path);
	Store *none;
	assert_status(f, store_open(&none, path, &f->err), ST_NOT_FOUND);
	fixture_path(f, "other", path, sizeof path);
	assert_ok(f, file_make_dirs(path, &f->err));
	fixture_path(f, "other/letter.txt", path, sizeof path);
	assert_ok(f, file_replace(path, STR("x"), &f->err));
	fixture_path(f, "other", path, sizeof path);
	assert_status(f, store_init(path, &f->err), ST_INVALID);
}

static void a_record_comes_back_as_it_went_in_also_after_reopening(void **state)
{
	Fixture *f = *state;
	Buf text = {0};
	fixture_begin(f);
	Receipt r = fixture_add(f, "000.00.00.H40-2019-15", "{\"number\":\"15/2019/QĐ-UBND\"}",
				"Điều 1. Ban hành kèm theo …");
	assert_int_equal(r.result, APPEND_ADDED);
	assert_int_equal(r.sequence, 0);
	assert_int_equal(r.version, 1);
	assert_int_equal(r.tree_size, 1);
	fixture_commit_end(f);
	for (int round = 0; round < 2; round++) {
		Arena arena = {0};
		Entry entry;
		assert_ok(f, fixture_text(f, "000.00.00.H40-2019-15", &text));
		assert_str_equal(buf_str(&text), STR("Điều 1. Ban hành kèm theo …"));
		assert_ok(f, store_entry(f->store, 0, &arena, &entry, &f->err));
		assert_str_equal(entry.metadata, STR("{\"number\":\"15/2019/QĐ-UBND\"}"));
		assert_str_equal(entry.key, STR("000.00.00.H40-2019-15"));
		assert_int_equal(entry.object_count, 1);
		assert_string_equal(entry.objects[0].role, "text");
		assert_str_equal(entry.objects[0].from, STR("given"));
		assert_true(entry.previous == UINT64_MAX);
		assert_true(hash_eq(&entry.leaf, &r.leaf));
		arena_done(&arena);
		fixture_reopen(f);
	}
	buf_done(&text);
	assert_int_equal(fixture_verify(f, false), 0);
}

static void the_same_again_adds_nothing_and_gives_the_first_receipt(void **state)
{
	Fixture *f = *state;
	fixture_begin(f);
	Receipt first = fixture_add(f, "a", "{\"x\":1}", "text");
	Receipt pending = fixture_add(f, "a", "{\"x\":1}", "text");
	assert_int_equal(pending.result, APPEND_DUPLICATE);
	fixture_commit_end(f);
	uint64_t size = file_size_of(f, SEG1);
	fixture_reopen(f);
	fixture_begin(f);
	Receipt again = fixture_add(f, "a", "{\"x\":1}", "text");
	fixture_commit_end(f);
	assert_int_equal(again.result, APPEND_DUPLICATE);
	assert_int_equal(again.sequence, first.sequence);
	assert_true(hash_eq(&again.leaf, &first.leaf));
	assert_int_equal(store_tree_size(f->store), 1);
	assert_int_equal(file_size_of(f, SEG1), size);
}

static void other_content_under_the_same_id_is_the_next_version(void **state)
{
	Fixture *f = *state;
	uint64_t sequence;
	Arena arena = {0};
	Entry entry;
	fixture_begin(f);
	fixture_add(f, "a", "{}", "one");
	Receipt second = fixture_add(f, "a", "{}", "two");
	Receipt third = fixture_add(f, "a", "{\"x\":1}", "two");
	fixture_commit_end(f);
	assert_int_equal(second.result, APPEND_VERSION);
	assert_int_equal(third.version, 3);
	assert_ok(f, store_find(f->store, ENTRY_RECORD, STR("a"), 0, &sequence, &f->err));
	assert_int_equal(sequence, 2);
	assert_ok(f, store_find(f->store, ENTRY_RECORD, STR("a"), 1, &sequence, &f->err));
	assert_int_equal(sequence, 0);
	assert_status(f, store_find(f->store, ENTRY_RECORD, STR("a"), 4, &sequence, &f->err), ST_NOT_FOUND);
	assert_status(f, store_find(f->store, ENTRY_CASE, STR("a"), 0, &sequence, &f->err), ST_NOT_FOUND);
	assert_ok(f, store_entry(f->store, 2, &arena, &entry, &f->err));
	assert_int_equal(entry.previous, 1);
	assert_ok(f, store_entry(f->store, 0, &arena, &entry, &f->err));
	assert_str_equal(entry.metadata, STR("{}"));
	arena_done(&arena);
	StoreState now;
	store_state(f->store, &now);
	assert_int_equal(now.objects, 2); /* "two" is stored once */
}

static void without_an_id_the_content_gives_one(void **state)
{
	Fixture *f = *state;
	fixture_begin(f);
	Receipt a = fixture_add(f, "", "{}", "one"), b = fixture_add(f, "", "{}", "one"),
		c = fixture_add(f, "", "{}", "two");
	fixture_commit_end(f);
	assert_int_equal(strlen(a.key), 42);
	assert_memory_equal(a.key, "h-", 2);
	assert_string_equal(a.key, b.key);
	assert_int_equal(b.result, APPEND_DUPLICATE);
	assert_string_not_equal(a.key, c.key);
}

static void what_is_not_committed_is_neither_visible_nor_kept(void **state)
{
	Fixture *f = *state;
	uint64_t sequence;
	Entry entry;
	Arena arena = {0};
	fixture_begin(f);
	fixture_add(f, "kept", "{}", "kept");
	assert_ok(f, store_commit(f->store, &f->err));
	fixture_add(f, "dropped", "{}", "dropped");
	assert_status(f, store_find(f->store, ENTRY_RECORD, STR("dropped"), 0, &sequence, &f->err), ST_NOT_FOUND);
	assert_status(f, store_entry(f->store, 1, &arena, &entry, &f->err), ST_NOT_FOUND);
	store_write_end(f->store);
	assert_int_equal(store_tree_size(f->store), 1);
	fixture_begin(f);
	Receipt again = fixture_add(f, "dropped", "{}", "dropped");
	assert_int_equal(again.result, APPEND_ADDED);
	fixture_commit_end(f);
	fixture_reopen(f);
	assert_int_equal(store_tree_size(f->store), 2);
	assert_int_equal(fixture_verify(f, false), 0);
	arena_done(&arena);
}

static void bad_input_is_refused_and_leaves_no_trace(void **state)
{
	Fixture *f = *state;
	Receipt r;
	char many[200];
	memset(many, 'a', sizeof many);
	fixture_begin(f);
	EntryInput input = {.kind = ENTRY_RECORD, .key = STR("has space"), .metadata = STR("{}")};
	assert_status(f, store_append(f->store, &input, &r, &f->err), ST_INVALID);
	input.key = (Str){many, sizeof many};
	assert_status(f, store_append(f->store, &input, &r, &f->err), ST_LIMIT);
	input.key = STR("ok");
	input.metadata = STR("[]");
	assert_status(f, store_append(f->store, &input, &r, &f->err), ST_INVALID);
	input.metadata = STR("{\"a\":\"\xff\"}");
	assert_status(f, store_append(f->store, &input, &r, &f->err), ST_INVALID);
	input.metadata = STR("{}");
	ObjectInput missing = {.ref = {.role = "original"}, .fd = -1};
	input.objects = &missing;
	input.object_count = 1;
	assert_status(f, store_append(f->store, &input, &r, &f->err), ST_NOT_FOUND);
	fixture_commit_end(f);
	assert_status(f, store_append(f->store, &input, &r, &f->err), ST_INTERNAL); /* outside begin and end */
	assert_int_equal(store_tree_size(f->store), 0);
	assert_int_equal(file_size_of(f, SEG1), 0);
}

static void what_an_older_version_said_is_no_news(void **state)
{
	Fixture *f = *state;
	fixture_begin(f);
	Receipt first = fixture_add(f, "a", "{}", "one");
	fixture_add(f, "a", "{}", "two");
	Receipt again = fixture_add(f, "a", "{}", "one");
	fixture_commit_end(f);
	assert_int_equal(again.result, APPEND_DUPLICATE);
	assert_int_equal(again.version, 1);
	assert_int_equal(again.sequence, first.sequence);
	assert_true(hash_eq(&again.leaf, &first.leaf));
	assert_int_equal(store_tree_size(f->store), 2);
}

static void a_case_file_lists_the_newest_versions_that_belong_to_it(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	uint64_t *sequences, own;
	size_t count;
	Str both[2] = {STR("H40.15-210521-0012"), STR("Hồ sơ 7")};
	Receipt r;
	fixture_begin(f);
	EntryInput input = {
		.kind = ENTRY_RECORD, .key = STR("a"), .metadata = STR("{\"v\":1}"), .cases = both, .case_count = 2};
	assert_ok(f, store_append(f->store, &input, &r, &f->err));
	input.key = STR("b");
	assert_ok(f, store_append(f->store, &input, &r, &f->err));
	input.key = STR("a");
	input.metadata = STR("{\"v\":2}");
	input.case_count = 1;
	assert_ok(f, store_append(f->store, &input, &r, &f->err));
	EntryInput title = {.kind = ENTRY_CASE, .key = both[1], .metadata = STR("{\"title\":\"Cấp đất\"}")};
	assert_ok(f, store_append(f->store, &title, &r, &f->err));
	fixture_commit_end(f);
	for (int round = 0; round < 2; round++) {
		assert_ok(f, store_case_records(f->store, both[0], &arena, &sequences, &count, &f->err));
		assert_int_equal(count, 2);
		assert_int_equal(sequences[0], 1);
		assert_int_equal(sequences[1], 2);
		assert_ok(f, store_case_records(f->store, both[1], &arena, &sequences, &count, &f->err));
		assert_int_equal(count, 1);
		assert_ok(f, store_case_records(f->store, STR("none"), &arena, &sequences, &count, &f->err));
		assert_int_equal(count, 0);
		assert_ok(f, store_find(f->store, ENTRY_CASE, both[1], 0, &own, &f->err));
		assert_int_equal(own, 3);
		fixture_reopen(f);
	}
	arena_done(&arena);
}

/* Bytes that LZ4 cannot shrink, the same for the same seed. */
static void fill_noise(char *out, size_t len, uint64_t seed)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		out[i] = (char)(seed >> 56);
	}
}

static void a_large_original_goes_through_in_chunks_and_is_read_from_anywhere(void **state)
{
	Fixture *f = *state;
	enum { SIZE = 5 * (1 << 20) + 12345 };
	char *noise = malloc(SIZE), *back = malloc(SIZE), path[128];
	Receipt r;
	uint64_t size;
	Buf loaded = {0};
	f->options.segment_bytes = 2 << 20; /* the object crosses segments */
	fixture_reopen(f);
	fill_noise(noise, SIZE, 7);
	fixture_path(f, "original.bin", path, sizeof path);
	assert_ok(f, file_replace(path, (Str){noise, SIZE}, &f->err));
	ObjectInput object = {.ref = {.role = "original", .name = STR("quyết định.pdf")}, .fd = open(path, O_RDONLY)};
	EntryInput input = {
		.kind = ENTRY_RECORD, .key = STR("big"), .metadata = STR("{}"), .objects = &object, .object_count = 1};
	fixture_begin(f);
	assert_ok(f, store_append(f->store, &input, &r, &f->err));
	fixture_commit_end(f);
	close(object.fd);
	for (int round = 0; round < 2; round++) {
		assert_ok(f, store_object_size(f->store, &object.ref.hash, &size, &f->err));
		assert_int_equal(size, SIZE);
		static const struct {
			uint64_t at;
			size_t len;
		} parts[] = {{0, 1},        {0, SIZE}, {(1 << 20) - 1, 2}, {3 << 20, 1 << 20},
			     {SIZE - 1, 1}, {SIZE, 0}, {123457, 3000000}};
		for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
			assert_ok(f, store_object_read(f->store, &object.ref.hash, parts[i].at, back, parts[i].len,
						       &f->err));
			assert_memory_equal(back, noise + parts[i].at, parts[i].len);
		}
		assert_status(f, store_object_read(f->store, &object.ref.hash, SIZE, back, 1, &f->err), ST_INVALID);
		assert_status(f, store_object_load(f->store, &object.ref.hash, SIZE - 1, &loaded, &f->err), ST_LIMIT);
		assert_ok(f, store_object_load(f->store, &object.ref.hash, SIZE, &loaded, &f->err));
		assert_int_equal(loaded.len, SIZE);
		buf_clear(&loaded);
		fixture_reopen(f);
	}
	StoreState now;
	store_state(f->store, &now);
	assert_true(now.segments >= 3);
	assert_int_equal(fixture_verify(f, false), 0);
	buf_done(&loaded);
	free(noise);
	free(back);
}

static void many_segments_with_a_dictionary_read_back_whole(void **state)
{
	Fixture *f = *state;
	char key[32], text[2000], expected[2000];
	Buf got = {0};
	f->options.segment_bytes = 128 << 10;
	f->options.sample_bytes = 100 << 10;
	fixture_reopen(f);
	fixture_begin(f);
	for (int i = 0; i < 1500; i++) {
		int n = snprintf(text, sizeof text, "Quyết định số %d/QĐ-UBND ngày %d tháng %d năm 2019. ", i,
				 i % 28 + 1, i % 12 + 1);
		for (int k = 0; k < 12; k++)
			n += snprintf(text + n, sizeof text - (size_t)n,
				      "Điều %d. Giao cho phòng %d thi hành, mã %08x. ", k, (i * k) % 97,
				      i * 2654435761u + (unsigned)k);
		snprintf(key, sizeof key, "r%d", i);
		fixture_add(f, key, "{\"type\":\"Quyết định\"}", text);
		if (i % 100 == 99)
			assert_ok(f, store_commit(f->store, &f->err));
		if (i == 1234)
			snprintf(expected, sizeof expected, "%s", text);
	}
	fixture_commit_end(f);
	StoreState now;
	store_state(f->store, &now);
	assert_true(now.segments >= 3);
	for (int round = 0; round < 2; round++) {
		assert_ok(f, fixture_text(f, "r1234", &got));
		assert_str_equal(buf_str(&got), str_from(expected));
		assert_int_equal(fixture_verify(f, false), 0);
		fixture_reopen(f);
	}
	fixture_begin(f); /* a further batch after reopening uses the dictionary that is there */
	fixture_add(f, "more", "{\"type\":\"Quyết định\"}", text);
	fixture_commit_end(f);
	assert_ok(f, fixture_text(f, "more", &got));
	assert_int_equal(fixture_verify(f, false), 0);
	buf_done(&got);
}

static void add_noise(Fixture *f, const char *key, size_t len, uint64_t seed)
{
	static char noise[1 << 20];
	Receipt receipt;
	assert_true(len <= sizeof noise);
	fill_noise(noise, len, seed);
	assert_ok(f, fixture_append(f, key, "{}", (Str){noise, len}, &receipt));
}

/* The footer's table of where records are, all wrong. */
static void spoil_leaf_table(Fixture *f)
{
	char path[128];
	const SegmentFile *file = f->store->segments[0]->file;
	assert_non_null(file);
	uint64_t at = file->table_at + 4 * file->footer_frames, end = at + 4 * file->footer_leaves;
	fixture_path(f, SEG1, path, sizeof path);
	FILE *segment = fopen(path, "r+b");
	assert_non_null(segment);
	assert_true(file->footer_leaves > 0 && fseek(segment, (long)at, SEEK_SET) == 0);
	for (; at < end; at++)
		fputc(0xEE, segment);
	assert_int_equal(fclose(segment), 0);
}

/* Across segments, sealed and live, and after reopening. */
static void bytes_before_a_record_ascend_and_lead_back_to_it(void **state)
{
	Fixture *f = *state;
	char key[16];
	uint64_t places[80];
	StoreState archive;
	f->options.segment_bytes = 64 << 10;
	fixture_reopen(f);
	for (int batch = 0; batch < 4; batch++) {
		fixture_begin(f);
		for (int i = 0; i < 20; i++) {
			snprintf(key, sizeof key, "%d-%d", batch, i);
			add_noise(f, key, (size_t)(1 + (batch * 20 + i) * 37), (uint64_t)(batch * 20 + i));
		}
		fixture_commit_end(f);
	}
	for (int round = 0; round < 2; round++) {
		uint64_t before = 0, last = 0, found;
		store_state(f->store, &archive);
		assert_true(archive.segments > 1);
		for (uint64_t sequence = 0; sequence < 80; sequence++) {
			assert_ok(f, store_bytes_before(f->store, sequence, &before, &f->err));
			assert_true(before > last && before < archive.bytes_stored);
			assert_ok(f, store_sequence_behind(f->store, before, &found, &f->err));
			assert_int_equal(found, sequence);
			assert_ok(f, store_sequence_behind(f->store, before + 1, &found, &f->err));
			assert_int_equal(found, sequence + 1);
			places[sequence] = last = before;
		}
		assert_ok(f, store_bytes_before(f->store, 80, &before, &f->err));
		assert_int_equal(before, archive.bytes_stored);
		assert_status(f, store_bytes_before(f->store, 81, &before, &f->err), ST_NOT_FOUND);
		fixture_reopen(f);
	}
	fixture_begin(f); /* what is pending does not count */
	add_noise(f, "pending", 1 << 20, 7);
	uint64_t end = 0;
	assert_ok(f, store_bytes_before(f->store, 80, &end, &f->err));
	assert_int_equal(end, archive.bytes_stored);
	store_write_end(f->store);
	spoil_leaf_table(f);
	fixture_reopen(f);
	for (uint64_t sequence = 0; sequence < 80; sequence++) {
		uint64_t before = 0;
		assert_ok(f, store_bytes_before(f->store, sequence, &before, &f->err));
		assert_int_equal(before, places[sequence]);
	}
}

static void a_second_writer_is_told_to_wait_and_a_reader_follows(void **state)
{
	Fixture *f = *state;
	Store *other;
	uint64_t sequence;
	assert_ok(f, store_open_with(&other, f->dir, &f->options, &f->err));
	fixture_begin(f);
	assert_status(f, store_write_begin(other, &f->err), ST_BUSY);
	fixture_add(f, "a", "{}", "x");
	fixture_commit_end(f);
	assert_status(f, store_find(other, ENTRY_RECORD, STR("a"), 0, &sequence, &f->err), ST_NOT_FOUND);
	assert_ok(f, store_refresh(other, &f->err));
	assert_ok(f, store_find(other, ENTRY_RECORD, STR("a"), 0, &sequence, &f->err));
	/* and they take turns */
	for (int i = 0; i < 20; i++) {
		Store *turn = i % 2 ? f->store : other;
		char key[16];
		Receipt r;
		snprintf(key, sizeof key, "turn-%d", i);
		EntryInput input = {.kind = ENTRY_RECORD, .key = str_from(key), .metadata = STR("{}")};
		assert_ok(f, store_put(turn, &input, &r, &f->err));
		assert_int_equal(r.sequence, 1 + i);
	}
	assert_ok(f, store_refresh(f->store, &f->err));
	assert_int_equal(store_tree_size(f->store), 21);
	store_close(other);
	assert_int_equal(fixture_verify(f, false), 0);
}

static void only_one_of_two_writers_follows_the_same_version(void **state)
{
	Fixture *f = *state;
	Receipt r;
	EntryInput input = {
		.kind = ENTRY_RECORD, .key = STR("a"), .metadata = STR("{\"number\":\"1\"}"), .expected_version = 1};
	assert_status(f, store_put(f->store, &input, &r, &f->err), ST_CONFLICT);
	input.expected_version = VERSION_NONE;
	assert_ok(f, store_put(f->store, &input, &r, &f->err));
	assert_status(f, store_put(f->store, &input, &r, &f->err), ST_CONFLICT);
	input.expected_version = 1;
	input.metadata = STR("{\"number\":\"2\"}");
	assert_ok(f, store_put(f->store, &input, &r, &f->err));
	assert_int_equal(r.version, 2);
	input.metadata = STR("{\"number\":\"3\"}");
	assert_status(f, store_put(f->store, &input, &r, &f->err), ST_CONFLICT);
	assert_int_equal(store_tree_size(f->store), 2);
	/* what is pending counts too */
	assert_ok(f, store_write_begin(f->store, &f->err));
	input.expected_version = 2;
	assert_ok(f, store_append(f->store, &input, &r, &f->err));
	input.metadata = STR("{\"number\":\"4\"}");
	assert_status(f, store_append(f->store, &input, &r, &f->err), ST_CONFLICT);
	assert_status(f, store_put(f->store, &input, &r, &f->err), ST_CONFLICT);
	assert_int_equal(store_tree_size(f->store), 3); /* who lost sees who won */
	store_write_end(f->store);
	/* an older version's content is news for a writer who names the newest */
	input.expected_version = 3;
	input.metadata = STR("{\"number\":\"1\"}");
	assert_ok(f, store_put(f->store, &input, &r, &f->err));
	assert_int_equal(r.version, 4);
	input.expected_version = 4;
	assert_ok(f, store_put(f->store, &input, &r, &f->err));
	assert_int_equal(r.result, APPEND_DUPLICATE);
	assert_int_equal(fixture_verify(f, false), 0);
}

static int check_mode(const char *path, const struct stat *info, int kind, struct FTW *place)
{
	(void)place;
	unsigned wanted = kind == FTW_F ? 0600 : 0700;
	if ((info->st_mode & 0777) != wanted)
		fail_msg("%s has mode %o, not %o", path, (unsigned)info->st_mode & 0777, wanted);
	return 0;
}

/* Can somebody else hold the archive's lock? As root: another user tries it. */
static bool others_reach_lock(const char *dir)
{
	char path[200];
	int status = 0;
	snprintf(path, sizeof path, "%s/LOCK", dir);
	if (geteuid() != 0)
		return false;
	pid_t child = fork();
	if (child == 0)
		_exit(setgroups(0, NULL) == 0 && setgid(65534) == 0 && setuid(65534) == 0 && open(path, O_RDONLY) < 0);
	waitpid(child, &status, 0);
	return !WIFEXITED(status) || WEXITSTATUS(status) != 1;
}

static void the_archive_is_its_owners_alone_whatever_the_umask(void **state)
{
	Fixture *f = *state;
	char dir[128], big[2000];
	Store *store;
	Receipt r;
	mode_t before = umask(0);
	snprintf(dir, sizeof dir, "%s/own", f->dir);
	memset(big, 'a', sizeof big);
	assert_ok(f, store_init(dir, &f->err));
	StoreOptions options;
	store_options_default(&options);
	options.segment_bytes = 4096;
	assert_ok(f, store_open_with(&store, dir, &options, &f->err));
	for (int i = 0; i < 30; i++) {
		char key[16], metadata[64];
		snprintf(key, sizeof key, "r%d", i);
		snprintf(metadata, sizeof metadata, "{\"number\":\"%d\"}", i);
		ObjectInput text = {.ref = {.role = "text"}, .bytes = {big, sizeof big - (size_t)i}, .fd = -1};
		EntryInput input = {.kind = ENTRY_RECORD,
				    .key = str_from(key),
				    .metadata = str_from(metadata),
				    .objects = &text,
				    .object_count = 1};
		assert_ok(f, store_put(store, &input, &r, &f->err));
	}
	store_close(store);
	umask(before);
	nftw(dir, check_mode, 8, FTW_PHYS);
	assert_false(others_reach_lock(dir));
	/* made by an older version: shut when its owner opens it */
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(chmod(f->dir, 0755), 0);
	snprintf(big, sizeof big, "%s/LOCK", dir);
	assert_int_equal(chmod(big, 0644), 0);
	assert_true(geteuid() != 0 || others_reach_lock(dir));
	assert_ok(f, store_open(&store, dir, &f->err));
	store_close(store);
	struct stat info;
	assert_int_equal(stat(dir, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	assert_false(others_reach_lock(dir));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_archive_is_made_once_and_only_in_an_empty_directory, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(a_record_comes_back_as_it_went_in_also_after_reopening, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(the_same_again_adds_nothing_and_gives_the_first_receipt, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(other_content_under_the_same_id_is_the_next_version, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(without_an_id_the_content_gives_one, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(what_is_not_committed_is_neither_visible_nor_kept, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(bad_input_is_refused_and_leaves_no_trace, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(what_an_older_version_said_is_no_news, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_case_file_lists_the_newest_versions_that_belong_to_it, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(a_large_original_goes_through_in_chunks_and_is_read_from_anywhere,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(many_segments_with_a_dictionary_read_back_whole, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(bytes_before_a_record_ascend_and_lead_back_to_it, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(only_one_of_two_writers_follows_the_same_version, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(the_archive_is_its_owners_alone_whatever_the_umask, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(a_second_writer_is_told_to_wait_and_a_reader_follows, fixture_setup,
						fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
