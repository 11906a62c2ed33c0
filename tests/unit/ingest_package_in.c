/* tests/unit/ingest_package_in.c - what packages may hold, and what is refused of them. */
#include "ingest_fixture.h"

#include "indexer/source/package_in.h"

#include <fcntl.h>

/* Walks a package: "name=content" or "name!reason" a line, and how it ended. */
static Status walk(Str bytes, PackageKind kind, Buf *out, Err *err)
{
	PackageIn *package;
	PackageEntry entry;
	Step step;
	Status st = package_in_open(&package, kind, -1, bytes, err);
	if (st != ST_OK)
		return st;
	while (st == ST_OK && (step = package_in_next(package, &entry, err)) == STEP_ITEM) {
		buf_printf(out, "%.*s%s%s", STR_ARG(entry.name), entry.refusal.code ? "!" : "=",
			   entry.refusal.code ? entry.refusal.text : "");
		ByteSource from = package_in_source(package);
		for (size_t got = 1; entry.refusal.code == ST_OK && st == ST_OK && got;) {
			char step_bytes[4096];
			st = from.read(from.ctx, step_bytes, sizeof step_bytes, &got, err);
			if (st == ST_OK && out->len < 1 << 20)
				buf_add(out, step_bytes, got);
		}
		buf_add_char(out, '\n');
	}
	package_in_close(package);
	return st != ST_OK ? st : step == STEP_ERROR ? err->code : ST_OK;
}

static void entries_come_with_names_in_utf8(void **state)
{
	(void)state;
	Err err;
	Buf out = {0}, tar = {0};
	Zip zip = {0};
	tar_file(&tar, "./hồ sơ/Quyết định số 15.txt", STR("một"));
	tar_file(&tar, "b.txt", STR("hai"));
	tar_end(&tar);
	assert_int_equal(walk(buf_str(&tar), PACKAGE_ENTRIES, &out, &err), ST_OK);
	assert_str_equal(buf_str(&out), STR("hồ sơ/Quyết định số 15.txt=một\nb.txt=hai\n"));
	buf_clear(&out);
	zip_file(&zip, "Quyết định.txt", STR("ba"), ZIP_UTF8);
	zip_file(&zip, "Quyết định 2.txt", STR("bốn"), 0);               /* UTF-8 without the flag that says so */
	zip_file(&zip, "Quy\xEA\xECt \xF0i\xF2nh 3.txt", STR("năm"), 0); /* Windows-1258 */
	assert_int_equal(walk(zip_end(&zip), PACKAGE_ENTRIES, &out, &err), ST_OK);
	assert_str_equal(buf_str(&out), STR("Quyết định.txt=ba\nQuyết định 2.txt=bốn\nQuyết định 3.txt=năm\n"));
	buf_done(&out);
	buf_done(&tar);
	zip_done(&zip);
}

static void names_that_climb_or_mean_something_to_windows_are_refused(void **state)
{
	(void)state;
	static const char *const names[] = {"../a", "a/../../b", "/etc/passwd", "C:/a", "a\\b",
					    "a\nb", "NUL",       "x/con.txt",   "Lpt1", ".."};
	static const char *const fine[] = {"a", "a/b.c", "CONSOLE.txt", "a..b", "...a", "LPT", "Quyết định: 15.pdf"};
	Err err;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (package_in_check_name(str_from(names[i]), &err) != ST_INVALID)
			fail_msg("'%s' was taken", names[i]);
	for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
		if (package_in_check_name(str_from(fine[i]), &err) != ST_OK)
			fail_msg("'%s' was refused: %s", fine[i], err.text);
	assert_int_equal(package_in_check_name(STR(""), &err), ST_INVALID);
	assert_int_equal(package_in_check_name(STR("a\xFF"), &err), ST_INVALID);
}

static void links_devices_and_climbing_names_are_handed_out_as_refused(void **state)
{
	(void)state;
	Err err;
	Buf out = {0}, tar = {0};
	tar_file(&tar, "../../evil.txt", STR("x"));
	tar_entry(&tar, "link.txt", '2', "/etc/passwd", 0);
	tar_entry(&tar, "hard.txt", '1', "b.txt", 0);
	tar_entry(&tar, "fifo", '6', "", 0);
	tar_entry(&tar, "dir/", '5', "", 0);
	tar_file(&tar, ".hidden/a.txt", STR("x"));
	tar_file(&tar, "__MACOSX/a.txt", STR("x"));
	tar_file(&tar, "/abs.txt", STR("x"));
	tar_file(&tar, "good.txt", STR("fine"));
	tar_end(&tar);
	assert_int_equal(walk(buf_str(&tar), PACKAGE_ENTRIES, &out, &err), ST_OK);
	assert_str_equal(buf_str(&out),
			 STR("../../evil.txt!a name that climbs with '..'\nlink.txt!a link\nhard.txt!a link\n"
			     "fifo!neither a file nor a directory\n/abs.txt!an absolute name\ngood.txt=fine\n"));
	buf_done(&out);
	buf_done(&tar);
}

