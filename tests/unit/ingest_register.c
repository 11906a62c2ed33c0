/* tests/unit/ingest_register.c - registers: a record a row, joined with the files of its delivery. */
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
	assert_int_equal(f->report.added, 2); /* m1, 2.txt */
	assert_rejected(f, "in/data.csv|invalid|a list whose headings are not understood (tỉnh, dân số)");
	assert_true(mentions(&f->warnings, "in/scan/2.txt|unlisted|"));
	assert_rejected(f, "manifest.csv:4|not-found|");
	assert_rejected(f, "manifest.csv:6|invalid|more cells");
	find_record(f, "m1", &arena, &entry);
	assert_true(str_find(entry.metadata, STR("\"number\":\"15/2019/QĐ-UBND\"")) >= 0);
	assert_true(str_find(entry.metadata, STR("\"keywords\":[\"a\",\"b\"]")) >= 0);
	assert_true(str_find(entry.metadata, STR("\"description\":\"có \\\"dấu\\\"; và\\nxuống dòng\"")) >= 0);
	assert_object(f, object_of(&entry, "original"), STR("một"));
	arena_done(&arena);
}

static void a_file_without_any_row_is_no_list(void **state)
{
	Fixture *f = *state;
	put_file(f, "in/empty.csv", STR(""));
	put_file(f, "in/mark.csv", STR("\xEF\xBB\xBF"));
	put_file(f, "in/blank.csv", STR("\r\n\n  \n"));
	put_file(f, "in/prose.csv", STR("Ghi chú của văn thư\nhồ sơ này để riêng\n"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_rejected(f, "in/empty.csv|invalid|an empty file");
	assert_int_equal(f->report.rejected, 1);
	assert_int_equal(f->report.added, 3);
}

/* Two rows of titles, headings over two rows, numbers of columns, cells merged over rows, a total that differs. */
static void a_delivery_is_joined_and_what_does_not_fit_is_told(void **state)
{
	Fixture *f = *state;
	Arena arena = {0};
	Entry entry;
	put_file(f, "in/so.csv",
		 STR("MỤC LỤC VĂN BẢN;;;;;;;;;;;\n"
		     "Phông;Mục lục;Số và ký hiệu hồ sơ;Tiêu đề hồ sơ;Ghi chú;Tổng số văn bản trong hồ sơ;"
		     "Số thứ tự văn bản trong hồ sơ;Số của văn bản;Ký hiệu của văn bản;Ngày, tháng, năm văn bản;;;"
		     "Trích yêu nội dung;Ghi chú;Đường dẫn file\n"
		     ";;;;;;;;;Ngày;Tháng;Năm;;;\n"
		     "(1);(2);(3);(4);(5);(6);(7);(8);(9);(10);(11);(12);(13);(14);(15)\n"
		     "P;01;05;Hồ sơ thử;của hồ sơ;9;1;01;/ QĐ-CCX;03;4;2015;Về việc một;riêng;\\P\\hop1\\A.PDF\n"
		     ";;;;;;2;02;/BC - CC;;;2015;Về việc hai;;\\P\\hop1\\none.pdf\n"
		     ";;;;;;3;139;/T.Tr- CC;1;2;2015;Về việc ba;;hop2\\c.txt\n"
		     ";;;;;;4;139;TTr-CC;1;2;2015;Về việc ba;;hop1\\a.pdf\n"));
	put_file(f, "in/hop1/a.pdf", STR("một"));
	put_file(f, "in/hop1/b.txt", STR("hai"));
	put_file(f, "in/hop1/c.txt", STR("ba"));
	put_file(f, "in/hop1/Bia_hoso05.txt", STR("bìa"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.rejected, 0);
	assert_true(mentions(&f->warnings, "in/so.csv:6|missing|"));
	assert_true(mentions(&f->warnings, "in/so.csv:7|misnamed|"));
	assert_true(mentions(&f->warnings, "in/so.csv:8|doubled|"));
	assert_true(mentions(&f->warnings, "in/so.csv:8|same_number|"));
	assert_true(mentions(&f->warnings, "in/so.csv:5|totals|"));
	assert_true(mentions(&f->warnings, "in/hop1/b.txt|unlisted|"));
	for (int i = 0; i < FINDING_SAME_ORIGINAL; i++)
		assert_int_equal(f->report.findings[i], 1);
	assert_int_equal(f->report.findings[FINDING_SAME_ORIGINAL], 0);
	assert_int_equal(f->report.findings[FINDING_CONTRADICTION], 0);
	assert_int_equal(store_entry(f->store, 0, &arena, &entry, &f->err), ST_OK);
	assert_str_equal(entry.metadata, STR("{\"case\":\"P.01.05\",\"title\":\"Hồ sơ thử\",\"fonds\":\"P\","
					     "\"extra\":{\"fileCatalog\":\"01\",\"fileNotation\":\"05\","
					     "\"remark\":\"của hồ sơ\",\"totalDoc\":\"9\"}}"));
	assert_int_equal(store_entry(f->store, 1, &arena, &entry, &f->err), ST_OK);
	assert_true(str_find(entry.metadata, STR("\"number\":\"01/QĐ-CCX\"")) >= 0);
	assert_true(str_find(entry.metadata, STR("\"issued\":\"2015-04-03\"")) >= 0);
	assert_true(str_find(entry.metadata, STR("\"cases\":[\"P.01.05\"]")) >= 0);
	assert_true(str_find(entry.metadata, STR("\"description\":\"riêng\"")) >= 0);
	assert_object(f, object_of(&entry, "original"), STR("một"));
	assert_int_equal(store_entry(f->store, 2, &arena, &entry, &f->err), ST_OK);
	assert_true(str_find(entry.metadata, STR("\"number\":\"02/BC-CC\"")) >= 0);
	assert_null(object_of(&entry, "original"));
	assert_int_equal(store_entry(f->store, 3, &arena, &entry, &f->err), ST_OK);
	assert_true(str_find(entry.metadata, STR("\"number\":\"139/TTr-CC\"")) >= 0);
	assert_int_equal(store_entry(f->store, 4, &arena, &entry, &f->err), ST_OK); /* with the file of another row */
	assert_object(f, object_of(&entry, "original"), STR("một"));
	arena_done(&arena);
}

static void headings_of_one_title_leave_every_row_whole(void **state)
{
	Fixture *f = *state;
	put_file(f, "in/a.csv", STR("sep=;\nSố ký hiệu;Trích yếu;Lạ;Lạ\n1/QĐ-A;Về một;x;y\n2/QĐ-A;Về hai;;z\n"));
	assert_int_equal(take(f, "in/a.csv"), ST_OK);
	assert_int_equal(f->report.added, 2);
	assert_int_equal(f->report.rejected, 0);
}

static void dry_run_and_run_find_the_same_and_only_one_of_them_writes(void **state)
{
	Fixture *f = *state;
	IngestReport dry;
	IngestOptions how = {.ctx = f, .warned = note_warning, .dry_run = true};
	char path[160];
	const char *paths[] = {path};
	snprintf(path, sizeof path, "%s/in", f->dir);
	put_file(f, "in/a.csv", STR("Số ký hiệu;Trích yếu;Tệp\n1/QĐ-A;Về một;a.txt\n1/QĐ-A;Về hai;b.txt\n"));
	put_file(f, "in/a.txt", STR("một"));
	put_file(f, "in/c.txt", STR("ba"));
	assert_int_equal(ingest_paths(NULL, NULL, paths, 1, &how, &dry, &f->err), ST_OK);
	assert_int_equal(store_tree_size(f->store), 0);
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(dry.seen, f->report.seen);
	assert_int_equal(dry.added, f->report.added);
	assert_memory_equal(dry.findings, f->report.findings, sizeof dry.findings);
	assert_int_equal(dry.findings[FINDING_MISSING] + dry.findings[FINDING_UNLISTED], 2);
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(a_manifest_gives_a_record_a_row),
		WITH_ARCHIVE(a_delivery_is_joined_and_what_does_not_fit_is_told),
		WITH_ARCHIVE(headings_of_one_title_leave_every_row_whole),
		WITH_ARCHIVE(dry_run_and_run_find_the_same_and_only_one_of_them_writes),
		WITH_ARCHIVE(a_file_without_any_row_is_no_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
