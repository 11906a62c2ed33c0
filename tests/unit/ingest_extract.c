/* tests/unit/ingest_extract.c - texts out of documents, in processes with limits. The test program is its own
 * extractor, as hoso is. */
#include "ingest_fixture.h"

#include "base/clock.h"
#include "indexer/extract/extract.h"
#include "indexer/extract/process.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>

static Extraction extract_bytes(FormatReader reader, Str bytes, const ExtractLimits *limits)
{
	Extraction e = {0};
	Err err;
	SourceFile file = source_file_of(STR("document"), bytes);
	assert_int_equal(extract_text(reader, &file, limits, NULL, &e, &err), ST_OK);
	return e;
}

static void assert_extracted(FormatReader reader, Str bytes, const char *text, const char *from)
{
	Extraction e = extract_bytes(reader, bytes, NULL);
	assert_int_equal(e.problem.code, ST_OK);
	assert_str_equal(buf_str(&e.text), str_from(text));
	assert_string_equal(e.from, from);
	extraction_done(&e);
}

static void assert_no_text(FormatReader reader, Str bytes, const ExtractLimits *limits, const char *why)
{
	Extraction e = extract_bytes(reader, bytes, limits);
	assert_int_equal(e.text.len, 0);
	if (!strstr(e.problem.text, why))
		fail_msg("the reason is \"%s\", not \"%s\"", e.problem.text, why);
	extraction_done(&e);
}

static void html_becomes_lines_without_scripts(void **state)
{
	(void)state;
	assert_extracted(
		READER_HTML,
		STR("<!DOCTYPE html><html><head><title>Quyết định</title><style>p{}</style><script>var a='x';</script>"
		    "</head><body><p>Căn cứ   Luật\n&amp; Nghị định&nbsp;15</p><div>Điều 1.<br>Khoản <b>m</b>ột</div>"
		    "<ul><li>a)<li>b)</ul></body></html>"),
		"Quyết định\nCăn cứ Luật & Nghị định\u00A015\nĐiều 1.\nKhoản một\na)\nb)\n", "hoso html");
}

static void a_table_row_of_short_cells_is_one_line_and_a_letterhead_is_not(void **state)
{
	(void)state;
	assert_extracted(
		READER_HTML,
		STR("<meta charset=utf-8><table><tr><td><p>UBND TỈNH</p><p>Số: 15/QĐ</p></td><td><p>CỘNG HÒA</p>"
		    "<p>Độc lập</p></td></tr><tr><th>STT</th><td>Tên</td><td></td></tr></table>hết"),
		"UBND TỈNH\nSố: 15/QĐ\nCỘNG HÒA\nĐộc lập\nSTT\tTên\nhết\n", "hoso html");
}

static void html_in_other_encodings_is_read_by_what_it_says_or_what_it_is(void **state)
{
	(void)state;
	assert_extracted(READER_HTML, STR("<meta charset=\"windows-1252\"><p>caf\xE9"), "café\n", "hoso html");
	assert_extracted(READER_HTML, STR("<meta charset=\"windows-1252\"><p>Quyết định"), "Quyết định\n", "hoso html");
}

static Str docx_of(Zip *zip, const char *document, const char *footnotes)
{
	zip_file(zip, "[Content_Types].xml", STR("<Types/>"), 0);
	zip_file(zip, "word/_rels/document.xml.rels",
		 STR("<Relationships><Relationship Id='n' Type='t/footnotes' Target='footnotes.xml'/></Relationships>"),
		 0);
	if (footnotes)
		zip_file(zip, "word/footnotes.xml", str_from(footnotes), 0);
	zip_file(zip, "word/document.xml", str_from(document), 0);
	return zip_end(zip);
}

#define W "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""

static void docx_gives_paragraphs_tables_and_footnotes(void **state)
{
	(void)state;
	Zip zip = {0};
	Str bytes = docx_of(&zip,
			    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document " W "><w:body>"
			    "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>QUYẾT "
			    "</w:t></w:r><w:r><w:t>ĐỊNH</w:t></w:r></w:p>"
			    "<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c &amp; "
			    "d</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
			    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>hai</"
			    "w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
			    "<w:p/></w:body></w:document>",
			    "<w:footnotes " W
			    "><w:footnote><w:p><w:r><w:t>chú thích</w:t></w:r></w:p></w:footnote></w:footnotes>");
	assert_extracted(READER_DOCX, bytes, "QUYẾT ĐỊNH\na\tb\nc & d\n1\thai\n\nchú thích\n", "hoso docx");
	zip_done(&zip);
}