static void an_encrypted_entry_is_refused_and_the_next_is_read(void **state)
{
	(void)state;
	Err err;
	Buf out = {0};
	Zip zip = {0};
	zip_file(&zip, "a.txt", STR("0123456789abcdef"), ZIP_ENCRYPTED);
	zip_file(&zip, "b.txt", STR("fine"), 0);
	assert_int_equal(walk(zip_end(&zip), PACKAGE_ENTRIES, &out, &err), ST_OK);
	assert_str_equal(buf_str(&out), STR("a.txt!an encrypted entry\nb.txt=fine\n"));
	buf_done(&out);
	zip_done(&zip);
}

static void a_package_that_is_cut_off_gives_what_came_before_and_says_so(void **state)
{
	(void)state;
	Err err;
	Buf out = {0}, tar = {0};
	tar_file(&tar, "a.txt", STR("whole"));
	tar_file(&tar, "b.txt", STR("0123456789"));
	assert_int_equal(walk(str_slice(buf_str(&tar), 0, 1024 + 517), PACKAGE_ENTRIES, &out, &err), ST_INVALID);
	assert_true(mentions(&out, "a.txt=whole\n"));
	assert_non_null(strstr(err.text, "cut off"));
	buf_clear(&out);
	assert_int_equal(walk(STR("this is no package at all"), PACKAGE_ENTRIES, &out, &err), ST_INVALID);
	buf_done(&out);
	buf_done(&tar);
}

static void a_bomb_is_stopped_and_a_blank_scan_is_not(void **state)
{
	(void)state;
	Err err;
	Buf out = {0}, bomb = {0}, scan = {0}, head = {0};
	tar_entry(&head, "zeros.tif", '0', "", (uint64_t)1 << 30);
	zstd_of(&bomb, buf_str(&head), 8192); /* 1 GiB in 33 KB */
	assert_int_equal(walk(buf_str(&bomb), PACKAGE_ENTRIES, &out, &err), ST_LIMIT);
	assert_non_null(strstr(err.text, "expands"));
	buf_clear(&head);
	buf_clear(&out);
	tar_entry(&head, "blank.tif", '0', "", (uint64_t)32 << 20);
	zstd_of(&scan, buf_str(&head), 256); /* 32 MiB in 1.5 KB */
	assert_int_equal(walk(buf_str(&scan), PACKAGE_ENTRIES, &out, &err), ST_OK);
	buf_done(&out);
	buf_done(&bomb);
	buf_done(&scan);
	buf_done(&head);
}

static void more_entries_than_allowed_end_the_package(void **state)
{
	(void)state;
	Err err;
	Buf out = {0}, tar = {0};
	for (int i = 0; i <= PACKAGE_ENTRIES_MAX; i++)
		tar_file(&tar, "a", (Str){NULL, 0});
	tar_end(&tar);
	assert_int_equal(walk(buf_str(&tar), PACKAGE_ENTRIES, &out, &err), ST_LIMIT);
	buf_done(&out);
	buf_done(&tar);
}

static void a_stream_is_one_entry_compressed_or_not(void **state)
{
	(void)state;
	Err err;
	Buf out = {0}, packed = {0};
	zstd_of(&packed, STR("a line\n"), 0);
	assert_int_equal(walk(buf_str(&packed), PACKAGE_STREAM, &out, &err), ST_OK);
	assert_true(mentions(&out, "=a line\n"));
	buf_clear(&out);
	assert_int_equal(walk(STR("plain\n"), PACKAGE_STREAM, &out, &err), ST_OK);
	assert_true(mentions(&out, "=plain\n"));
	buf_clear(&out);
	assert_int_equal(walk(str_slice(buf_str(&packed), 0, packed.len - 3), PACKAGE_STREAM, &out, &err), ST_INVALID);
	buf_done(&out);
	buf_done(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_come_with_names_in_utf8),
		cmocka_unit_test(names_that_climb_or_mean_something_to_windows_are_refused),
		cmocka_unit_test(links_devices_and_climbing_names_are_handed_out_as_refused),
		cmocka_unit_test(an_encrypted_entry_is_refused_and_the_next_is_read),
		cmocka_unit_test(a_package_that_is_cut_off_gives_what_came_before_and_says_so),
		cmocka_unit_test(a_bomb_is_stopped_and_a_blank_scan_is_not),
		cmocka_unit_test(more_entries_than_allowed_end_the_package),
		cmocka_unit_test(a_stream_is_one_entry_compressed_or_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
