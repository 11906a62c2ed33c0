/* tests/unit/ingest_biff.c - workbooks of Excel 97: shared strings that are cut, dates, formulas, fonts of before
 * Unicode; what is encrypted or broken. The test program is its own extractor. */
#include "ole_fixture.h"

#include "indexer/extract/extract.h"
#include "indexer/source/grid.h"

/* The stream "Workbook": globals, then one sheet. */
typedef struct {
	Buf globals, cells;
	const char *name;
} Book;

static void record(Buf *out, uint16_t kind, Str bytes)
{
	uint8_t head[4];
	put_le16(head, kind);
	put_le16(head + 2, (uint16_t)bytes.len);
	buf_add(out, head, sizeof head);
	buf_add_str(out, bytes);
}

static void cell(Book *b, uint16_t kind, unsigned row, unsigned column, unsigned look, Str rest)
{
	uint8_t head[6];
	Buf bytes = {0};
	put_le16(head, (uint16_t)row);
	put_le16(head + 2, (uint16_t)column);
	put_le16(head + 4, (uint16_t)look);
	buf_add(&bytes, head, sizeof head);
	buf_add_str(&bytes, rest);
	record(&b->cells, kind, buf_str(&bytes));
	buf_done(&bytes);
}

static void number(Book *b, unsigned row, unsigned column, unsigned look, double value)
{
	char bytes[8];
	memcpy(bytes, &value, sizeof bytes);
	cell(b, 0x203, row, column, look, (Str){bytes, sizeof bytes});
}

static void font(Book *b, const char *name)
{
	Buf bytes = {0};
	static const char fixed[14];
	buf_add(&bytes, fixed, sizeof fixed);
	buf_add_char(&bytes, (char)strlen(name));
	buf_add_char(&bytes, 0);
	buf_add_zero_terminated(&bytes, name);
	record(&b->globals, 0x31, buf_str(&bytes));
	buf_done(&bytes);
}

static void look(Book *b, unsigned font_number, unsigned format)
{
	char bytes[20] = {(char)font_number, 0, (char)format, (char)(format >> 8)};
	record(&b->globals, 0xE0, (Str){bytes, sizeof bytes});
}

static void book_stream(Book *b, Buf *out)
{
	static const Str end = {"\x0A\0\0\0", 4};
	size_t name_len = strlen(b->name);
	Buf sheet = {0};
	char head[8] = {0, 0, 0, 0, 0, 0, (char)name_len, 0};
	record(out, 0x809, STR("\0\6\5\0\xBB\x0D\xCC\7\0\0\0\0\6\0\0\0"));
	buf_add_str(out, buf_str(&b->globals));
	put_le32(head, (uint32_t)(out->len + 4 + sizeof head + name_len + end.len));
	buf_add(&sheet, head, sizeof head);
	buf_add(&sheet, b->name, name_len);
	record(out, 0x85, buf_str(&sheet));
	buf_add_str(out, end);
	record(out, 0x809, STR("\0\6\x10\0\xBB\x0D\xCC\7\0\0\0\0\6\0\0\0"));
	buf_add_str(out, buf_str(&b->cells));
	buf_add_str(out, end);
	buf_done(&sheet);
	buf_done(&b->globals);
	buf_done(&b->cells);
}

static Extraction extract_stream(const Buf *stream)
{
	Extraction e = {0};
	Err err;
	Buf file = {0};
	const OleRow rows[] = {{"Workbook", buf_str(stream), -1}};
	ole_of(&file, rows, 1);
	SourceFile source = source_file_of(STR("a.xls"), buf_str(&file));
	assert_int_equal(extract_text(READER_XLS, &source, NULL, NULL, &e, &err), ST_OK);
	buf_done(&file);
	return e;
}

static void assert_text(Book *b, const char *text)
{
	Buf stream = {0};
	book_stream(b, &stream);
	Extraction e = extract_stream(&stream);
	if (e.problem.code != ST_OK)
		fail_msg("%s", e.problem.text);
	assert_str_equal(buf_str(&e.text), str_from(text));
	assert_true(str_starts(str_from(e.from), STR("hoso xls")));
	extraction_done(&e);
	buf_done(&stream);
}

