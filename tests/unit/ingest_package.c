/* tests/unit/ingest_package.c - packages: their entries become records, what is broken or a bomb is refused, and the
 * rest goes on. */
#include "ingest_fixture.h"

static void packages_give_their_entries_and_refuse_what_they_must(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Buf tar = {0}, inner = {0}, packed = {0};
	tar_file(&inner, "sâu.txt", STR("trong gói"));
	tar_end(&inner);
	tar_file(&tar, "a/15.json", STR("{\"id\":\"qd15\",\"type\":\"Quyết định\"}"));
	tar_file(&tar, "a/15.txt", STR("văn bản"));
	tar_file(&tar, "b.jsonl",
		 STR("{\"id\":\"l1\",\"text\":\"dòng\"}\nbroken\n{\"id\":\"l3\",\"files\":[\"a/15.txt\"]}\n"));
	tar_file(&tar, "../evil.txt", STR("x"));
	tar_entry(&tar, "link", '2', "/etc/passwd", 0);
	tar_file(&tar, "inner.tar", buf_str(&inner));
	tar_file(&tar, "empty.txt", (Str){NULL, 0});
	tar_end(&tar);
	zstd_of(&packed, buf_str(&tar), 0);
	put_file(f, "p.tar.zst", buf_str(&packed));
	assert_int_equal(take(f, "p.tar.zst"), ST_OK);
	assert_int_equal(f->report.added, 3);
	assert_rejected(f, "p.tar.zst!b.jsonl:2|invalid|broken JSON");
	assert_rejected(f, "p.tar.zst!b.jsonl:3|unsupported|its file");
	assert_rejected(f, "p.tar.zst!../evil.txt|invalid|a name that climbs with '..': not taken");
	assert_rejected(f, "p.tar.zst!link|unsupported|a link: not taken");
	assert_rejected(f, "p.tar.zst!empty.txt|invalid|an empty file");
	find_record(f, "qd15", &arena, &entry);
	assert_object(f, object_of(&entry, "original"), STR("văn bản"));
	find_newest(f, &arena, &entry);
	assert_str_equal(object_of(&entry, "original")->name, STR("sâu.txt"));
	buf_done(&tar);
	buf_done(&inner);
	buf_done(&packed);
	arena_done(&arena);
}

