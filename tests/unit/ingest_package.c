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

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(packages_give_their_entries_and_refuse_what_they_must),
		WITH_ARCHIVE(what_came_before_a_cut_in_a_package_is_kept),
		WITH_ARCHIVE(a_bomb_is_refused_and_the_rest_goes_on),
		WITH_ARCHIVE(a_large_original_comes_through_a_package_and_a_folder_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