/* "Quyết định" in two bytes a character, cut behind "Quy"; "so 15" begins so and goes on in one byte; the last one has
 * a list of looks and four bytes more behind it. */
static void strings_are_shared_and_may_be_cut_anywhere(void **state)
{
	(void)state;
	Book b = {.name = "Sheet1"};
	record(&b.globals, 0xFC, STR("\x03\x00\x00\x00\x03\x00\x00\x00\x0A\x00\x01Q\x00u\x00y\x00"));
	record(&b.globals, 0x3C, STR("\x01\xBF\x1Et\x00 \x00\x11\x01\xCB\x1En\x00h\x00\x05\x00\x01s\x00o\x00"));
	record(&b.globals, 0x3C,
	       STR("\x00 15\x04\x00\x0C\x01\x00\x04\x00\x00\x00"
		   "caf\xE9\x00\x00\x00\x00...."));
	cell(&b, 0xFD, 0, 0, 0, STR("\0\0\0\0"));
	cell(&b, 0xFD, 0, 1, 0, STR("\1\0\0\0"));
	cell(&b, 0xFD, 1, 0, 0, STR("\2\0\0\0"));
	cell(&b, 0xFD, 1, 1, 0, STR("\3\0\0\0")); /* there is none */
	assert_text(&b, "Quyết định\tso 15\ncafé\n");
}

static void numbers_dates_and_results_are_shown_as_cells_show_them(void **state)
{
	(void)state;
	Book b = {.name = "Sheet1"};
	record(&b.globals, 0x41E, STR("\xA4\0\x0A\0\0dd/mm/yyyy"));
	record(&b.globals, 0x41E,
	       STR("\xA5\0\4\0\0"
		   "0000"));
	look(&b, 0, 0);
	look(&b, 0, 14);
	look(&b, 0, 0xA4);
	look(&b, 0, 0xA5);
	number(&b, 0, 0, 0, 0.1);
	number(&b, 0, 1, 1, 43536);
	number(&b, 0, 2, 2, 43536);
	number(&b, 0, 3, 3, 7);
	cell(&b, 0x27E, 1, 0, 0, STR("\x3E\0\0\0"));                               /* 15 in 30 bits */
	cell(&b, 0x27E, 1, 1, 0, STR("\x3F\0\0\0"));                               /* the same, divided by 100 */
	record(&b.cells, 0xBD, STR("\2\0\0\0\0\0\x0A\0\0\0\2\0\x42\xA8\2\0\1\0")); /* 2 and 43536 */
	cell(&b, 6, 3, 0, 0, STR("\0\0\0\0\0\0\xFF\xFF\0\0\0\0\0\0\0\0"));
	record(&b.cells, 0x207, STR("\3\0\0kia"));
	record(&b.cells, 0x207, STR("\3\0\0of nothing"));
	cell(&b, 6, 3, 1, 0, STR("\1\0\1\0\0\0\xFF\xFF\0\0\0\0\0\0\0\0"));
	cell(&b, 6, 3, 2, 1, STR("\0\0\0\0\0\x42\xE5\x40\0\0\0\0\0\0\0\0"));
	cell(&b, 0x204, 4, 0, 0, STR("\2\0\1\x11\1\xE3\0")); /* "đã" */
	cell(&b, 0x205, 4, 1, 0, STR("\0\0"));
	assert_text(&b,
		    "0.1\t12/03/2019\t12/03/2019\t0007\n15\t0.15\n2\t12/03/2019\nkia\tTRUE\t12/03/2019\nđã\tFALSE\n");
}

static void a_sheet_begins_with_its_name_and_has_comments_and_headers(void **state)
{
	(void)state;
	Book b = {.name = "Cong van di"};
	record(&b.cells, 0x14, STR("\x0B\0\0&CUBND&RHT "));
	cell(&b, 0x204, 0, 0, 0, STR("\1\0\0a"));
	record(&b.cells, 0x1B6, STR("\0\0\0\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0"));
	record(&b.cells, 0x3C, STR("\0y kie"));
	record(&b.cells, 0x809, STR("\0\6\x20\0\xBB\x0D\xCC\7\0\0\0\0\6\0\0\0")); /* a chart has cells of its own */
	number(&b, 0, 0, 0, 99);
	record(&b.cells, 0x0A, STR(""));
	cell(&b, 0x204, 1, 0, 0, STR("\1\0\0b"));
	assert_text(&b, "Cong van di\nUBND\nHT\na\ny kie\nb\n");
}