static void docx_gives_headers_boxes_and_comments_on_lines_of_their_own(void **state)
{
	(void)state;
	Zip zip = {0};
	zip_file(&zip, "[Content_Types].xml", STR("<Types/>"), 0);
	zip_file(&zip, "word/document.xml",
		 STR("<w:document " W "><w:body><w:p><w:r><w:t>UBND XÃ</w:t></w:r><w:r><w:drawing><w:txbxContent>"
		     "<w:p><w:r><w:t>HỎA "
		     "TỐC</w:t></w:r></w:p></w:txbxContent></w:drawing></w:r><w:r><w:t>sau</w:t></w:r></w:p>"
		     "<w:moveFrom><w:r><w:t>cũ</w:t></w:r></w:moveFrom></w:body></w:document>"),
		 0);
	zip_file(&zip, "word/_rels/document.xml.rels",
		 STR("<Relationships><Relationship Id='h' Type='t/header' Target='header1.xml'/><Relationship Id='f' "
		     "Type='t/footer' Target='/word/footer2.xml'/><Relationship Id='c' Type='t/comments' "
		     "Target='comments.xml'/></Relationships>"),
		 0);
	zip_file(&zip, "word/header1.xml", STR("<w:hdr " W "><w:p><w:r><w:t>Đầu trang</w:t></w:r></w:p></w:hdr>"), 0);
	zip_file(&zip, "word/footer2.xml", STR("<w:ftr " W "><w:p><w:r><w:t>Chân trang</w:t></w:r></w:p></w:ftr>"), 0);
	zip_file(&zip, "word/comments.xml",
		 STR("<w:comments " W "><w:comment><w:p><w:r><w:t>ý kiến</w:t></w:r></w:p></w:comment></w:comments>"),
		 0);
	Extraction e = extract_bytes(READER_DOCX, zip_end(&zip), NULL);
	assert_true(str_find(buf_str(&e.text), STR("Đầu trang\n")) >= 0);
	assert_true(str_find(buf_str(&e.text), STR("UBND XÃ\nHỎA TỐC\n")) >= 0);
	assert_true(str_find(buf_str(&e.text), STR("\nsau\n")) >= 0);
	assert_true(str_find(buf_str(&e.text), STR("Chân trang\n")) >= 0);
	assert_true(str_find(buf_str(&e.text), STR("ý kiến\n")) >= 0);
	assert_int_equal(str_find(buf_str(&e.text), STR("cũ")), -1);
	extraction_done(&e);
	zip_done(&zip);
}

#define WORKBOOK                                                                                                       \
	"<workbook xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'><sheets><sheet "      \
	"name='Sheet1' r:id='r1'/></sheets></workbook>"
#define WORKBOOK_RELATIONS                                                                                             \
	"<Relationships><Relationship Id='r1' Type='t/worksheet' Target='worksheets/sheet1.xml'/></Relationships>"

static void odt_and_xlsx_give_their_text(void **state)
{
	(void)state;
	Zip odt = {0}, xlsx = {0};
	zip_file(&odt, "content.xml",
		 STR("<office:document-content xmlns:office=\"o\" xmlns:text=\"t\" "
		     "xmlns:table=\"b\"><office:body><text:h>Tiêu đề</text:h>"
		     "<text:p>một<text:s "
		     "text:c=\"2\"/><text:span>hai</text:span><text:line-break/>ba</text:p></office:body></"
		     "office:document-content>"),
		 0);
	assert_extracted(READER_ODT, zip_end(&odt), "Tiêu đề\nmột  hai\nba\n", "hoso odt");
	zip_file(&xlsx, "xl/workbook.xml", STR(WORKBOOK), 0);
	zip_file(&xlsx, "xl/_rels/workbook.xml.rels", STR(WORKBOOK_RELATIONS), 0);
	zip_file(&xlsx, "xl/worksheets/sheet1.xml",
		 STR("<worksheet><sheetData><row><c t=\"s\"><v>1</v></c><c><v>15</v></c></row>"
		     "<row><c t=\"inlineStr\"><is><t>trong ô</t></is></c><c "
		     "t=\"s\"><v>9</v></c></row></sheetData></worksheet>"),
		 0);
	zip_file(&xlsx, "xl/sharedStrings.xml",
		 STR("<sst><si><t>không</t></si><si><r><t>Số </t></r><r><t>ký hiệu</t></r></si></sst>"), 0);
	assert_extracted(READER_XLSX, zip_end(&xlsx), "Số ký hiệu\t15\ntrong ô\n", "hoso xlsx");
	zip_done(&odt);
	zip_done(&xlsx);
}

