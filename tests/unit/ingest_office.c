/* tests/unit/ingest_office.c - office documents that are zips of XML: parts found by their relationships, what a cell
 * shows, slides with their notes, what is hidden, deleted or encrypted. The test program is its own extractor. */
#include "ingest_fixture.h"

#include "indexer/extract/cell_format.h"
#include "indexer/extract/extract.h"

#include <stdarg.h>

#define R "xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'"

static Extraction extract_zip(FormatReader reader, Zip *zip)
{
	Extraction e = {0};
	Err err;
	SourceFile file = source_file_of(STR("document"), zip_end(zip));
	assert_int_equal(extract_text(reader, &file, NULL, NULL, &e, &err), ST_OK);
	zip_done(zip);
	return e;
}

static void assert_text(FormatReader reader, Zip *zip, const char *text)
{
	Extraction e = extract_zip(reader, zip);
	if (e.problem.code != ST_OK)
		fail_msg("%s", e.problem.text);
	assert_str_equal(buf_str(&e.text), str_from(text));
	extraction_done(&e);
}

static void assert_refused(FormatReader reader, Zip *zip, const char *why)
{
	Extraction e = extract_zip(reader, zip);
	assert_int_equal(e.text.len, 0);
	if (!strstr(e.problem.text, why))
		fail_msg("the reason is \"%s\", not \"%s\"", e.problem.text, why);
	extraction_done(&e);
}

/* rows: kind, target, … NULL; ids are rId1, rId2 … */
static void relations(Zip *zip, const char *name, ...)
{
	Buf xml = {0};
	va_list rows;
	unsigned number = 0;
	buf_add_str(&xml, STR("<Relationships>"));
	va_start(rows, name);
	for (const char *kind; (kind = va_arg(rows, const char *));)
		buf_printf(&xml, "<Relationship Id='rId%u' Type='http://x/%s' Target='%s'/>", ++number, kind,
			   va_arg(rows, const char *));
	va_end(rows);
	buf_add_str(&xml, STR("</Relationships>"));
	zip_file(zip, name, buf_str(&xml), 0);
	buf_done(&xml);
}

/* ---- workbooks ------------------------------------------------------------------------------------------------- */

static void workbook_of(Zip *zip, const char *properties, const char *styles, const char *rows)
{
	Buf xml = {0};
	relations(zip, "_rels/.rels", "officeDocument", "book/main.xml", NULL);
	buf_printf(&xml, "<workbook " R ">%s<sheets><sheet name='Sheet1' r:id='rId1'/></sheets></workbook>",
		   properties);
	zip_file(zip, "book/main.xml", buf_str(&xml), 0);
	relations(zip, "book/_rels/main.xml.rels", "worksheet", "a.xml", "styles", "/look.xml", NULL);
	buf_clear(&xml);
	buf_printf(&xml, "<styleSheet>%s</styleSheet>", styles);
	zip_file(zip, "look.xml", buf_str(&xml), 0);
	buf_clear(&xml);
	buf_printf(&xml, "<worksheet><sheetData>%s</sheetData></worksheet>", rows);
	zip_file(zip, "book/a.xml", buf_str(&xml), 0);
	buf_done(&xml);
}

static void a_date_is_shown_as_a_date(void **state)
{
	(void)state;
	Zip zip = {0};
	workbook_of(
		&zip, "",
		"<numFmts><numFmt numFmtId='164' formatCode='dd\\/mm\\/yyyy;@'/><numFmt numFmtId='165' "
		"formatCode='[$-42A]dd &quot;tháng&quot; mm'/><numFmt numFmtId='166' formatCode='0000'/></numFmts>"
		"<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf "
		"numFmtId='164'/><xf numFmtId='165'/><xf numFmtId='22'/><xf numFmtId='166'/></cellXfs>",
		"<row><c><v>43536</v></c><c s='1'><v>43536</v></c><c s='2'><v>43536</v></c><c s='3'><v>43536</v></c>"
		"<c s='4'><v>43536.354166666664</v></c><c s='5'><v>7</v></c><c t='d'><v>2019-03-12</v></c></row>");
	assert_text(READER_XLSX, &zip,
		    "43536\t12/03/2019\t12/03/2019\t12/03/2019\t12/03/2019 08:30\t0007\t12/03/2019\n");
}

