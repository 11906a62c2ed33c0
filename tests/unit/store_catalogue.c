/* tests/unit/store_catalogue.c - look-ups over many sealed segments, with the catalogue whole, lost and damaged. */
#include "store/log/catalogue_run.h"
#include "tests/unit/store_fixture.h"

#include <dirent.h>

enum { RECORDS = 400 };

static int setup(void **state)
{
	if (fixture_setup(state) != 0)
		return -1;
	Fixture *f = *state;
	f->options.segment_bytes = 8 << 10;
	f->options.sample_bytes = 0;
	f->options.files_max = 5;
	fixture_reopen(f);
	for (int i = 0; i < RECORDS; i++) {
		char key[16], text[700], metadata[64], code[16];
		uint64_t noise = (uint64_t)i + 1;
		for (size_t k = 0; k < sizeof text; k++) {
			noise = noise * 6364136223846793005u + 1442695040888963407u;
			text[k] = (char)(' ' + (noise >> 57) % 90);
		}
		snprintf(key, sizeof key, "r%d", i % (RECORDS - 50));
		snprintf(code, sizeof code, "C%d", i % 9);
		snprintf(metadata, sizeof metadata, "{\"round\":%d}", i / (RECORDS - 50));
		ObjectInput object = {.ref = {.role = "text"}, .bytes = {text, sizeof text}};
		Str cases[1] = {str_from(code)};
		EntryInput input = {.kind = ENTRY_RECORD,
				    .key = str_from(key),
				    .metadata = str_from(metadata),
				    .objects = &object,
				    .object_count = 1,
				    .cases = cases,
				    .case_count = 1};
		Receipt r;
		if (i % 10 == 0)
			fixture_begin(f);
		assert_ok(f, store_append(f->store, &input, &r, &f->err));
		if (i % 10 == 9)
			fixture_commit_end(f);
	}
	return 0;
}

static void everything_is_found(Fixture *f)
{
	Arena arena = {0};
	Buf text = {0};
	uint64_t sequence, *sequences;
	size_t count, members = 0;
	assert_int_equal(store_tree_size(f->store), RECORDS);
	for (int i = 0; i < RECORDS - 50; i++) {
		char key[16];
		snprintf(key, sizeof key, "r%d", i);
		assert_ok(f, store_find(f->store, ENTRY_RECORD, str_from(key), 0, &sequence, &f->err));
		assert_int_equal(sequence, i < 50 ? i + RECORDS - 50 : i);
		assert_ok(f, store_find(f->store, ENTRY_RECORD, str_from(key), 1, &sequence, &f->err));
		assert_int_equal(sequence, i);
		assert_ok(f, fixture_text(f, key, &text));
		assert_int_equal(text.len, 700);
	}
	assert_status(f, store_find(f->store, ENTRY_RECORD, STR("nobody"), 0, &sequence, &f->err), ST_NOT_FOUND);
	for (int i = 0; i < 9; i++) {
		char code[16];
		snprintf(code, sizeof code, "C%d", i);
		assert_ok(f, store_case_records(f->store, str_from(code), &arena, &sequences, &count, &f->err));
		members += count;
	}
	assert_int_equal(members, RECORDS - 50); /* newest versions only */
	arena_done(&arena);
	buf_done(&text);
}

/* Names of the runs, so that they can be damaged one by one. */
static size_t list_runs(const Fixture *f, char names[64][48])
{
	char path[128];
	size_t count = 0;
	fixture_path(f, "catalogue", path, sizeof path);
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir)) && count < 64;) {
		uint32_t first, last;
		if (catalogue_run_name_parse(e->d_name, &first, &last))
			snprintf(names[count++], 48, "catalogue/%.31s", e->d_name);
	}
	closedir(dir);
	return count;
}

