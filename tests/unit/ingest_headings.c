/* tests/unit/ingest_headings.c - what a register's columns may be called: headings of the lists that offices keep, each
 * with the field that it is, and that docs/registers.md is the table.
 *
 *   test-ingest_headings docs      prints what docs/registers.md must be */
#include "unit.h"

#include "base/file.h"
#include "indexer/ingest/columns.h"

#include <stdio.h>
#include <stdlib.h>

/* Headings and fields stand in the same order; "?": no field, kept under its title. */
static const struct {
	const char *list, *headings, *fields;
} lists[] = {
	{"a case file's list of documents as hoso writes it",
	 "STT|Số, ký hiệu|Ngày ban hành|Loại văn bản|Cơ quan ban hành|Trích yếu nội dung|Người ký|Số trang|"
	 "Mã định danh|Phiên bản|Thư mục|Ghi chú",
	 "-|number|issued|type|agency|subject|signer|pages|id|?|?|note"},
	{"incoming documents, NĐ 30/2020",
	 "Ngày đến|Số đến|Tác giả|Số, ký hiệu|Ngày tháng|Tên loại và trích yếu nội dung|Đơn vị hoặc người nhận|"
	 "Ngày chuyển|Ký nhận|Ghi chú",
	 "arrived|arrival_number|agency|number|issued|subject|recipients|forwarded|receipt|note"},
	{"outgoing documents, NĐ 30/2020",
	 "Số, ký hiệu văn bản|Ngày tháng văn bản|Tên loại và trích yếu nội dung văn bản|Người ký|Nơi nhận văn bản|"
	 "Đơn vị, người nhận bản lưu|Số lượng bản|Ghi chú",
	 "number|issued|subject|signer|recipients|keeper|copies|note"},
	{"documents of a case file, NĐ 30/2020 Phụ lục VI",
	 "Mã định danh văn bản|Tên loại văn bản|Số của văn bản|Ký hiệu của văn bản|Ngày, tháng, năm văn bản|"
	 "Tên cơ quan, tổ chức ban hành văn bản|Trích yếu nội dung|Ngôn ngữ|Số trang của văn bản|Ghi chú|"
	 "Mức độ tin cậy|Bút tích",
	 "id|type|number.numeral|number.notation|issued|agency|subject|language|pages|note|confidence|autograph"},
	{"documents, TT 05/2025",
	 "docId|docCode|arcFileCode|maintenance|typeName|codeNumber|codeNotation|issuedDate|organName|subject|language|"
	 "numberOfPage|inforSign|keyword|mode|confidenceLevel|autograph|format|process|riskRecovery|"
	 "riskRecoveryStatus|description",
	 "id|doc_code|case|retention|type|number.numeral|number.notation|issued|agency|subject|language|pages|"
	 "infor_sign|keywords|access|confidence|autograph|condition|process|risk|risk_state|note"},
	{"case files, TT 02/2019",
	 "Mã hồ sơ|Mã cơ quan lưu trữ|Mã phông|Mục lục số|Hộp số|Hồ sơ số|Tiêu đề hồ sơ|Thời hạn bảo quản|"
	 "Chế độ sử dụng|Ngôn ngữ|Thời gian bắt đầu|Thời gian kết thúc|Ký hiệu thông tin|Từ khóa|"
	 "Tổng số văn bản trong hồ sơ|Số lượng tờ|Số lượng trang|Tình trạng vật lý|Mức độ tin cậy|Chú giải",
	 "case|case.agency_code|case.fonds_code|case.catalogue|location.box|case.notation|case.title|case.retention|"
	 "case.access|case.language|case.start|case.end|case.infor_sign|case.keywords|case.total|case.sheets|"
	 "case.pages|case.condition|case.confidence|case.note"},
	{"a delivery of a firm: the case file's columns, then the document's",
	 "STT|Phông|Mục lục|Hộp số|Số và ký hiệu hồ sơ|Tiêu đề hồ sơ|Thời hạn bảo quản|Chế độ sử dụng|Ngôn ngữ|"
	 "Ngày bắt đầu|Tháng bắt đầu|Năm bắt đầu|Ngày kết thúc|Tháng kết thúc|Năm kết thúc|"
	 "Tổng số văn bản trong hồ sơ|Chú giải|Ký hiệu thông tin|Từ khóa|Số lượng tờ|Tình trạng vật lý|Mức độ tin cậy|"
	 "Mã hồ sơ giấy gốc ( nếu có )|Ghi chú|Số thứ tự văn bản trong hồ sơ|Tên loại văn bản|Số của văn bản|"
	 "Ký hiệu của văn bản|Ngày văn bản|Tháng văn bản|Năm văn bản|Tên cơ quan, tổ chức ban hành văn bản|"
	 "Trích yếu nội dung|Ngôn ngữ|Số lượng trang của văn bản|Ghi chú|Ký hiệu thông tin|Từ khóa|Chế độ sử dụng|"
	 "Mức độ tin cậy|Bút tích|Tình trạng vật lý|Quy trình xử lý ( nếu có )|Tờ số|Loại tài liệu|Đường dẫn file",
	 "-|fonds|case.catalogue|location.box|case.notation|case.title|case.retention|case.access|case.language|"
	 "case.start.day|case.start.month|case.start.year|case.end.day|case.end.month|case.end.year|case.total|"
	 "case.note|case.infor_sign|case.keywords|case.sheets|case.condition|case.confidence|case.paper_code|"
	 "case.remark|ordinal|type|number.numeral|number.notation|issued.day|issued.month|issued.year|agency|subject|"
	 "language|pages|note|infor_sign|keywords|access|confidence|autograph|condition|process|location.sheets|"
	 "material|file"},
	{"slips of the pen, capitals, no accents",
	 "SO KY HIEU|Ngay ban hanh|Trich yêu nội dung|Co quan ban hành văn bản|Đuờng dẫn flie",
	 "number|issued|subject|agency|file"},
};

