/* tests/unit/ingest_manifest.c - CSV manifests: a record a row; what is no manifest is a document. */
#include "ingest_fixture.h"

static void a_manifest_gives_a_record_a_row(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	put_file(f, "in/manifest.csv",
		 STR("\xEF\xBB\xBFid;file;Số ký hiệu;ngay ban hanh;Ghi chú;keywords\r\n"
		     "m1;scan/1.txt;15/2019/QĐ-UBND;;\"có \"\"dấu\"\"; và\nxuống dòng\";a|b\r\n"
		     "m2;scan/none.txt;;;;\r\n"
		     ";;;;;\r\n"
		     "m3;scan/1.txt;;;;;too many\r\n"));
	put_file(f, "in/scan/1.txt", STR("một"));
	put_file(f, "in/scan/2.txt", STR("hai"));
	put_file(f, "in/data.csv", STR("tỉnh,dân số\nNam Định,1780000\n"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.added, 3); /* m1, 2.txt, data.csv */
	assert_rejected(f, "manifest.csv:4|not-found|");
	assert_rejected(f, "manifest.csv:6|invalid|more cells");
	find_record(f, "m1", &arena, &entry);
	assert_true(str_find(entry.metadata, STR("\"number\":\"15/2019/QĐ-UBND\"")) >= 0);
	assert_true(str_find(entry.metadata, STR("\"keywords\":[\"a\",\"b\"]")) >= 0);
	assert_true(str_find(entry.metadata, STR("\"Ghi chú\":\"có \\\"dấu\\\"; và\\nxuống dòng\"")) >= 0);
	assert_object(f, object_of(&entry, "original"), STR("một"));
	arena_done(&arena);
}

static void a_csv_without_any_row_is_no_manifest(void **state)
{
	Fixture *f = *state;
	put_file(f, "in/empty.csv", STR(""));
	put_file(f, "in/mark.csv", STR("\xEF\xBB\xBF"));
	put_file(f, "in/blank.csv", STR("\r\n\n  \n"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_rejected(f, "in/empty.csv|invalid|an empty file");
	assert_int_equal(f->report.rejected, 1);
	assert_int_equal(f->report.added, 2); /* kept as they are */
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(a_manifest_gives_a_record_a_row),
		WITH_ARCHIVE(a_csv_without_any_row_is_no_manifest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
