/* tests/unit/ingest_pdf.c - PDFs with fonts of before Unicode, and files in a PDF. The test program is its own
 * extractor. */
#include "ingest_fixture.h"

#include "indexer/extract/extract.h"
#include "indexer/extract/pdf_horn.h"
#include "indexer/extract/process.h"

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

/* One page with lines of text in a font of this name, bytes as they are. */
static void pdf_with_font(Buf *out, const char *font, const char *const *lines, size_t count)
{
	Buf page = {0}, body = {0};
	buf_printf(&page, "BT /F1 14 Tf 50 780 Td 18 TL");
	for (size_t i = 0; i < count; i++)
		buf_printf(&page, " (%s) Tj T*", lines[i]);
	buf_printf(&page, " ET");
	buf_printf(out,
		   "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 "
		   "R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 4 "
		   "0 R>>>>/Contents 5 0 R>>endobj\n4 0 obj<</Type/Font/Subtype/TrueType/BaseFont/%s/Encoding/"
		   "WinAnsiEncoding>>endobj\n5 0 obj<</Length %zu>>stream\n",
		   font, page.len);
	buf_add_str(out, buf_str(&page));
	buf_printf(out, "\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n");
	buf_done(&page);
	buf_done(&body);
}

static void assert_text(const char *font, const char *const *lines, size_t count, const char *text)
{
	Buf pdf = {0};
	Extraction e = {0};
	Err err;
	pdf_with_font(&pdf, font, lines, count);
	SourceFile file = source_file_of(STR("a.pdf"), buf_str(&pdf));
	assert_int_equal(extract_text(READER_PDF, &file, NULL, NULL, &e, &err), ST_OK);
	if (e.problem.code != ST_OK)
		fail_msg("%s", e.problem.text);
	assert_str_equal(str_trim(buf_str(&e.text)), str_from(text));
	extraction_done(&e);
	buf_done(&pdf);
}

static void tcvn3_keeps_the_u_with_horn(void **state)
{
	(void)state;
	static const char *const order[] = {"Th\xF1 t\xAD\xEDng Ch\xDDnh ph\xF1 giao c\xB8"
					    "c t\xD8nh th\xF9"
					    "c hi\xD6n \xAE\xAD\xEE"
					    "c nhanh ch\xE3ng.",
					    "Ng\xAD\xEAi d\xA9n ph\xB6i \xAE\xAD\xEE"
					    "c t\xAD v\xCAn."};
	static const char *const law[] = {"\xAEi\xD2u 2. C\xA8n c\xF8 Ngh\xDE quy\xD5t s\xE8 15-NQ/TW v\xD2 vi\xD6"
					  "c h\xAD\xEDng d\xC9n l\xADu tr\xF7 \xADu ti\xAAn;",
					  "nh\xAD tr\xAAn - H\xB5-N\xE9i, \xAE\xD2 ngh\xDE c\xB8"
					  "c \xAE\xACn v\xDE th\xF9"
					  "c hi\xD6n."};
	static const char *const numbers[] = {"S\xE8: 12/2003/Q\xA7-BTC - c\xF4"
					      "c tr\xAD\xEBng v\xF4 t\xE6 ch\xF8"
					      "c c\xB8n b\xE9, v\xF4 h\xB5nh ch\xDDnh \xAE\xD2 ngh\xDE"};
	if (!has_pdftotext())
		skip();
	assert_text(".VnTime", order, 2,
		    "Thủ tướng Chính phủ giao các tỉnh thực hiện được nhanh chóng.\nNgười dân phải được tư vấn.");
	assert_text(".VnArial", law, 2,
		    "điều 2. Căn cứ Nghị quyết số 15-NQ/TW về việc hướng dẫn lưu trữ ưu tiên;\nnhư trên - Hà-Nội, đề "
		    "nghị các đơn vị thực hiện.");
	assert_text("ABCDEF+.VnTime,Bold", numbers, 1,
		    "Số: 12/2003/QĐ-BTC - cục trưởng vụ tổ chức cán bộ, vụ hành chính đề nghị");
}

