/* tests/unit/ingest_sheets.c - registers that are workbooks: XLSX, ODS and XLS, and where in a delivery they may stand.
 * Workbooks are written here part by part. */
#include "ole_fixture.h"

#include "indexer/source/grid.h"

#define R "xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'"
#define RELATION "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

typedef struct {
	const char *name;
	const char *cells; /* "A1 text|B1 #43536|C1 @43536|D1 $0\n…": a number, one shown as a date, a shared string */
	const char *merges;
} Sheet;

static void put_cell(Buf *out, Str cell)
{
	Str reference;
	str_split(&cell, ' ', &reference);
	char kind = cell.len ? cell.ptr[0] : 0;
	Str value = str_slice(cell, 1, cell.len);
	if (kind == '#' || kind == '@' || kind == '$')
		buf_printf(out, "<c r='%.*s'%s><v>%.*s</v></c>", STR_ARG(reference),
			   kind == '@'   ? " s='1'"
			   : kind == '$' ? " t='s'"
					 : "",
			   STR_ARG(value));
	else
		buf_printf(out, "<c r='%.*s' t='inlineStr'><is><t>%.*s</t></is></c>", STR_ARG(reference),
			   STR_ARG(cell));
}

static void put_sheet(Buf *out, const Sheet *sheet)
{
	Str rest = str_from(sheet->cells), row, cell;
	buf_add_str(out, STR("<worksheet><sheetData>"));
	while (rest.len && str_split(&rest, '\n', &row)) {
		buf_add_str(out, STR("<row>"));
		while (row.len && str_split(&row, '|', &cell))
			put_cell(out, cell);
		buf_add_str(out, STR("</row>"));
	}
	buf_printf(out, "</sheetData>%s</worksheet>", sheet->merges ? sheet->merges : "");
}

static void put_book(Zip *zip, const char *properties, const char *strings, const Sheet *sheets, size_t count)
{
	Buf book = {0}, relations = {0}, xml = {0};
	zip_file(zip, "_rels/.rels",
		 STR("<Relationships><Relationship Id='rId1' Type='" RELATION
		     "officeDocument' Target='xl/workbook.xml'/>"
		     "</Relationships>"),
		 0);
	buf_printf(&book, "<workbook " R ">%s<sheets>", properties);
	buf_printf(&relations,
		   "<Relationships><Relationship Id='s' Type='" RELATION "sharedStrings' Target='words.xml'/>"
		   "<Relationship Id='t' Type='" RELATION "styles' Target='styles.xml'/>");
	for (size_t i = 0; i < count; i++) {
		char name[32];
		buf_printf(&book, "<sheet name='%s' r:id='r%zu'/>", sheets[i].name, i);
		buf_printf(&relations,
			   "<Relationship Id='r%zu' Type='" RELATION "worksheet' Target='sheets/x%zu.xml'/>", i, i);
		buf_clear(&xml);
		put_sheet(&xml, &sheets[i]);
		snprintf(name, sizeof name, "xl/sheets/x%zu.xml", i);
		zip_file(zip, name, buf_str(&xml), 0);
	}
	buf_add_str(&book, STR("</sheets></workbook>"));
	buf_add_str(&relations, STR("</Relationships>"));
	zip_file(zip, "xl/workbook.xml", buf_str(&book), 0);
	zip_file(zip, "xl/_rels/workbook.xml.rels", buf_str(&relations), 0);
	zip_file(zip, "xl/words.xml", str_from(strings), 0);
	zip_file(zip, "xl/styles.xml",
		 STR("<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></styleSheet>"), 0);
	zip_end(zip);
	buf_done(&book);
	buf_done(&relations);
	buf_done(&xml);
}

/* A title row, headings, a row of numbers; shared strings, a date by its format, a serial day without one, a merged
 * case file. */