static void look_ups_over_many_segments_find_everything_and_runs_stay_few(void **state)
{
	Fixture *f = *state;
	char names[64][48];
	StoreState now;
	store_state(f->store, &now);
	assert_true(now.segments > 30);
	everything_is_found(f);
	size_t runs = list_runs(f, names);
	assert_true(runs >= 1 && runs < 2 * 8);
	fixture_reopen(f);
	everything_is_found(f);
	assert_int_equal(fixture_verify(f, false), 0);
}

static void a_deleted_catalogue_is_built_anew(void **state)
{
	Fixture *f = *state;
	char path[128], names[64][48];
	fixture_path(f, "catalogue", path, sizeof path);
	assert_ok(f, file_remove_tree(path, &f->err));
	everything_is_found(f); /* open files outlive their names */
	fixture_reopen(f);
	assert_true(list_runs(f, names) >= 1);
	everything_is_found(f);
	fixture_begin(f);
	assert_int_equal(fixture_add(f, "r399x", "{}", "x").result, APPEND_ADDED);
	store_write_end(f->store);
}

static void a_damaged_run_is_noticed_and_built_anew(void **state)
{
	Fixture *f = *state;
	char names[64][48];
	size_t runs = list_runs(f, names);
	for (size_t i = 0; i < runs; i++) {
		uint64_t size = file_size_of(f, names[i]);
		for (uint64_t at = i * 3; at < size; at += size / 7 + 1) {
			if (!file_size_of(f, names[i]))
				break; /* a wide run was replaced by its parts */
			flip_byte(f, names[i], at, 0x40);
			everything_is_found(f); /* while it is open */
			if (file_size_of(f, names[i]) == size)
				flip_byte(f, names[i], at / 2, 0x02);
			fixture_reopen(f); /* and when it is met at open */
			everything_is_found(f);
		}
	}
}

static void a_reader_beside_the_writer_follows_over_sealed_segments(void **state)
{
	Fixture *f = *state;
	Store *reader;
	uint64_t sequence;
	char text[3000];
	memset(text, 'x', sizeof text);
	f->options.files_max = 3;
	assert_ok(f, store_open_with(&reader, f->dir, &f->options, &f->err));
	for (int i = 0; i < 60; i++) {
		char key[16];
		for (size_t k = 0; k < sizeof text; k++)
			text[k] = (char)(33 + (k * k * 31 + (unsigned)i * k * 17 + (unsigned)i) % 90);
		snprintf(key, sizeof key, "n%d", i);
		fixture_begin(f);
		Receipt r;
		assert_ok(f, fixture_append(f, key, "{}", (Str){text, sizeof text}, &r));
		fixture_commit_end(f);
		if (i % 7 == 0)
			assert_ok(f, store_refresh(reader, &f->err));
	}
	assert_ok(f, store_refresh(reader, &f->err));
	assert_int_equal(store_tree_size(reader), RECORDS + 60);
	for (int i = 0; i < 60; i++) {
		char key[16];
		snprintf(key, sizeof key, "n%d", i);
		assert_ok(f, store_find(reader, ENTRY_RECORD, str_from(key), 0, &sequence, &f->err));
		assert_int_equal(sequence, RECORDS + i);
	}
	store_close(reader);
}

/* The footer of a sealed segment is an index: where it is wrong the frames are found by scanning. */
static void a_damaged_footer_does_not_hide_its_records(void **state)
{
	Fixture *f = *state;
	uint64_t size = file_size_of(f, "segments/00000003.seg");
	for (uint64_t back = 40; back < 100; back += 4) {
		flip_byte(f, "segments/00000003.seg", size - back, 0x10);
		fixture_reopen(f);
		everything_is_found(f);
		assert_true(fixture_verify(f, true) > 0);
		flip_byte(f, "segments/00000003.seg", size - back, 0x10);
	}
	fixture_reopen(f);
	assert_int_equal(fixture_verify(f, false), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(look_ups_over_many_segments_find_everything_and_runs_stay_few, setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(a_deleted_catalogue_is_built_anew, setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_damaged_run_is_noticed_and_built_anew, setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_reader_beside_the_writer_follows_over_sealed_segments, setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(a_damaged_footer_does_not_hide_its_records, setup, fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