static void a_book_of_1904_counts_from_there(void **state)
{
	(void)state;
	Zip zip = {0};
	workbook_of(&zip, "<workbookPr date1904='1'/>", "<cellXfs><xf numFmtId='14'/></cellXfs>",
		    "<row><c s='0'><v>42074</v></c><c t='b'><v>1</v></c><c t='str'><f>A1</f><v>x</v></c></row>");
	assert_text(READER_XLSX, &zip, "12/03/2019\tTRUE\tx\n");
}

static void a_number_is_shown_by_its_format(void **state)
{
	(void)state;
	static const struct {
		const char *code, *number, *shown;
	} rows[] = {
		{"General", "0.30000000000000004", "0.3"},
		{"General", "2.50", "2.50"},
		{"General", "1E-3", "0.001"},
		{"General", "12345678901234567890", "12345678901234567890"},
		{"0.00", "43536", "43536"},
		{"#,##0", "43536", "43536"},
		{"000", "7", "007"},
		{"d/m/yy", "43536", "12/03/2019"},
		{"m/d/yyyy", "43536", "12/03/2019"},
		{"yyyy\\-mm\\-dd", "43536", "12/03/2019"},
		{"\"ngày\" dd", "43536", "12/03/2019"},
		{"\"ngay d\"0", "43536", "43536"},
		{"mm/yyyy", "43536", "03/2019"},
		{"yyyy", "43536", "2019"},
		{"hh:mm", "0.5", "12:00"},
		{"[h]:mm", "1.5", "36:00"},
		{"[Red]0", "43536", "43536"},
		{"dd/mm/yyyy hh:mm", "43536.99999", "13/03/2019 00:00"},
		{"dd/mm/yyyy", "-3", "-3"},
		{"dd/mm/yyyy", "1e300", "1e+300"},
		{"dd/mm/yyyy", "abc", "abc"},
		{"dd/mm/yyyy", "0", "0"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char shown[CELL_TEXT_MAX];
		cell_show(str_from(rows[i].number), cell_format_of_code(str_from(rows[i].code)), false, shown);
		if (strcmp(shown, rows[i].shown) != 0)
			fail_msg("%s as %s is \"%s\", not \"%s\"", rows[i].number, rows[i].code, shown, rows[i].shown);
	}
}

static void sheets_come_in_their_order_with_their_names_headers_and_comments(void **state)
{
	(void)state;
	Zip zip = {0};
	relations(&zip, "_rels/.rels", "officeDocument", "/xl/workbook.xml", NULL);
	zip_file(&zip, "xl/workbook.xml",
		 STR("<workbook " R "><sheets><sheet name='Sổ đi' r:id='rId2'/><sheet name='Sheet2' "
		     "r:id='rId1'/></sheets></workbook>"),
		 0);
	relations(&zip, "xl/_rels/workbook.xml.rels", "worksheet", "worksheets/sheet1.xml", "worksheet",
		  "worksheets/sheet2.xml", NULL);
	zip_file(&zip, "xl/worksheets/sheet1.xml",
		 STR("<worksheet><row><c t='inlineStr'><is><t>hai</t></is></c></row></worksheet>"), 0);
	zip_file(&zip, "xl/worksheets/sheet2.xml",
		 STR("<worksheet><row><c "
		     "t='inlineStr'><is><r><t>mộ</t></r><r><t>t</t></r><rPh><t>x</t></rPh></is></c></row>"
		     "<headerFooter><oddHeader>&amp;C&amp;\"Arial,Bold\"&amp;12UBND XÃ&amp;RHỎA "
		     "TỐC</oddHeader></headerFooter></worksheet>"),
		 0);
	relations(&zip, "xl/worksheets/_rels/sheet2.xml.rels", "comments", "../comments1.xml", "drawing",
		  "../drawings/drawing1.xml", NULL);
	zip_file(&zip, "xl/comments1.xml",
		 STR("<comments><authors><author>ai</author></authors><commentList><comment><text><r><t>ý "
		     "kiến</t></r></text></comment></commentList></comments>"),
		 0);
	zip_file(&zip, "xl/drawings/drawing1.xml",
		 STR("<d><sp><txBody><p><r><t>trong khung</t></r></p></txBody></sp></d>"), 0);
	assert_text(READER_XLSX, &zip, "Sổ đi\nUBND XÃ\nHỎA TỐC\nmột\ntrong khung\ný kiến\nhai\n");
}

/* ---- slides ---------------------------------------------------------------------------------------------------- */

static void slides_come_in_the_order_of_the_show_with_their_notes(void **state)
{
	(void)state;
	Zip zip = {0};
	relations(&zip, "_rels/.rels", "officeDocument", "ppt/presentation.xml", NULL);
	zip_file(&zip, "ppt/presentation.xml",
		 STR("<presentation " R "><sldIdLst><sldId id='256' r:id='rId2'/><sldId id='257' "
		     "r:id='rId1'/></sldIdLst></presentation>"),
		 0);
	relations(&zip, "ppt/_rels/presentation.xml.rels", "slide", "slides/slide1.xml", "slide", "slides/slide2.xml",
		  NULL);
	zip_file(&zip, "ppt/slides/slide1.xml", STR("<sld><sp><p><r><t>sau</t></r></p></sp></sld>"), 0);
	zip_file(&zip, "ppt/slides/slide2.xml",
		 STR("<sld><sp><p><r><t>Báo "
		     "</t></r><r><t>cáo</t></r></p></sp><sp><p><r><t>a</t></r><br/><r><t>b</t></r></p>"
		     "</sp><tbl><tr><tc><p><r><t>1</t></r></p></tc><tc><p><r><t>2</t></r></p></tc></tr></tbl></sld>"),
		 0);
	relations(&zip, "ppt/slides/_rels/slide2.xml.rels", "notesSlide", "../notesSlides/n.xml", NULL);
	zip_file(&zip, "ppt/notesSlides/n.xml", STR("<notes><sp><p><r><t>nói thêm</t></r></p></sp></notes>"), 0);
	assert_text(READER_PPTX, &zip, "Báo cáo\na\nb\n1\t2\nnói thêm\nsau\n");
}

/* ---- Word ------------------------------------------------------------------------------------------------------ */

static void word_of(Zip *zip, const char *body)
{
	Buf xml = {0};
	relations(zip, "_rels/.rels", "officeDocument", "here/main.xml", NULL);
	buf_printf(&xml, "<document><body>%s</body></document>", body);
	zip_file(zip, "here/main.xml", buf_str(&xml), 0);
	buf_done(&xml);
}

static void a_box_starts_a_line_and_so_does_what_follows_it(void **state)
{
	(void)state;
	static const char *const boxes[] = {
		"<p><r><t>UBND TỈNH</t></r><r><pict><txbxContent><p><r><t>HỎA "
		"TỐC</t></r></p></txbxContent></pict></r></p>",
		"<p><r><t>UBND TỈNH</t></r><r><AlternateContent><Choice><txbxContent><p><r><t>HỎA "
		"TỐC</t></r></p></txbxContent>"
		"</Choice><Fallback><txbxContent><p><r><t>HỎA "
		"TỐC</t></r></p></txbxContent></Fallback></AlternateContent>"
		"</r></p>",
		"<tbl><tr><tc><p><r><t>UBND TỈNH</t></r><r><txbxContent><p><r><t>HỎA "
		"TỐC</t></r></p></txbxContent></r></p>"
		"</tc></tr></tbl>"};
	for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++) {
		Zip zip = {0};
		word_of(&zip, boxes[i]);
		Extraction e = extract_zip(READER_DOCX, &zip);
		assert_true(str_starts(buf_str(&e.text), STR("UBND TỈNH\nHỎA TỐC\n")));
		extraction_done(&e);
	}
}

