/* tests/unit/store_package.c - a case file as a package: the same bytes however they are read, and right ones. */
#include "tests/unit/store_fixture.h"

#include "store/record/case_file.h"
#include "store/package/package.h"

#define CODE "H40.15-210521-0012"
enum { LARGE = 3 << 20 };

static void add(Fixture *f, EntryKind kind, const char *key, const char *metadata, Str bytes, const char *name)
{
	static const Str cases[] = {{CODE, sizeof CODE - 1}};
	ObjectInput object = {.ref = {.role = "original", .name = str_from(name), .media = STR("application/pdf")},
			      .bytes = bytes,
			      .fd = -1};
	EntryInput input = {.kind = kind,
			    .key = str_from(key),
			    .metadata = str_from(metadata),
			    .objects = &object,
			    .object_count = bytes.len > 0,
			    .cases = cases,
			    .case_count = kind == ENTRY_RECORD};
	Receipt receipt;
	assert_ok(f, store_put(f->store, &input, &receipt, &f->err));
}

static void fill(Fixture *f)
{
	static char large[LARGE];
	for (size_t i = 0; i < LARGE; i++)
		large[i] = (char)(i * 2654435761u >> 13);
	add(f, ENTRY_CASE, CODE, "{\"case\":\"" CODE "\",\"title\":\"Hồ sơ\\nhai dòng\"}", STR(""), "");
	add(f, ENTRY_RECORD, "late",
	    "{\"number\":\"15/2019/QĐ-UBND\",\"issued\":\"2019-03-12\",\"cases\":[\"" CODE "\"]}", (Str){large, LARGE},
	    "../../etc/Quyết định.pdf");
	add(f, ENTRY_RECORD, "early", "{\"number\":\"=cmd()\",\"issued\":\"2018\",\"cases\":[\"" CODE "\"]}",
	    STR("%PDF"), "a.pdf");
	add(f, ENTRY_RECORD, "undated", "{\"subject\":\"x\",\"cases\":[\"" CODE "\"]}", STR("%PDF-2"), "b.pdf");
}

static void read_all(Fixture *f, Package *package, size_t step, Buf *out)
{
	size_t got = 1;
	while (got) {
		char *at = buf_extend(out, step);
		assert_non_null(at);
		assert_ok(f, package_read(package, at, step, &got, &f->err));
		out->len -= step - got;
	}
}

static Package *open_package(Fixture *f)
{
	Package *package = NULL;
	assert_ok(f, package_open(&package, f->store, NULL, STR(CODE), NULL, &f->err));
	return package;
}

static void records_come_in_order_of_time_the_undated_last(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	CaseFile file;
	fill(f);
	assert_ok(f, case_file_read(f->store, STR(CODE), &arena, &file, &f->err));
	assert_int_equal(file.record_count, 3);
	assert_string_equal(file.records[0].issued, "2018");
	assert_string_equal(file.records[1].issued, "2019-03-12");
	assert_string_equal(file.records[2].issued, "");
	assert_status(f, case_file_read(f->store, STR("none"), &arena, &file, &f->err), ST_NOT_FOUND);
	arena_done(&arena);
}

static void the_size_is_known_before_a_byte_is_written(void **state)
{
	Fixture *f = *state;
	Buf bytes = {0};
	fill(f);
	Package *package = open_package(f);
	read_all(f, package, 100000, &bytes);
	assert_int_equal(bytes.len, package_size(package));
	assert_true(bytes.len > LARGE);
	assert_string_equal(package_file_name(package), "hoso-" CODE ".zip");
	package_close(package);
	buf_done(&bytes);
}

static void small_steps_and_large_ones_give_the_same_bytes(void **state)
{
	Fixture *f = *state;
	Buf large = {0}, small = {0};
	fill(f);
	Package *one = open_package(f), *other = open_package(f);
	read_all(f, one, 1 << 20, &large);
	read_all(f, other, 777, &small);
	assert_true(str_eq(buf_str(&large), buf_str(&small)));
	assert_string_equal(package_tag(one), package_tag(other));
	package_close(one);
	package_close(other);
	buf_done(&large);
	buf_done(&small);
}

static void reading_can_begin_anywhere_forwards_and_backwards(void **state)
{
	Fixture *f = *state;
	Buf all = {0};
	char piece[1000];
	size_t got;
	fill(f);
	Package *package = open_package(f);
	read_all(f, package, 65536, &all);
	const uint64_t places[] = {0, 5, 2 << 20, 1 << 20, all.len - 10, 3};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		assert_ok(f, package_seek(package, places[i], &f->err));
		assert_ok(f, package_read(package, piece, sizeof piece, &got, &f->err));
		assert_true(got > 0);
		assert_memory_equal(piece, all.data + places[i], got);
	}
	assert_ok(f, package_seek(package, all.len, &f->err));
	assert_ok(f, package_read(package, piece, sizeof piece, &got, &f->err));
	assert_int_equal(got, 0);
	assert_status(f, package_seek(package, all.len + 1, &f->err), ST_INVALID);
	package_close(package);
	buf_done(&all);
}

static void a_change_of_the_case_file_changes_the_tag(void **state)
{
	Fixture *f = *state;
	char before[40];
	fill(f);
	Package *package = open_package(f);
	snprintf(before, sizeof before, "%s", package_tag(package));
	package_close(package);
	add(f, ENTRY_RECORD, "new", "{\"subject\":\"y\",\"cases\":[\"" CODE "\"]}", STR("z"), "c.pdf");
	package = open_package(f);
	assert_string_not_equal(before, package_tag(package));
	package_close(package);
}