static void broken_office_files_have_no_text_and_a_reason(void **state)
{
	(void)state;
	Zip zip = {0}, empty = {0};
	assert_no_text(READER_DOCX, docx_of(&zip, "<w:document><w:p>", NULL), NULL, "XML is broken");
	zip_file(&empty, "a.txt", STR("x"), 0);
	assert_no_text(READER_DOCX, zip_end(&empty), NULL, "no text part");
	assert_no_text(READER_DOCX, STR("PK\3\4 cut off"), NULL, "broken or cut off");

	assert_no_text(READER_IMAGE, STR("\xFF\xD8\xFF"), NULL, "image");
	zip_done(&zip);
	zip_done(&empty);
}

static void entities_that_expand_without_end_are_stopped(void **state)
{
	(void)state;
	Zip zip = {0};
	Buf xml = {0};
	buf_printf(&xml, "<!DOCTYPE d [<!ENTITY a \"0123456789012345678901234567890123456789\">");
	for (char c = 'b'; c <= 'j'; c++)
		buf_printf(&xml, "<!ENTITY %c \"&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;\">", c, c - 1, c - 1, c - 1,
			   c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1);
	buf_printf(&xml,
		   "<!ENTITY file SYSTEM \"file:///etc/passwd\">]><w:document " W
		   "><w:p><w:t>&j;&file;</w:t></w:p></w:document>%c",
		   0);
	Extraction e = extract_bytes(READER_DOCX, docx_of(&zip, xml.data, NULL), NULL);
	assert_true(e.text.len < 1000); /* either refused or not expanded */
	assert_false(mentions(&e.text, "root:"));
	extraction_done(&e);
	buf_done(&xml);
	zip_done(&zip);
}

static void a_sheet_that_holds_only_a_byte_order_mark_holds_no_text(void **state)
{
	(void)state;
	Zip zip = {0};
	zip_file(&zip, "xl/workbook.xml", STR(WORKBOOK), 0);
	zip_file(&zip, "xl/_rels/workbook.xml.rels", STR(WORKBOOK_RELATIONS), 0);
	zip_file(&zip, "xl/worksheets/sheet1.xml", STR("<worksheet><row><c><v>\xEF\xBB\xBF</v></c></row></worksheet>"),
		 0);
	assert_no_text(READER_XLSX, zip_end(&zip), NULL, "holds no text");
	zip_done(&zip);
}

static void an_element_of_many_attributes_is_refused_at_once(void **state)
{
	(void)state;
	Zip zip = {0};
	Buf xml = {0};
	uint64_t started = clock_monotonic_us();
	buf_add_str(&xml, STR("<w:document " W "><w:p "));
	for (int i = 0; i < 300000; i++)
		buf_printf(&xml, "a%d='1' ", i);
	buf_add_str(&xml, STR("/></w:document>"));
	buf_add_char(&xml, 0);
	assert_no_text(READER_DOCX, docx_of(&zip, xml.data, NULL), NULL, "more than 512 attributes");
	assert_true(clock_monotonic_us() - started < 5 * 1000 * 1000);
	buf_done(&xml);
	zip_done(&zip);
}

static void utf_16_is_read_and_other_encodings_of_xml_are_not(void **state)
{
	(void)state;
	Zip zip = {0}, other = {0};
	static const char text[] = "<document><p><t>abc</t></p></document>";
	char wide[2 + 2 * sizeof text] = "\xFF\xFE";
	for (size_t i = 0; i < sizeof text - 1; i++)
		wide[2 + 2 * i] = text[i];
	zip_file(&zip, "word/document.xml", (Str){wide, 2 + 2 * (sizeof text - 1)}, 0);
	assert_extracted(READER_DOCX, zip_end(&zip), "abc\n", "hoso docx");
	assert_no_text(READER_DOCX, docx_of(&other, "<document><p><t>\xE9</t></p></document>", NULL), NULL,
		       "not UTF-8");
	zip_done(&zip);
	zip_done(&other);
}