static const char rows[] = "A1 MỤC LỤC VĂN BẢN\n"
			   "A3 Tiêu đề hồ sơ|B3 Hồ sơ số|C3 Số của văn bản|D3 Ký hiệu của văn bản|E3 Ngày văn bản|"
			   "F3 $0|H3 Đường dẫn file\n"
			   "A4 (1)|B4 (2)|C4 (3)|D4 (4)\n"
			   "A5 Hồ sơ một|B5 07|C5 #1|D5 /QĐ-X|E5 @43536|F5 Về việc một|H5 \\X\\hop1\\A.txt\n"
			   "C6 #2|D6 /QĐ-X|E6 #43537|F6 $1|H6 \\X\\hop1\\khong.txt\n";
static const char strings[] =
	"<sst><si><r><t>Trích yếu</t></r><r><t> nội dung</t></r></si><si><t>Về việc hai</t></si></sst>";

static void assert_metadata(Fixture *f, uint64_t sequence, const char *words)
{
	Arena arena = {0};
	Entry entry;
	assert_int_equal(store_entry(f->store, sequence, &arena, &entry, &f->err), ST_OK);
	if (str_find(entry.metadata, str_from(words)) < 0)
		fail_msg("%s is not in %.*s", words, STR_ARG(entry.metadata));
	arena_done(&arena);
}