static void headers_are_found_whatever_they_are_called(void **state)
{
	(void)state;
	static const char *const names[] = {"word/header1.xml", "word/dau-trang.xml", "elsewhere/h.xml"};
	static const char *const targets[] = {"header1.xml", "/word/dau-trang.xml", "../elsewhere/h.xml"};
	for (size_t i = 0; i < 3; i++) {
		Zip zip = {0};
		relations(&zip, "_rels/.rels", "officeDocument", "word/document.xml", NULL);
		zip_file(&zip, "word/document.xml", STR("<document><p><r><t>Kính gửi</t></r></p></document>"), 0);
		relations(&zip, "word/_rels/document.xml.rels", "endnotes", "en.xml", "header", targets[i], NULL);
		zip_file(&zip, names[i], STR("<hdr><p><r><t>SỞ TÀI CHÍNH</t></r></p></hdr>"), 0);
		zip_file(&zip, "word/en.xml", STR("<endnotes><p><r><t>cuối</t></r></p></endnotes>"), 0);
		zip_file(&zip, "word/header9.xml", STR("<hdr><p><r><t>of nothing</t></r></p></hdr>"), 0);
		assert_text(READER_DOCX, &zip, "SỞ TÀI CHÍNH\nKính gửi\ncuối\n");
	}
}