static void formulas_behind_blanks_and_of_full_width_are_defused(void **state)
{
	Fixture *f = *state;
	static const char *const texts[] = {
		" =1+1",           "＝1+1",       "\xC2\xA0=1", "\xE2\x80\x8B@x", "\xEF\xBB\xBF+1", "\xE2\x80\xAE-1",
		"\xE3\x80\x80＠x", "\xC2\x85－1", "＋1",        " \xC2\xAD =x",   "\xEF\xB8\x8F=1"};
	Buf bytes = {0}, cell = {0};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char id[16], metadata[200];
		snprintf(id, sizeof id, "f%zu", i);
		snprintf(metadata, sizeof metadata, "{\"subject\":\"%s\",\"cases\":[\"" CODE "\"]}", texts[i]);
		add(f, ENTRY_RECORD, id, metadata, STR("z"), "c.pdf");
	}
	add(f, ENTRY_RECORD, "plain", "{\"subject\":\" a=1\",\"cases\":[\"" CODE "\"]}", STR("z"), "c.pdf");
	Package *package = open_package(f);
	read_all(f, package, 65536, &bytes);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		buf_clear(&cell);
		buf_printf(&cell, ",\"'%s\",", texts[i]);
		if (str_find(buf_str(&bytes), buf_str(&cell)) < 0)
			fail_msg("not defused: %s", texts[i]);
	}
	assert_true(str_find(buf_str(&bytes), STR(",\" a=1\",")) > 0);
	package_close(package);
	buf_done(&bytes);
	buf_done(&cell);
}

static void names_are_made_here_and_formulas_are_defused(void **state)
{
	Fixture *f = *state;
	Buf bytes = {0};
	fill(f);
	Package *package = open_package(f);
	read_all(f, package, 65536, &bytes);
	assert_int_equal(str_find(buf_str(&bytes), STR("etc/Quyết")),
			 str_find(buf_str(&bytes), STR("etc/Quyết định.pdf\",\"media\"")));
	assert_true(str_find(buf_str(&bytes), STR("hoso-" CODE "/data/002_2019-03-12_15-2019-QĐ-UBND/goc.pdf")) > 0);
	assert_true(str_find(buf_str(&bytes), STR("\"'=cmd()\"")) > 0);
	assert_true(str_find(buf_str(&bytes), STR("External-Description: Hồ sơ hai dòng\n")) > 0);
	package_close(package);
	buf_done(&bytes);
}

static void a_range_is_read_without_what_lies_before_it(void **state)
{
	Fixture *f = *state;
	Buf all = {0};
	static char piece[70000];
	size_t got;
	fill(f);
	Package *package = open_package(f);
	read_all(f, package, 65536, &all);
	package_close(package);
	for (uint64_t at = all.len; at > 0; at = at > 9973 ? at - 9973 : 0) { /* from the end, where no sum is known */
		package = open_package(f);
		assert_ok(f, package_seek(package, at, &f->err));
		assert_ok(f, package_read(package, piece, sizeof piece, &got, &f->err));
		assert_int_equal(got, all.len - at < sizeof piece ? all.len - at : sizeof piece);
		assert_memory_equal(piece, all.data + at, got);
		package_close(package);
	}
	buf_done(&all);
}

static Package *open_cached(Fixture *f, PackageCache *cache, const Deadline *until)
{
	Package *package = NULL;
	Status st = package_open(&package, f->store, cache, STR(CODE), until, &f->err);
	assert_true(st == ST_OK || st == ST_BUSY);
	return package;
}

static void a_plan_is_kept_while_the_case_file_is_the_same(void **state)
{
	Fixture *f = *state;
	Buf bytes = {0};
	char before[40];
	Stop stop = {.raised = true};
	Deadline passed = {.stop = &stop};
	PackageCache *cache = package_cache_new();
	assert_non_null(cache);
	fill(f);
	assert_null(open_cached(f, cache, &passed)); /* it would have to be planned */
	Package *package = open_cached(f, cache, NULL), *again = open_cached(f, cache, &passed);
	assert_non_null(again);
	snprintf(before, sizeof before, "%s", package_tag(package));
	assert_string_equal(package_tag(again), before);
	add(f, ENTRY_RECORD, "new", "{\"subject\":\"y\",\"cases\":[\"" CODE "\"]}", STR("z"), "c.pdf");
	Package *newer = open_cached(f, cache, NULL);
	assert_string_not_equal(package_tag(newer), before);
	read_all(f, again, 65536, &bytes); /* the older plan lives as long as somebody reads it */
	assert_int_equal(bytes.len, package_size(again));
	package_close(again);
	package_close(newer);
	package_cache_free(cache);
	package_close(package);
	buf_done(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(formulas_behind_blanks_and_of_full_width_are_defused, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(records_come_in_order_of_time_the_undated_last, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(the_size_is_known_before_a_byte_is_written, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(small_steps_and_large_ones_give_the_same_bytes, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(reading_can_begin_anywhere_forwards_and_backwards, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(a_change_of_the_case_file_changes_the_tag, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(names_are_made_here_and_formulas_are_defused, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(a_range_is_read_without_what_lies_before_it, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(a_plan_is_kept_while_the_case_file_is_the_same, fixture_setup,
						fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