static void what_came_before_a_cut_in_a_package_is_kept(void **state)
{
	Fixture *f = *state;
	Buf tar = {0}, lines = {0}, packed = {0};
	tar_file(&tar, "a.txt", STR("nguyên vẹn"));
	tar_file(&tar, "b.txt", STR("bị cắt ngang"));
	put_file(f, "cut.tar", str_slice(buf_str(&tar), 0, 1024 + 515));
	assert_int_equal(take(f, "cut.tar"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_rejected(f, "cut.tar!b.txt|invalid|the package is broken or cut off");
	assert_rejected(f, "cut.tar|invalid|the package is broken or cut off");
	for (int i = 0; i < 1000; i++)
		buf_printf(&lines, "{\"id\":\"n%d\",\"text\":\"dòng\"}\n", i);
	zstd_of(&packed, buf_str(&lines), 3);
	put_file(f, "cut.jsonl.zst", str_slice(buf_str(&packed), 0, packed.len - 2));
	assert_int_equal(take(f, "cut.jsonl.zst"), ST_OK);
	assert_int_equal(f->report.added, 1000);
	assert_int_equal(f->report.rejected, 1);
	assert_rejected(f, "cut.jsonl.zst:1001|invalid|");
	put_file(f, "no.zip", STR("not a zip"));
	assert_int_equal(take(f, "no.zip"), ST_OK);
	assert_rejected(f, "no.zip|invalid|");
	buf_done(&tar);
	buf_done(&lines);
	buf_done(&packed);
}

static void a_bomb_is_refused_and_the_rest_goes_on(void **state)
{
	Fixture *f = *state;
	Buf head = {0}, bomb = {0};
	tar_entry(&head, "zeros.txt", '0', "", (uint64_t)1 << 30);
	zstd_of(&bomb, buf_str(&head), 8192);
	put_file(f, "in/bomb.tar.zst", buf_str(&bomb));
	put_file(f, "in/c.txt", STR("tiếp tục"));
	buf_clear(&bomb);
	zstd_of(&bomb, STR("{\"text\":\""), 8192); /* one line of 1 GiB */
	put_file(f, "in/line.jsonl.zst", buf_str(&bomb));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_rejected(f, "bomb.tar.zst!zeros.txt|limit|the package expands");
	assert_rejected(f, "line.jsonl.zst:1|limit|the package expands");
	buf_done(&head);
	buf_done(&bomb);
}

static void a_large_original_comes_through_a_package_and_a_folder_whole(void **state)
{
	Fixture *f = *state;
	Buf big = {0}, tar = {0};
	Arena arena = {0};
	Entry entry;
	char *at = buf_extend(&big, SOURCE_IN_MEMORY_MAX + 12345);
	for (size_t i = 0; i < big.len; i++)
		at[i] = (char)(i * 2654435761u >> 13);
	tar_file(&tar, "big.bin", buf_str(&big));
	tar_end(&tar);
	put_file(f, "p.tar", buf_str(&tar));
	assert_int_equal(take(f, "p.tar"), ST_OK);
	find_newest(f, &arena, &entry);
	assert_object(f, object_of(&entry, "original"), buf_str(&big));
	put_file(f, "in/big.bin", buf_str(&big));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.duplicates, 1);
	buf_done(&big);
	buf_done(&tar);
	arena_done(&arena);
}

static void two_members_of_one_name_are_two_records(void **state)
{
	Fixture *f = *state;
	Buf tar = {0};
	Zip zip = {0};
	tar_file(&tar, "bc.txt", STR("phiên bản cũ của công văn"));
	tar_file(&tar, "bc.txt", STR("phiên bản mới của tờ trình"));
	tar_end(&tar);
	put_file(f, "a.tar", buf_str(&tar));
	assert_int_equal(take(f, "a.tar"), ST_OK);
	assert_int_equal(f->report.added, 2);
	zip_file(&zip, "ds.csv", STR("Số ký hiệu,Trích yếu,Tệp\n1/QĐ,một,a/b.txt\n"), 0); /* read as a folder */
	zip_file(&zip, "a/b.txt", STR("bản thứ nhất"), 0);
	zip_file(&zip, "a/b.txt", STR("bản thứ hai"), 0);
	zip_file(&zip, "a", STR("tên của một thư mục"), 0);
	put_file(f, "b.zip", zip_end(&zip));
	assert_int_equal(take(f, "b.zip"), ST_OK);
	assert_int_equal(f->report.added, 3);
	assert_int_equal(f->report.rejected, 0);
	buf_done(&tar);
	zip_done(&zip);
}

static void a_zip_with_a_register_is_read_as_the_folder_it_was(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	Zip zip = {0}, outer = {0};
	char list[128];
	setenv("TMPDIR", f->dir, 1);
	zip_file(&zip, "hs/tep/01.txt", STR("toàn văn một"), 0);
	zip_file(&zip, "hs/tep/02.txt", STR("toàn văn hai"), 0);
	zip_file(&zip, "hs/tep/thua.txt", STR("không có trong danh sách"), 0);
	zip_file(&zip, "hs/danh sach.csv",
		 STR("Số ký hiệu,Trích yếu,Tệp\n01/QĐ-UBND,một,tep\\01.txt\n02/QĐ-UBND,hai,tep\\02.txt\n"
		     "03/QĐ-UBND,ba,tep\\03.txt\n"),
		 0);
	put_file(f, "a.zip", zip_end(&zip));
	assert_int_equal(take(f, "a.zip"), ST_OK);
	assert_int_equal(f->report.added, 4); /* three rows, one of them without its file, and what no row names */
	assert_int_equal(f->report.findings[FINDING_MISSING], 1);
	assert_int_equal(f->report.findings[FINDING_UNLISTED], 1);
	assert_true(mentions(&f->warnings, "a.zip!hs/danh sach.csv:4|missing|"));
	assert_true(mentions(&f->warnings, "a.zip!hs/tep/thua.txt|unlisted|"));
	assert_int_equal(store_entry(f->store, 0, &arena, &entry, &f->err), ST_OK);
	assert_true(str_find(entry.metadata, STR("\"number\":\"01/QĐ-UBND\"")) >= 0);
	assert_object(f, object_of(&entry, "text"), STR("toàn văn một"));
	uint64_t before = f->report.tree_size;
	assert_int_equal(take(f, "a.zip"), ST_OK); /* again: nothing new */
	assert_int_equal(f->report.tree_size, before);
	zip_file(&outer, "trong.zip", buf_str(&zip.out), 0); /* inside another, beside a register of that one */
	zip_file(&outer, "khac.csv", STR("Số ký hiệu,Trích yếu,Tệp\n09/QĐ-UBND,chín,09.txt\n"), 0);
	zip_file(&outer, "09.txt", STR("toàn văn chín"), 0);
	put_file(f, "o.zip", zip_end(&outer));
	assert_int_equal(take(f, "o.zip"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_int_equal(f->report.findings[FINDING_UNLISTED], 1); /* of the inner one */
	snprintf(list, sizeof list, "ls -d %s/hoso-package-* 2>/dev/null", f->dir);
	assert_int_not_equal(system(list), 0); /* nothing is left */
	unsetenv("TMPDIR");
	zip_done(&zip);
	zip_done(&outer);
	arena_done(&arena);
}

static void packages_are_opened_to_a_bounded_depth_and_size(void **state)
{
	Fixture *f = *state;
	Buf inner = {0}, tar = {0}, head = {0}, packed = {0};
	tar_file(&inner, "sau.txt", STR("ở trong cùng"));
	tar_end(&inner);
	for (int depth = 2; depth <= 5; depth++) {
		char name[16];
		snprintf(name, sizeof name, "%d.tar", depth);
		buf_clear(&tar);
		tar_file(&tar, name, buf_str(&inner));
		tar_end(&tar);
		buf_clear(&inner);
		buf_add_str(&inner, buf_str(&tar));
		if (depth == 4) { /* four packages, one in the other */
			put_file(f, "bon.tar", buf_str(&tar));
			assert_int_equal(take(f, "bon.tar"), ST_OK);
			assert_int_equal(f->report.added, 1);
		}
	}
	put_file(f, "nam.tar", buf_str(&tar));
	assert_int_equal(take(f, "nam.tar"), ST_OK);
	assert_int_equal(f->report.added, 0);
	assert_rejected(f, "2.tar|limit|packages nested too deep");
	/* 150 times its size in each of two packages: each alone would be allowed */
	buf_clear(&tar);
	tar_entry(&head, "0.tif", '0', "", (uint64_t)48 << 20);
	for (int i = 0; i < 3; i++) {
		char name[16];
		buf_clear(&packed);
		zstd_of(&packed, buf_str(&head), 384);
		snprintf(name, sizeof name, "%d.tar.zst", i);
		tar_file(&tar, name, buf_str(&packed));
	}
	tar_end(&tar);
	put_file(f, "in.tar", buf_str(&tar));
	assert_int_equal(take(f, "in.tar"), ST_OK);
	assert_rejected(f, "|limit|the package expands");
	buf_done(&inner);
	buf_done(&tar);
	buf_done(&head);
	buf_done(&packed);
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(packages_give_their_entries_and_refuse_what_they_must),
		WITH_ARCHIVE(what_came_before_a_cut_in_a_package_is_kept),
		WITH_ARCHIVE(a_bomb_is_refused_and_the_rest_goes_on),
		WITH_ARCHIVE(a_large_original_comes_through_a_package_and_a_folder_whole),
		WITH_ARCHIVE(two_members_of_one_name_are_two_records),
		WITH_ARCHIVE(a_zip_with_a_register_is_read_as_the_folder_it_was),
		WITH_ARCHIVE(packages_are_opened_to_a_bounded_depth_and_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