static void add_row(Grid *table, const char *cells_text)
{
	Str cells[64], rest = str_from(cells_text);
	size_t count = 0;
	Err err;
	while (count < 64 && rest.len && str_split(&rest, '|', &cells[count]))
		count++;
	assert_int_equal(grid_add_row(table, cells, count, table->row_count + 1, &err), ST_OK);
}

static const char *path_of(const RegisterColumns *columns, size_t at)
{
	RegisterField field = columns->columns[at].field;
	return field == REG_NONE ? "?" : register_fields[field].path;
}

static void assert_fields(const char *list, const Grid *table, const char *fields)
{
	Arena arena = {0};
	RegisterColumns columns;
	Err err;
	Buf found = {0};
	assert_int_equal(columns_find(table, NULL, 0, &arena, &columns, &err), ST_OK);
	for (size_t i = 0; i < columns.count; i++)
		buf_printf(&found, "%s%s", i ? "|" : "", path_of(&columns, i));
	if (!str_eq(buf_str(&found), str_from(fields)))
		fail_msg("%s:\n  found  %.*s\n  wanted %s", list, STR_ARG(buf_str(&found)), fields);
	assert_true(columns.understood);
	buf_done(&found);
	arena_done(&arena);
}

static void the_lists_that_offices_keep_are_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		Grid table = {0};
		add_row(&table, lists[i].headings);
		assert_fields(lists[i].list, &table, lists[i].fields);
		grid_done(&table);
	}
}