static void letters_of_an_old_font_are_read(void **state)
{
	(void)state;
	Book b = {.name = "Sheet1"};
	font(&b, "Arial");
	font(&b, ".VnTime");
	font(&b, "Arial");
	font(&b, "Arial");
	font(&b, ".VnTimeH"); /* number 5: there is no font 4 */
	look(&b, 1, 0);
	look(&b, 5, 0);
	look(&b, 0, 0);
	cell(&b, 0x204, 0, 0, 0,
	     STR("\4\0\0\xAE\xAD\xEE"
		 "c"));
	cell(&b, 0x204, 0, 1, 1,
	     STR("\4\0\0\xAE\xAD\xEE"
		 "c"));
	cell(&b, 0x204, 0, 2, 2, STR("\4\0\0caf\xE9"));
	assert_text(&b, "được\tĐƯỢC\tcafé\n");
}

static void sheets_are_rows_of_cells_for_registers(void **state)
{
	(void)state;
	Book b = {.name = "Cong van"};
	Buf stream = {0}, file = {0};
	GridBook book = {0};
	Err err;
	look(&b, 0, 0);
	look(&b, 0, 14);
	cell(&b, 0x204, 2, 1, 0, STR("\2\0\0ba")); /* out of order, as those with formulas may be */
	cell(&b, 0x204, 0, 0, 0, STR("\3\0\0mot"));
	number(&b, 0, 3, 1, 43536);
	record(&b.cells, 0xE5, STR("\1\0\0\0\1\0\0\0\0\0")); /* the first cell stands for two rows */
	book_stream(&b, &stream);
	const OleRow rows[] = {{"Workbook", buf_str(&stream), -1}};
	ole_of(&file, rows, 1);
	SourceFile source = source_file_of(STR("a.xls"), buf_str(&file));
	if (extract_sheets(READER_XLS, &source, NULL, &book, &err) != ST_OK)
		fail_msg("%s", err.text);
	assert_int_equal(book.count, 1);
	assert_str_equal(book.tables[0].name, STR("Cong van"));
	const GridRow *first = &book.tables[0].rows[0], *last = &book.tables[0].rows[book.tables[0].row_count - 1];
	assert_str_equal(grid_cell(first, 0), STR("mot"));
	assert_str_equal(grid_cell(first, 3), STR("12/03/2019"));
	assert_int_equal(last->line, 3);
	assert_str_equal(grid_cell(last, 1), STR("ba"));
	grid_book_done(&book);
	buf_done(&stream);
	buf_done(&file);
}

static void what_is_encrypted_or_broken_says_so(void **state)
{
	(void)state;
	static const struct {
		uint16_t kind;
		Str bytes;
		const char *why;
	} rows[] = {{0x2F, {"\1\0", 2}, "encrypted"}, {0x85, {"\xFF\xFF\xFF\x7F\0\0\1\0x", 9}, "one of its sheets"}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		Book b = {.name = "Sheet1"};
		Buf stream = {0};
		record(&b.globals, rows[i].kind, rows[i].bytes);
		book_stream(&b, &stream);
		Extraction e = extract_stream(&stream);
		assert_int_equal(e.text.len, 0);
		if (!strstr(e.problem.text, rows[i].why))
			fail_msg("the reason is \"%s\", not \"%s\"", e.problem.text, rows[i].why);
		extraction_done(&e);
		buf_done(&stream);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "extract") == 0)
		return extract_main(argc - 1, argv + 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_shared_and_may_be_cut_anywhere),
		cmocka_unit_test(numbers_dates_and_results_are_shown_as_cells_show_them),
		cmocka_unit_test(a_sheet_begins_with_its_name_and_has_comments_and_headers),
		cmocka_unit_test(letters_of_an_old_font_are_read),
		cmocka_unit_test(sheets_are_rows_of_cells_for_registers),
		cmocka_unit_test(what_is_encrypted_or_broken_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