static void what_confines_an_extractor_is_known(void **state)
{
	(void)state;
	ExtractLayer layers[EXTRACT_LAYERS_MAX];
	size_t count = 0;
	Err err;
	assert_int_equal(extract_confinement(layers, &count, &err), ST_OK);
	assert_in_range(count, 8, EXTRACT_LAYERS_MAX);
	for (size_t i = 0; i < count; i++) {
		assert_true(layers[i].name && layers[i].without);
		if (!layers[i].holds)
			print_message("on this machine there is no %s\n", layers[i].name);
		if (strcmp(layers[i].name, "no-new-privileges") == 0 || strcmp(layers[i].name, "capabilities") == 0)
			assert_true(layers[i].holds); /* every kernel gives them */
	}
}

static bool has_pdftotext(void)
{
	ProcessResult result;
	Err err;
	static const ExtractLimits limits = {10, 10000, 1024, 1 << 20};
	if (process_extract("pdf-version", -1, &limits, NULL, &result, &err) != ST_OK)
		return false;
	bool ok = result.end == PROCESS_ENDED && strstr(result.message, "pdftotext");
	process_result_done(&result);
	if (!ok)
		print_message("skipped: there is no pdftotext\n");
	return ok;
}

static void pdf_gives_its_text_page_by_page(void **state)
{
	(void)state;
	Buf pdf = {0};
	if (!has_pdftotext())
		skip();
	pdf_of(&pdf, "Quyet dinh 15", false);
	Extraction e = extract_bytes(READER_PDF, buf_str(&pdf), NULL);
	assert_int_equal(e.problem.code, ST_OK);
	assert_true(mentions(&e.text, "Quyet dinh 15"));
	assert_true(str_starts(str_from(e.from), STR("pdftotext ")));
	assert_int_equal(e.pages, 1);
	extraction_done(&e);
	buf_done(&pdf);
}

static void pdf_without_text_encrypted_or_broken_says_so(void **state)
{
	(void)state;
	Buf pdf = {0};
	if (!has_pdftotext())
		skip();
	pdf_of(&pdf, "secret", true);
	assert_no_text(READER_PDF, buf_str(&pdf), NULL, "encrypted");
	buf_clear(&pdf);
	pdf_of(&pdf, "", false);
	assert_no_text(READER_PDF, buf_str(&pdf), NULL, "no text layer");
	assert_no_text(READER_PDF, STR("%PDF-1.4\nnothing more"), NULL, "");
	buf_done(&pdf);
}

static void an_extractor_that_takes_too_long_or_says_too_much_is_ended(void **state)
{
	(void)state;
	static const ExtractLimits no_time = {10, 1, 1024, 1 << 20}, short_text = {10, 20000, 1024, 100};
	Buf page = {0};
	for (int i = 0; i < 100000; i++)
		buf_add_str(&page, STR("<p>a line of text"));
	assert_no_text(READER_HTML, buf_str(&page), &no_time, "too long");
	assert_no_text(READER_HTML, buf_str(&page), &short_text, "larger than");
	buf_done(&page);
}

