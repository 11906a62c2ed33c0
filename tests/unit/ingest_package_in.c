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
		buf_printf(out, "%.*s%s%s", STR_ARG(entry.name),
			   entry.no_document    ? "?"
			   : entry.refusal.code ? "!"
						: "=",
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

/* Info-ZIP's field for the name in UTF-8: it counts while the name beside it has this sum. */
static void add_unicode_path(Buf *out, Str name, const char *path)
{
	uint8_t head[9] = {0x75, 0x70};
	put_le16(head + 2, (uint16_t)(5 + strlen(path)));
	head[4] = 1;
	put_le32(head + 5, crc32_of(name));
	buf_add(out, head, sizeof head);
	buf_add(out, path, strlen(path));
}

static void a_zip_names_its_entries_in_several_ways(void **state)
{
	(void)state;
	Err err;
	Buf out = {0}, extra = {0};
	Zip zip = {0};
	add_unicode_path(&extra, STR("B_o c_o.txt"), "Báo cáo.txt");
	zip_file_as(&zip, "B_o c_o.txt", buf_str(&extra), 0, STR("1"), 0);
	buf_clear(&extra);
	add_unicode_path(&extra, STR("another name"),
			 "Sai.txt"); /* renamed since, by a program that does not know it */
	zip_file_as(&zip, "moi.txt", buf_str(&extra), 0, STR("2"), 0);
	zip_file(&zip, "T\xF5\xCC tri\xCCnh.txt", STR("3"), 0);                  /* CP1258 */
	zip_file(&zip, "H\xD2 s\xA0.txt", STR("4"), 0);                          /* neither */
	zip_file(&zip, "B\xA0o c\xA0o.txt", STR("5"), 0);                        /* CP437 */
	zip_file(&zip, "Ho\xCC\x82\xCC\x80 so\xCC\x9B.txt", STR("6"), ZIP_UTF8); /* decomposed */
	zip_file(&zip, "N\xE3m 2019\\hai.txt", STR("7"), 0);
	assert_int_equal(walk(zip_end(&zip), PACKAGE_ENTRIES, &out, &err), ST_OK);
	assert_true(mentions(&out, "Báo cáo.txt=1\nmoi.txt=2\nTờ trình.txt=3\n"));
	assert_true(mentions(&out, "=4\nBáo cáo.txt=5\nHồ sơ.txt=6\nNăm 2019/hai.txt=7\n"));
	buf_done(&out);
	buf_done(&extra);
	zip_done(&zip);
}

static void a_rar_is_read_and_what_is_encrypted_in_it_named(void **state)
{
	(void)state;
	Err err;
	Buf out = {0}, rar = {0};
	rar4_begin(&rar);
	rar4_file(&rar, "ho so/mot.txt", STR("một"), 0);
	rar4_file(&rar, "Thumbs.db", STR("x"), 0);
	rar4_file(&rar, "B\xE1o c\xE1o.txt", STR("hai"), 0);
	rar4_end(&rar);
	assert_int_equal(walk(buf_str(&rar), PACKAGE_ENTRIES, &out, &err), ST_OK);
	assert_str_equal(buf_str(&out), STR("ho so/mot.txt=một\nThumbs.db?x\nBáo cáo.txt=hai\n"));
	buf_clear(&out);
	buf_clear(&rar);
	rar4_begin(&rar);
	rar4_file(&rar, "mat.txt", STR("0123456789abcdef"), RAR4_ENCRYPTED);
	rar4_end(&rar);
	Status st = walk(buf_str(&rar), PACKAGE_ENTRIES, &out, &err);
	assert_true(st == ST_UNSUPPORTED ? strstr(err.text, "encrypted") != NULL
					 : mentions(&out, "mat.txt!an encrypted entry"));
	buf_done(&out);
	buf_done(&rar);
}

static void a_method_that_is_not_read_is_named_as_what_it_is(void **state)
{
	(void)state;
	static const struct {
		uint16_t method;
		const char *said;
	} methods[] = {{9, "packed with deflate64"}, {96, "packed in a way that is not read here"}};
	Err err;
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		Buf out = {0};
		Zip zip = {0};
		zip_file_as(&zip, "a.txt", (Str){NULL, 0}, methods[i].method, STR("0123"), 0);
		assert_int_equal(walk(zip_end(&zip), PACKAGE_ENTRIES, &out, &err), ST_UNSUPPORTED);
		assert_non_null(strstr(err.text, methods[i].said));
		buf_done(&out);
		zip_done(&zip);
	}
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
			     "fifo!neither a file nor a directory\n.hidden/a.txt?x\n__MACOSX/a.txt?x\n"
			     "/abs.txt!an absolute name\ngood.txt=fine\n"));
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
		cmocka_unit_test(a_zip_names_its_entries_in_several_ways),
		cmocka_unit_test(a_rar_is_read_and_what_is_encrypted_in_it_named),
		cmocka_unit_test(a_method_that_is_not_read_is_named_as_what_it_is),
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
