/* tests/unit/ingest_rtf.c - texts out of RTF documents, each a line or two of RTF. */
#include "unit.h"

#include "base/file.h"
#include "indexer/extract/rtf.h"

#include <sys/mman.h>
#include <unistd.h>

static Status read_bytes(Str rtf, Buf *out, Err *err)
{
	int fd = memfd_create("rtf", MFD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(file_pwrite(fd, rtf.ptr, rtf.len, 0, "rtf", err), ST_OK);
	Status st = rtf_read(fd, out, err);
	close(fd);
	return st;
}

static void assert_text(const char *rtf, const char *text)
{
	Buf out = {0};
	Err err;
	assert_int_equal(read_bytes(str_from(rtf), &out, &err), ST_OK);
	assert_str_equal(buf_str(&out), str_from(text));
	buf_done(&out);
}

static void unicode_and_the_vietnamese_code_page_are_read(void **state)
{
	(void)state;
	assert_text("{\\rtf1\\ansi\\uc1 \\u272?\\u7897\\'3fc l\\u7853?p\\par T\\u7921? do}", "Độc lập\nTự do\n");
	assert_text("{\\rtf1\\ansi\\ansicpg1258 \\'d0\\u7897\\'f4c \\'d0\\'ea\\'ecn}", "Độc Đến\n");
	assert_text("{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset163 Times;}}\\f1 \\'f5n, \\f0 "
		    "caf\\'e9}",
		    "ơn, café\n");
}

static void the_font_says_that_bytes_are_tcvn3_or_vni(void **state)
{
	(void)state;
	assert_text("{\\rtf1\\ansi{\\fonttbl{\\f0\\froman .VnTime;}{\\f1 .VnTimeH;}{\\f2 VNI-Times;}{\\f3 Arial;}}"
		    "\\f0 Ng\\'ad\\'eai, \\u174?i \\f1 d\\'a9n\\par\\f2 ba\\'f9o \\f3 caf\\'e9}",
		    "Người, đi DÂN\nbáo café\n");
}

static void hidden_deleted_and_foreign_groups_are_no_text(void **state)
{
	(void)state;
	assert_text("{\\rtf1{\\info{\\title T}}{\\*\\unknown no}a{\\v hidden}b{\\deleted gone}c"
		    "{\\field{\\*\\fldinst HYPERLINK x}{\\fldrslt d}}{\\pict 0011}\\bin3 }}}e\\v x\\v0 f}",
		    "abcdef\n");
}

static void headers_notes_and_boxes_have_their_own_lines(void **state)
{
	(void)state;
	assert_text("{\\rtf1{\\header\\pard UBND\\par}than{\\shp{\\*\\shpinst{\\sp{\\sn a}{\\sv b}}{\\shptxt M\\'ccT}}"
		    "{\\shprslt twice}}{\\footnote note}\\par}",
		    "UBND\nthan\nM\u00CCT\nnote\n\n");
}

static void rows_of_a_table_are_lines(void **state)
{
	(void)state;
	assert_text("{\\rtf1\\trowd\\pard\\intbl 1\\cell hai\\cell\\row\\trowd\\intbl 2\\cell\\cell\\row\\pard x\\par}",
		    "1\thai\n2\nx\n");
}

static void what_is_no_rtf_or_nested_without_end_is_refused(void **state)
{
	(void)state;
	Buf out = {0}, deep = {0};
	Err err;
	assert_int_equal(read_bytes(STR("hello"), &out, &err), ST_INVALID);
	buf_add_str(&deep, STR("{\\rtf1"));
	for (int i = 0; i < 1000; i++)
		buf_add_char(&deep, '{');
	assert_int_equal(read_bytes(buf_str(&deep), &out, &err), ST_LIMIT);
	buf_done(&deep);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unicode_and_the_vietnamese_code_page_are_read),
		cmocka_unit_test(the_font_says_that_bytes_are_tcvn3_or_vni),
		cmocka_unit_test(hidden_deleted_and_foreign_groups_are_no_text),
		cmocka_unit_test(headers_notes_and_boxes_have_their_own_lines),
		cmocka_unit_test(rows_of_a_table_are_lines),
		cmocka_unit_test(what_is_no_rtf_or_nested_without_end_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