static void an_extraction_is_given_up_when_its_deadline_passes(void **state)
{
	(void)state;
	Buf page = {0};
	Extraction e = {.pages = 7};
	Err err;
	Stop stop = {0};
	Deadline soon = deadline_in(5, NULL), stopped = {.stop = &stop};
	for (int i = 0; i < 1000000; i++)
		buf_add_str(&page, STR("<p>a line of text"));
	SourceFile file = source_file_of(STR("document"), buf_str(&page));
	assert_int_equal(extract_text(READER_HTML, &file, NULL, &soon, &e, &err), ST_BUSY);
	stop_raise(&stop);
	assert_int_equal(extract_text(READER_HTML, &file, NULL, &stopped, &e, &err), ST_BUSY);
	assert_int_equal(e.pages, 7);
	buf_done(&page);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static void an_extractor_gets_no_more_memory_than_its_limit(void **state)
{
	(void)state;
	static const ExtractLimits little = {10, 20000, 64, 64 << 20};
	Buf page = {0};
	buf_add_str(&page, STR("<p>"));
	memset(buf_extend(&page, 60 << 20), 'a', 60 << 20);
	Extraction e = extract_bytes(READER_HTML, buf_str(&page), &little);
	assert_int_equal(e.text.len, 0);
	assert_true(e.problem.code != ST_OK);
	extraction_done(&e);
	buf_done(&page);
}
#endif

/* The one child that this test program has: of whichever thread started it. */
static pid_t fork_server(void)
{
	pid_t found = 0;
	DIR *tasks = opendir("/proc/self/task");
	for (struct dirent *task; (task = readdir(tasks));) {
		char path[300];
		int pid = 0;
		snprintf(path, sizeof path, "/proc/self/task/%s/children", task->d_name);
		FILE *f = fopen(path, "r");
		if (f && fscanf(f, "%d", &pid) == 1)
			found = pid;
		if (f)
			fclose(f);
	}
	closedir(tasks);
	assert_true(found > 0);
	return found;
}

static void *kill_soon(void *pid)
{
	enum { SOON_US = 100000 };
	usleep(SOON_US);
	kill(*(pid_t *)pid, SIGKILL);
	return NULL;
}

static void a_document_is_read_though_the_fork_server_died(void **state)
{
	(void)state;
	pthread_t killer;
	assert_extracted(READER_HTML, STR("<p>một"), "một\n", "hoso html");
	pid_t pid = fork_server();
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_extracted(READER_HTML, STR("<p>hai"), "hai\n", "hoso html");
	pid = fork_server();
	assert_int_equal(kill(pid, SIGSTOP), 0); /* it has the order, and will never do it */
	assert_int_equal(pthread_create(&killer, NULL, kill_soon, &pid), 0);
	assert_extracted(READER_HTML, STR("<p>ba"), "ba\n", "hoso html");
	pthread_join(killer, NULL);
	assert_true(fork_server() != pid);
}

static void plain_text_is_decoded_from_what_it_is(void **state)
{
	(void)state;
	assert_extracted(READER_PLAIN, STR("Quyết định số 15\n"), "Quyết định số 15\n", "given");
	assert_extracted(READER_PLAIN,
			 STR("C\xA8n c\xF8 quy\xD5t \xAE\xDEnh c\xF1"
			     "a \xF1y ban nh\xA9n d\xA9n t\xD8nh v\xD2 vi\xD6"
			     "c ph\xAA duy\xD6t d\xF9 to\xB8n kinh ph\xDD s\xF6"
			     "a ch\xF7"
			     "a tr\xF4 s\xEB l\xB5m vi\xD6"
			     "c n\xA8m h\xE4"
			     "c m\xEDi, s\xEB t\xB5i ch\xDDnh \xAE\xD2 ngh\xDE c\xB8"
			     "c \xAE\xACn v\xDE th\xF9"
			     "c hi\xD6n"),
			 "Căn cứ quyết định của ủy ban nhân dân tỉnh về việc phê duyệt dự toán kinh phí sửa chữa trụ "
			 "sở làm việc năm học mới, sở tài chính đề nghị các đơn vị thực hiện",
			 "decoded tcvn3");
	assert_no_text(READER_PLAIN, STR("\x01\x02\x03\xFF\xFE\xFD\0\0\0\0\x05\x06\x07"), NULL, "encoding is unknown");
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "extract") == 0)
		return extract_main(argc - 1, argv + 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(html_becomes_lines_without_scripts),
		cmocka_unit_test(a_table_row_of_short_cells_is_one_line_and_a_letterhead_is_not),
		cmocka_unit_test(html_in_other_encodings_is_read_by_what_it_says_or_what_it_is),
		cmocka_unit_test(docx_gives_paragraphs_tables_and_footnotes),
		cmocka_unit_test(docx_gives_headers_boxes_and_comments_on_lines_of_their_own),
		cmocka_unit_test(odt_and_xlsx_give_their_text),
		cmocka_unit_test(broken_office_files_have_no_text_and_a_reason),
		cmocka_unit_test(entities_that_expand_without_end_are_stopped),
		cmocka_unit_test(a_sheet_that_holds_only_a_byte_order_mark_holds_no_text),
		cmocka_unit_test(an_element_of_many_attributes_is_refused_at_once),
		cmocka_unit_test(utf_16_is_read_and_other_encodings_of_xml_are_not),
		cmocka_unit_test(what_confines_an_extractor_is_known),
		cmocka_unit_test(pdf_gives_its_text_page_by_page),
		cmocka_unit_test(pdf_without_text_encrypted_or_broken_says_so),
		cmocka_unit_test(an_extractor_that_takes_too_long_or_says_too_much_is_ended),
		cmocka_unit_test(an_extraction_is_given_up_when_its_deadline_passes),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
		cmocka_unit_test(an_extractor_gets_no_more_memory_than_its_limit),
#endif
		cmocka_unit_test(a_document_is_read_though_the_fork_server_died),
		cmocka_unit_test(plain_text_is_decoded_from_what_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