static void vni_and_viscii_are_read_too(void **state)
{
	(void)state;
	static const char *const vni[] = {"Quye\xE1t \xF1\xF2nh cu\xFB"
					  "a chu\xFB t\xF2"
					  "ch u\xFBy ban nha\xE2n da\xE2n t\xE6nh ve\xE0 vie\xE4"
					  "c phe\xE2 duye\xE4t d\xF6\xEF toa\xF9n",
					  "kinh ph\xED s\xF6\xFB"
					  "a ch\xF6\xF5"
					  "a tru\xEF s\xF4\xFB la\xF8m vie\xE4"
					  "c na\xEAm ho\xEF"
					  "c m\xF4\xF9i."};
	static const char *const viscii[] = {"Quy\xAAt \xF0\xB8nh c\xFC"
					     "a ch\xFC t\xB8"
					     "ch \xFCy ban nh\xE2n d\xE2n t\xEFnh v\xAB vi\xAE"
					     "c ph\xEA duy\xAEt d\xF1 to\xE1n",
					     "kinh ph\xED s\xD8"
					     "a ch\xE6"
					     "a tr\xF8 s\xB7 l\xE0m vi\xAE"
					     "c n\xE5m h\xF7"
					     "c m\xBEi."};
	if (!has_pdftotext())
		skip();
	assert_text("VNI-Times", vni, 2,
		    "Quyết định của chủ tịch ủy ban nhân dân tỉnh về việc phê duyệt dự toán\nkinh phí sửa chữa trụ sở "
		    "làm việc năm học mới.");
	assert_text("VI-Times", viscii, 2,
		    "Quyết định của chủ tịch ủy ban nhân dân tỉnh về việc phê duyệt dự toán\nkinh phí sửa chữa trụ sở "
		    "làm việc năm học mới.");
}

static void a_hyphen_that_is_one_stays(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"Ph\u00B8t thanh - truy\u00D2n h\u00D7nh H\u00B5-N\u00E9i, v\u00D2 vi\u00D6"
		 "c \u00AE\u00D2 ngh\u00DE, Q\u00A7-UB",
		 NULL},
		{"Ph\u00B8t h\u00B5nh v\u00D2 vi\u00D6"
		 "c t\u00E6 ch\u00F8"
		 "c, nh- tr\u00AAn, -u ti\u00AAn, -i, \u00AE-\u00EE"
		 "c",
		 "Ph\u00B8t h\u00B5nh v\u00D2 vi\u00D6"
		 "c t\u00E6 ch\u00F8"
		 "c, nh\u00AD tr\u00AAn, \u00ADu ti\u00AAn, -i, \u00AE\u00AD\u00EE"
		 "c"},
		{"t-ng of an English text, well-known", NULL},
		{"Quyết định nh- thế, t-ớng", NULL},
		{"", NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		Buf text = {0};
		buf_add_zero_terminated(&text, rows[i].in);
		pdf_find_horns(&text);
		assert_str_equal(buf_str(&text), str_from(rows[i].out ? rows[i].out : rows[i].in));
		buf_done(&text);
	}
}

static void files_in_a_pdf_are_named_behind_its_text(void **state)
{
	(void)state;
	static const char page[] = "BT /F1 14 Tf 50 780 Td (Van ban 15) Tj ET";
	Buf pdf = {0};
	Extraction e = {0};
	Err err;
	if (!has_pdftotext())
		skip();
	buf_printf(
		&pdf,
		"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a.csv) 6 0 R(b.bin) 8 0 "
		"R]>>>>>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 "
		"R/MediaBox[0 0 595 842]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>endobj\n4 0 "
		"obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n5 0 obj<</Length %zu>>stream\n%s\nendstream "
		"endobj\n6 0 obj<</Type/Filespec/F(a.csv)/UF(a.csv)/EF<</F 7 0 R>>>>endobj\n7 0 "
		"obj<</Type/EmbeddedFile/Length 14>>stream\nstt,ten\n1,muoi\nendstream endobj\n8 0 "
		"obj<</Type/Filespec/F(b.bin)/UF(b.bin)/EF<</F 9 0 R>>>>endobj\n9 0 obj<</Type/EmbeddedFile/Length "
		"3>>stream\n\1\2\3\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n",
		sizeof page - 1, page);
	SourceFile file = source_file_of(STR("a.pdf"), buf_str(&pdf));
	assert_int_equal(extract_text(READER_PDF, &file, NULL, NULL, &e, &err), ST_OK);
	assert_int_equal(e.pages, 1);
	if (str_find(buf_str(&e.text), STR("Van ban 15")) != 0 ||
	    !str_ends(buf_str(&e.text), STR("\f[a.csv]\n[b.bin]\n")))
		fail_msg("%.*s", STR_ARG(buf_str(&e.text)));
	extraction_done(&e);
	buf_done(&pdf);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "extract") == 0)
		return extract_main(argc - 1, argv + 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcvn3_keeps_the_u_with_horn),
		cmocka_unit_test(vni_and_viscii_are_read_too),
		cmocka_unit_test(a_hyphen_that_is_one_stays),
		cmocka_unit_test(files_in_a_pdf_are_named_behind_its_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