static void what_is_deleted_moved_away_or_hidden_is_no_text(void **state)
{
	(void)state;
	Zip zip = {0};
	word_of(&zip,
		"<p><del><r><delText>x</delText><t>x</t></r></del><ins><r><t>thêm</t></r></ins><moveFrom><r><t>x</t>"
		"</r></moveFrom><r><rPr><vanish/></rPr><t>x</t></r><r><rPr><vanish val='0'/></rPr><t> vào</t></r>"
		"<r><rPr><rPrChange><rPr><vanish/></rPr></rPrChange></rPr><t> đây</t></r></p>");
	assert_text(READER_DOCX, &zip, "thêm vào đây\n");
}

/* ---- OpenDocument ---------------------------------------------------------------------------------------------- */

static void a_sheet_of_opendocument_shows_dates_in_one_way(void **state)
{
	(void)state;
	Zip zip = {0};
	zip_file(&zip, "content.xml",
		 STR("<document-content><table><table-row><table-cell value-type='date' "
		     "date-value='2019-03-12'><p>3/12/19</p></table-cell><table-cell value-type='float' "
		     "value='15'><p>015</p><annotation><p>ý kiến</p></annotation></table-cell></table-row></table>"
		     "</document-content>"),
		 0);
	assert_text(READER_ODS, &zip, "12/03/2019\t015\ný kiến\n");
}

static void notes_of_opendocument_follow_and_headers_go_before(void **state)
{
	(void)state;
	Zip zip = {0};
	zip_file(&zip, "styles.xml", STR("<document-styles><header><p>UBND XÃ</p></header></document-styles>"), 0);
	zip_file(&zip, "content.xml",
		 STR("<document-content><p>Điều<note><note-citation>1</note-citation><note-body><p>chú "
		     "thích</p></note-body></note> 15</p></document-content>"),
		 0);
	assert_text(READER_ODT, &zip, "UBND XÃ\nĐiều 15\nchú thích\n");
}

/* ---- one XML file ---------------------------------------------------------------------------------------------- */