static void a_workbook_with_headings_is_a_register(void **state)
{
	Fixture *f = *state;
	Zip zip = {0};
	Sheet sheets[] = {
		{"Hướng dẫn", "A1 Ghi vào|B1 trang hai", NULL},
		{"Văn bản", rows, "<mergeCells><mergeCell ref='A5:A6'/><mergeCell ref='B5:B6'/></mergeCells>"}};
	put_book(&zip, "", strings, sheets, 2);
	put_file(f, "in/so/danh muc.xlsx", buf_str(&zip.out));
	put_file(f, "in/hop1/a.txt", STR("một"));
	put_file(f, "in/hop1/b.txt", STR("hai"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.rejected, 0);
	assert_metadata(f, 0, "\"title\":\"Hồ sơ một\"");
	assert_metadata(f, 1, "\"number\":\"1/QĐ-X\"");
	assert_metadata(f, 1, "\"subject\":\"Về việc một\"");
	assert_metadata(f, 1, "\"issued\":\"2019-03-12\"");
	assert_metadata(f, 2, "\"issued\":\"2019-03-13\"");
	assert_metadata(f, 2, "\"cases\":[\"07\"]");
	assert_true(mentions(&f->warnings, "in/so/danh muc.xlsx#Văn bản:6|missing|"));
	assert_true(mentions(&f->warnings, "in/hop1/b.txt|unlisted|"));
	assert_true(mentions(&f->warnings, "danh muc.xlsx#Hướng dẫn|this sheet was passed over"));
	assert_int_equal(f->report.added, 4);
	zip_done(&zip);
}

static void days_since_1904_are_dates_too(void **state)
{
	Fixture *f = *state;
	Zip zip = {0};
	Sheet sheet = {"S",
		       "A1 Số ký hiệu|B1 Ngày ban hành|C1 Trích yếu|D1 Cơ quan ban hành\n"
		       "A2 1/QĐ-X|B2 @42074|C2 Về một",
		       NULL};
	put_book(&zip, "<workbookPr date1904='1'/>", "<sst/>", &sheet, 1);
	put_file(f, "in/a.xlsx", buf_str(&zip.out));
	assert_int_equal(take(f, "in/a.xlsx"), ST_OK);
	assert_metadata(f, 0, "\"issued\":\"2019-03-12\"");
	zip_done(&zip);
}

/* A table that a document brings along has no rows that are records. */
static void other_workbooks_stay_documents(void **state)
{
	Fixture *f = *state;
	Zip zip = {0}, broken = {0};
	Sheet sheet = {"Phụ lục",
		       "A1 STT|B1 Ngày|C1 Nội dung|D1 Ghi chú|E1 Số tiền\nA2 1|B2 1/2/2019|C2 Mua giấy|E2 100", NULL};
	put_book(&zip, "", "<sst/>", &sheet, 1);
	zip_file(&broken, "xl/workbook.xml", STR("<workbook"), 0);
	put_file(f, "in/chi.xlsx", buf_str(&zip.out));
	put_file(f, "in/broken.xlsx", zip_end(&broken));
	put_file(f, "in/chi.json", STR("{\"id\":\"chi\",\"subject\":\"Bảng chi\"}"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.rejected, 0);
	assert_int_equal(f->report.added, 2);
	Arena arena = {0};
	Entry entry;
	find_record(f, "chi", &arena, &entry);
	assert_object(f, object_of(&entry, "original"), buf_str(&zip.out));
	assert_true(mentions(&f->warnings, "in/chi.xlsx|kept as a document; if it is a register"));
	arena_done(&arena);
	zip_done(&zip);
	zip_done(&broken);
}

static void an_opendocument_spreadsheet_is_a_register(void **state)
{
	Fixture *f = *state;
	Zip zip = {0};
	zip_file(&zip, "content.xml",
		 STR("<o:document><o:body><o:spreadsheet><t:table t:name='Sổ'><t:table-row>"
		     "<t:table-cell><p>Số ký hiệu</p></t:table-cell><t:table-cell><p>Ngày ban hành</p></t:table-cell>"
		     "<t:table-cell><p>Tác giả</p></t:table-cell><t:table-cell t:number-columns-repeated='2'/>"
		     "<t:table-cell><p>Trích</p><annotation><p>lời bình</p></annotation><p>yếu</p></t:table-cell>"
		     "</t:table-row><t:table-row><t:table-cell><p>1/QĐ-X</p></t:table-cell>"
		     "<t:table-cell o:value-type='date' o:date-value='2019-03-12'><p>12 Mar</p></t:table-cell>"
		     "<t:table-cell t:number-rows-spanned='2'><p>Sở X</p></t:table-cell>"
		     "<t:covered-table-cell t:number-columns-repeated='2'/><t:table-cell><p>Về "
		     "<s/>một</p></t:table-cell>"
		     "</t:table-row><t:table-row><t:table-cell><p>2/QĐ-X</p></t:table-cell><t:table-cell/>"
		     "<t:covered-table-cell t:number-columns-repeated='3'/><t:table-cell><p>Về hai</p></t:table-cell>"
		     "</t:table-row><t:table-row t:number-rows-repeated='1048000'><t:table-cell "
		     "t:number-columns-repeated='16384'/></t:table-row></t:table></o:spreadsheet></o:body></"
		     "o:document>"),
		 0);
	put_file(f, "in/a.ods", zip_end(&zip));
	assert_int_equal(take(f, "in/a.ods"), ST_OK);
	assert_int_equal(f->report.added, 2);
	assert_metadata(f, 0, "\"issued\":\"2019-03-12\"");
	assert_metadata(f, 0, "\"subject\":\"Về  một\"");
	assert_metadata(f, 1, "\"agency\":\"Sở X\"");
	zip_done(&zip);
}

static void biff_record(Buf *out, uint16_t kind, Str bytes)
{
	uint8_t head[4];
	put_le16(head, kind);
	put_le16(head + 2, (uint16_t)bytes.len);
	buf_add(out, head, sizeof head);
	buf_add_str(out, bytes);
}

/* A label in one byte a letter, or a number that is shown as a date. */
static void biff_label(Buf *out, unsigned row, unsigned column, const char *text)
{
	Buf bytes = {0};
	uint8_t head[9] = {0};
	put_le16(head, (uint16_t)row);
	put_le16(head + 2, (uint16_t)column);
	put_le16(head + 6, (uint16_t)strlen(text));
	buf_add(&bytes, head, sizeof head);
	buf_add_zero_terminated(&bytes, text);
	biff_record(out, 0x204, buf_str(&bytes));
	buf_done(&bytes);
}

static void biff_date(Buf *out, unsigned row, unsigned column, double days)
{
	uint8_t bytes[14] = {0};
	put_le16(bytes, (uint16_t)row);
	put_le16(bytes + 2, (uint16_t)column);
	put_le16(bytes + 4, 1);
	memcpy(bytes + 6, &days, sizeof days);
	biff_record(out, 0x203, (Str){(const char *)bytes, sizeof bytes});
}

static void a_workbook_of_excel_97_is_a_register(void **state)
{
	Fixture *f = *state;
	Buf stream = {0}, file = {0};
	static const Str end = {"\x0A\0\0\0", 4};
	char plain[20] = {0}, date[20] = {0, 0, 14}, sheet[8 + 2] = {0, 0, 0, 0, 0, 0, 2, 0, 'S', '1'};
	biff_record(&stream, 0x809, STR("\0\6\5\0\xBB\x0D\xCC\7\0\0\0\0\6\0\0\0"));
	biff_record(&stream, 0xE0, (Str){plain, sizeof plain});
	biff_record(&stream, 0xE0, (Str){date, sizeof date});
	put_le32(sheet, (uint32_t)(stream.len + 4 + sizeof sheet + end.len));
	biff_record(&stream, 0x85, (Str){sheet, sizeof sheet});
	buf_add_str(&stream, end);
	biff_record(&stream, 0x809, STR("\0\6\x10\0\xBB\x0D\xCC\7\0\0\0\0\6\0\0\0"));
	static const char *const heads[] = {"So ky hieu", "Ngay ban hanh", "Trich yeu", "Nguoi ky", "Duong dan file"};
	for (unsigned i = 0; i < 5; i++)
		biff_label(&stream, 2, i, heads[i]);
	biff_label(&stream, 4, 0, "1/BC-X");
	biff_date(&stream, 4, 1, 43536);
	biff_label(&stream, 4, 2, "Ve mot");
	biff_label(&stream, 4, 4, "a.txt");
	buf_add_str(&stream, end);
	const OleRow parts[] = {{"Workbook", buf_str(&stream), -1}};
	ole_of(&file, parts, 1);
	put_file(f, "in/so.xls", buf_str(&file));
	put_file(f, "in/a.txt", STR("một"));
	assert_int_equal(take(f, "in"), ST_OK);
	assert_int_equal(f->report.added, 1);
	assert_metadata(f, 0, "\"number\":\"1/BC-X\"");
	assert_metadata(f, 0, "\"issued\":\"2019-03-12\"");
	buf_done(&stream);
	buf_done(&file);
}

/* ---- the text that the extracting process hands on -------------------------------------------------------------- */

static void sheets_are_read_row_by_row(void **state)
{
	(void)state;
	GridBook book;
	Err err;
	Str text = STR("\fMột\na\tb\n\n\tc\vd\n\x1D"
		       "1\t0\t3\n\fHai\nx\n");
	assert_int_equal(grid_read_book(&book, text, false, &err), ST_OK);
	assert_int_equal(book.count, 2);
	assert_str_equal(book.tables[0].name, STR("Một"));
	assert_int_equal(book.tables[0].row_count, 2);
	assert_int_equal(book.tables[0].rows[1].line, 3);
	assert_str_equal(grid_cell(&book.tables[0].rows[1], 0), STR("a"));
	assert_str_equal(grid_cell(&book.tables[0].rows[1], 1), STR("c\nd"));
	assert_str_equal(grid_cell(&book.tables[1].rows[0], 0), STR("x"));
	grid_book_done(&book);
}

int main(int argc, char **argv)
{
	RUN_AS_EXTRACTOR(argc, argv);
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(a_workbook_with_headings_is_a_register),
		WITH_ARCHIVE(days_since_1904_are_dates_too),
		WITH_ARCHIVE(other_workbooks_stay_documents),
		WITH_ARCHIVE(an_opendocument_spreadsheet_is_a_register),
		WITH_ARCHIVE(a_workbook_of_excel_97_is_a_register),
		cmocka_unit_test(sheets_are_read_row_by_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