static void headings_stand_below_titles_and_over_two_rows(void **state)
{
	(void)state;
	Grid table = {0};
	Arena arena = {0};
	RegisterColumns columns;
	Err err;
	add_row(&table, "UBND TỈNH X||||CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
	add_row(&table, "DANH MỤC HỒ SƠ, VĂN BẢN NĂM 2019");
	add_row(&table, "STT|Hồ sơ||Văn bản|||Ngày, tháng, năm văn bản|||Tệp tin");
	add_row(&table, "|Số hồ sơ|Tiêu đề|Số|Ký hiệu|Trích yếu|Ngày|Tháng|Năm|");
	add_row(&table, "(1)|(2)|(3)|(4)|(5)|(6)|(7)|(8)|(9)|(10)");
	add_row(&table, "1|05|Hồ sơ một|01|QĐ-X|Về một|3|4|2019|a.pdf");
	assert_fields("two rows", &table,
		      "-|case.notation|case.title|number.numeral|number.notation|subject|issued.day|issued.month|"
		      "issued.year|file");
	assert_int_equal(columns_find(&table, NULL, 0, &arena, &columns, &err), ST_OK);
	assert_int_equal(columns.heading_row, 2);
	assert_int_equal(columns.first_row, 5);
	arena_done(&arena);
	grid_done(&table);
}

static void a_mapping_settles_what_no_table_knows(void **state)
{
	(void)state;
	Grid table = {0};
	Arena arena = {0};
	RegisterColumns columns;
	Err err;
	const Str maps[] = {STR("Mã riêng=number"), STR("B=subject")}, wrong[] = {STR("Mã riêng=nothing")};
	add_row(&table, "Mã riêng|Lời");
	add_row(&table, "1/QĐ-X|Về một");
	assert_int_equal(columns_find(&table, NULL, 0, &arena, &columns, &err), ST_OK);
	assert_false(columns.understood);
	assert_int_equal(columns_find(&table, maps, 2, &arena, &columns, &err), ST_OK);
	assert_true(columns.understood);
	assert_string_equal(path_of(&columns, 0), "number");
	assert_string_equal(path_of(&columns, 1), "subject");
	assert_int_equal(columns_find(&table, wrong, 1, &arena, &columns, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "docs/registers.md"));
	arena_done(&arena);
	grid_done(&table);
}

/* No heading may mean two things, and each must be found as it stands in the table. */
static void every_title_of_the_table_is_found_as_its_field(void **state)
{
	(void)state;
	for (int field = REG_NONE + 1; field < REG_COUNT; field++) {
		Str rest = str_from(register_fields[field].titles), title;
		while (rest.len && str_split(&rest, ';', &title)) {
			bool slip;
			RegisterField found = heading_find(title, &slip);
			if ((int)found != field || slip)
				fail_msg("\"%.*s\" is %s, not %s", STR_ARG(title), register_fields[found].path,
					 register_fields[field].path);
		}
		assert_int_equal(register_field_by_path(str_from(register_fields[field].path)), field);
	}
}

/* ---- documentation --------------------------------------------------------------------------------------------- */

static const char *place_of(const RegisterFieldRow *row, char out[static 64])
{
	switch (row->kind) {
	case COLUMN_MEMBER:
	case COLUMN_DATE:
	case COLUMN_LIST:
	case COLUMN_WHOLE:
		snprintf(out, 64, "`%s`", row->member);
		return out;
	case COLUMN_EXTRA:
	case COLUMN_EXTRA_DATE:
		snprintf(out, 64, "`extra.%s`", row->member);
		return out;
	case COLUMN_LOCATION:
		snprintf(out, 64, "`location.%s`", row->member);
		return out;
	case COLUMN_PART:
		return "composed with others";
	case COLUMN_IGNORED:
		return "nothing";
	}
	return "nothing";
}

static void write_docs(Buf *out)
{
	buf_printf(
		out,
		"# Registers: what their columns may be called\n\n"
		"Written from the table in `indexer/ingest/headings.c`: `test-ingest_headings docs > "
		"docs/registers.md`.\n\n"
		"A register is a CSV, TSV, XLSX, ODS or XLS file whose rows are documents and case files. Headings "
		"are found below title rows, in one row or two; they are compared without accents, case, punctuation "
		"and what stands in parentheses, and small slips are forgiven. A heading that stands twice is the "
		"case file's first and the document's then. A column whose heading is not known is kept under its "
		"title in `extra`; `hoso ingest --dry-run` shows what each column is taken for, and `--map "
		"'Heading=field'` settles the rest. A workbook is a register only where its headings leave no "
		"doubt; `--map` says that it is one, `--as-document` that it is none.\n\n"
		"| field (for `--map`) | of | goes to | headings |\n|---|---|---|---|\n");
	for (int field = REG_NONE + 1; field < REG_COUNT; field++) {
		const RegisterFieldRow *row = &register_fields[field];
		char place[64];
		Str rest = str_from(row->titles), title;
		buf_printf(out, "| `%s` | %s | %s | ", row->path, row->of_case ? "case file" : "document",
			   place_of(row, place));
		for (bool first = true; rest.len && str_split(&rest, ';', &title); first = false)
			buf_printf(out, "%s%.*s", first ? "" : " · ", STR_ARG(title));
		buf_printf(out, " |\n");
	}
}

static void the_documentation_is_the_table(void **state)
{
	const char *root = getenv("HOSO_SOURCE");
	char path[512];
	Buf wanted = {0}, found = {0};
	Err err;
	(void)state;
	if (!root) {
		print_message("skipped: HOSO_SOURCE does not say where docs/ is\n");
		skip();
	}
	snprintf(path, sizeof path, "%s/docs/registers.md", root);
	if (file_read_all(path, 1 << 20, &found, &err) != ST_OK)
		fail_msg("%s", err.text);
	write_docs(&wanted);
	if (!str_eq(buf_str(&found), buf_str(&wanted)))
		fail_msg("docs/registers.md is not the table: test-ingest_headings docs > docs/registers.md");
	buf_done(&wanted);
	buf_done(&found);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "docs") == 0) {
		Buf docs = {0};
		write_docs(&docs);
		fwrite(docs.data, 1, docs.len, stdout);
		buf_done(&docs);
		return 0;
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lists_that_offices_keep_are_understood),
		cmocka_unit_test(headings_stand_below_titles_and_over_two_rows),
		cmocka_unit_test(a_mapping_settles_what_no_table_knows),
		cmocka_unit_test(every_title_of_the_table_is_found_as_its_field),
		cmocka_unit_test(the_documentation_is_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