static void a_document_that_is_one_file_of_xml_is_read(void **state)
{
	(void)state;
	static const struct {
		const char *xml, *text;
	} rows[] = {
		{"<?xml version='1.0'?><?mso-application progid='Word.Document'?><w:wordDocument "
		 "xmlns:w='w'><w:body><w:p><w:r>"
		 "<w:t>Điều 1</w:t></w:r></w:p><w:sectPr><w:hdr><w:p><w:r><w:t>đầu</w:t></w:r></w:p></w:hdr></w:sectPr>"
		 "</w:body></w:wordDocument>",
		 "Điều 1\nđầu\n"},
		{"\xEF\xBB\xBF<?xml "
		 "version='1.0'?><Workbook><Row><Cell><Data>1</Data></Cell><Cell><Data>hai</Data></Cell></Row>"
		 "</Workbook>",
		 "1\thai\n"},
		{"<office:document xmlns:office='o'><p>phẳng</p></office:document>", "phẳng\n"},
		{"<html/>", NULL},
		{"", NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		Extraction e = {0};
		Err err;
		SourceFile file = source_file_of(STR("a.xml"), str_from(rows[i].xml));
		assert_int_equal(extract_text(READER_FLAT_OFFICE, &file, NULL, NULL, &e, &err), ST_OK);
		assert_str_equal(buf_str(&e.text), str_from(rows[i].text ? rows[i].text : ""));
		assert_true((e.problem.code == ST_OK) == (rows[i].text != NULL));
		extraction_done(&e);
	}
}

/* ---- what can't be read ---------------------------------------------------------------------------------------- */

static void an_encrypted_document_is_called_so(void **state)
{
	(void)state;
	Zip zip = {0};
	zip_file(&zip, "META-INF/manifest.xml", STR("<manifest><file-entry><encryption-data/></file-entry></manifest>"),
		 0);
	zip_file(&zip, "content.xml", STR("\x8F\x11\x02\xFF"), 0);
	assert_refused(READER_ODT, &zip, "encrypted");
}

static void a_workbook_without_its_sheets_or_a_slide_without_its_show_is_named(void **state)
{
	(void)state;
	Zip book = {0}, show = {0}, loop = {0};
	relations(&book, "_rels/.rels", "officeDocument", "b.xml", NULL);
	zip_file(&book, "b.xml", STR("<workbook><sheets><sheet name='a'/></sheets></workbook>"), 0);
	assert_refused(READER_XLSX, &book, "without any sheet");
	relations(&show, "_rels/.rels", "officeDocument", "s.xml", NULL);
	zip_file(&show, "s.xml", STR("<presentation/>"), 0);
	assert_refused(READER_PPTX, &show, "without any slide");
	relations(&loop, "_rels/.rels", "officeDocument", "_rels/.rels", NULL);
	assert_refused(READER_PPTX, &loop, "no text part");
}

static void more_parts_than_the_limit_are_refused(void **state)
{
	(void)state;
	Zip zip = {0};
	for (int i = 0; i <= EXTRACT_PARTS_MAX; i++) {
		char name[32];
		snprintf(name, sizeof name, "word/p%d.xml", i);
		zip_file(&zip, name, STR("<p/>"), 0);
	}
	assert_refused(READER_DOCX, &zip, "more than 4096 parts");
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "extract") == 0)
		return extract_main(argc - 1, argv + 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_is_shown_as_a_date),
		cmocka_unit_test(a_book_of_1904_counts_from_there),
		cmocka_unit_test(a_number_is_shown_by_its_format),
		cmocka_unit_test(sheets_come_in_their_order_with_their_names_headers_and_comments),
		cmocka_unit_test(slides_come_in_the_order_of_the_show_with_their_notes),
		cmocka_unit_test(a_box_starts_a_line_and_so_does_what_follows_it),
		cmocka_unit_test(headers_are_found_whatever_they_are_called),
		cmocka_unit_test(what_is_deleted_moved_away_or_hidden_is_no_text),
		cmocka_unit_test(a_sheet_of_opendocument_shows_dates_in_one_way),
		cmocka_unit_test(notes_of_opendocument_follow_and_headers_go_before),
		cmocka_unit_test(a_document_that_is_one_file_of_xml_is_read),
		cmocka_unit_test(an_encrypted_document_is_called_so),
		cmocka_unit_test(a_workbook_without_its_sheets_or_a_slide_without_its_show_is_named),
		cmocka_unit_test(more_parts_than_the_limit_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
