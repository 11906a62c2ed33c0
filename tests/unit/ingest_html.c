/* tests/unit/ingest_html.c - pages in all encodings, honest about it or not; pages saved in one file. The test program
 * is its own extractor. */
#include "ingest_fixture.h"

#include "base/utf8.h"
#include "indexer/extract/extract.h"

static void assert_text(FormatReader reader, Str bytes, const char *text)
{
	Extraction e = {0};
	Err err;
	SourceFile file = source_file_of(STR("page"), bytes);
	assert_int_equal(extract_text(reader, &file, NULL, NULL, &e, &err), ST_OK);
	if (e.problem.code != ST_OK)
		fail_msg("%s", e.problem.text);
	assert_str_equal(buf_str(&e.text), str_from(text));
	extraction_done(&e);
}

static void old_encodings_are_known_by_their_letters_whatever_the_page_says(void **state)
{
	(void)state;
	assert_text(READER_HTML,
		    STR("<html><body><p>Quy\xD5t \xAE\xDEnh v\xD2 vi\xD6"
			"c qu\xB6n l\xFD th\xDE tr\xAD\xEAng v\xB5 \xAE\xDEnh gi\xB8 \xAE\xCAt.</p></body></html>"),
		    "Quyết định về việc quản lý thị trường và định giá đất.\n");
	assert_text(READER_HTML,
		    STR("<meta charset=\"windows-1252\"><p>th\xF1 t\xAD\xEDng giao \xF1y ban nh\xA9n d\xA9n c\xB8"
			"c t\xD8nh th\xF9"
			"c hi\xD6n</p>"),
		    "thủ tướng giao ủy ban nhân dân các tỉnh thực hiện\n");
	assert_text(READER_HTML,
		    STR("<meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'><p>Quye\xE1t \xF1\xF2nh "
			"ve\xE0 vie\xE4"
			"c qua\xFBn ly\xF9 th\xF2 tr\xF6\xF4\xF8ng va\xF8 \xF1\xF2nh gia\xF9 \xF1"
			"a\xE1t"),
		    "Quyết định về việc quản lý thị trường và định giá đất\n");
	assert_text(READER_HTML,
		    STR("<meta charset=windows-1258><p>th\xF1 t\xAD\xEDng giao \xF1y ban nh\xA9n d\xA9n c\xB8"
			"c t\xD8nh th\xF9"
			"c hi\xD6n"),
		    "thủ tướng giao ủy ban nhân dân các tỉnh thực hiện\n");
	assert_text(READER_HTML,
		    STR("<p>Thu\xD2 t\xFD\xF5\xECng giao u\xD2y ban nh\xE2n d\xE2n c\xE1"
			"c ti\xD2nh th\xFD\xF2"
			"c hi\xEA\xF2n"),
		    "Thủ tướng giao ủy ban nhân dân các tỉnh thực hiện\n");
}

static void what_a_page_honestly_says_is_taken(void **state)
{
	(void)state;
	assert_text(READER_HTML, STR("<meta charset=\"windows-1252\"><p>caf\xE9 au lait"), "café au lait\n");
	assert_text(READER_HTML, STR("<meta charset=\"koi8-r\"><p>\xD0\xD2\xC9\xCB\xC1\xDA"), "приказ\n");
}

/* Every character of `text` in two bytes. */
static void widen(Str text, bool big, bool mark, Buf *out)
{
	if (mark)
		buf_add(out, big ? "\xFE\xFF" : "\xFF\xFE", 2);
	for (size_t at = 0; at < text.len;) {
		uint32_t c;
		at += utf8_decode(text.ptr + at, text.len - at, &c);
		buf_add_char(out, (char)(big ? c >> 8 : c));
		buf_add_char(out, (char)(big ? c : c >> 8));
	}
}

static void utf_16_and_marks_of_byte_order_are_read(void **state)
{
	(void)state;
	Buf page = {0};
	Str text = STR(
		"<html><head><meta charset=\"utf-16\"></head><body><p>Công văn về việc thu hồi đất.</p></body></html>");
	for (int i = 0; i < 4; i++) {
		buf_clear(&page);
		widen(text, i & 1, i & 2, &page);
		assert_text(READER_HTML, buf_str(&page), "Công văn về việc thu hồi đất.\n");
	}
	assert_text(READER_HTML, STR("\xEF\xBB\xBF<meta charset=windows-1252><p>Công văn"), "Công văn\n");
	buf_done(&page);
}

static void entities_are_letters(void **state)
{
	(void)state;
	assert_text(READER_HTML,
		    STR("<p>C&ocirc;ng v&#259;n s&#x1ED1; 15 &amp; &lt;ph&#7909; l&#7909;c&gt;&nbsp;A&eacute;B"),
		    "Công văn số 15 & <phụ lục>\u00A0AéB\n");
}

static void what_stands_behind_the_end_of_a_page_is_read(void **state)
{
	(void)state;
	assert_text(READER_HTML, STR("<html><body><p>a</body></HTML ><p>b</p></html>\n<html><body>c</body></html>"),
		    "a\nb\nc\n");
	assert_text(READER_HTML, STR("<p>x</body"), "x\n");
}

static void a_page_saved_in_one_file_is_read_with_its_headers(void **state)
{
	(void)state;
	assert_text(READER_MHTML,
		    STR("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"x\"\r\n\r\n"
			"--x\r\nContent-Location: file:///C:/a.htm\r\nContent-Transfer-Encoding: quoted-printable\r\n"
			"Content-Type: text/html; charset=\"utf-8\"\r\n\r\n"
			"<html><body><p>C=C3=B4ng v=C4=83n s=E1=BB=91 =\r\n15</p></body></html>\r\n"
			"--x\r\nContent-Location: file:///C:/a_files/header.htm\r\nContent-Type: text/html; "
			"charset=\"us-ascii\"\r\n\r\n<html><body><p>UBND</p></body></html>\r\n"
			"--x\r\nContent-Location: a.png\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: "
			"base64\r\n\r\niVBO\r\n--x--\r\n"),
		    "Công văn số 15\nUBND\n");
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "extract") == 0)
		return extract_main(argc - 1, argv + 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_encodings_are_known_by_their_letters_whatever_the_page_says),
		cmocka_unit_test(what_a_page_honestly_says_is_taken),
		cmocka_unit_test(utf_16_and_marks_of_byte_order_are_read),
		cmocka_unit_test(entities_are_letters),
		cmocka_unit_test(what_stands_behind_the_end_of_a_page_is_read),
		cmocka_unit_test(a_page_saved_in_one_file_is_read_with_its_headers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
