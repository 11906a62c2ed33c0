/* tests/unit/ingest_name.c - names in any encoding and normal form, and those that name no document. */
#include "unit.h"

#include "indexer/source/name.h"

#include "base/utf8.h"

#define RAW(literal)                                                                                                   \
	{                                                                                                              \
		(literal), sizeof(literal) - 1                                                                         \
	}

static void a_name_in_any_encoding_becomes_what_people_read(void **state)
{
	(void)state;
	static const struct {
		Str raw;
		const char *read;
	} names[] = {
		{RAW("15-qd.pdf"), "15-qd.pdf"},
		{RAW("Quyết định.pdf"), "Quyết định.pdf"},
		{RAW("Ho\xCC\x82\xCC\x80 so\xCC\x9B/Ba\xCC\x81o ca\xCC\x81o.txt"), "Hồ sơ/Báo cáo.txt"}, /* NFD */
		/* Windows-1258: some letters are composed, others are not */
		{RAW("B\xE1o c\xE1o.txt"), "Báo cáo.txt"},
		{RAW("T\xE0i ch\xEDnh.txt"), "Tài chính.txt"},
		{RAW("T\xF5\xCC tri\xCCnh.txt"), "Tờ trình.txt"},
		{RAW("H\xF4\xCC s\xF5/\xD0\xF5n xin.doc"), "Hồ sơ/Đơn xin.doc"},
		{RAW("Quy\xEA\xECt_\xF0i\xF2nh_s\xF4\xEC_15.pdf"), "Quyết_định_số_15.pdf"},
		/* CP437: what zip programs of DOS have of Vietnamese */
		{RAW("B\xA0o c\xA0o.txt"), "Báo cáo.txt"},
		{RAW("V\x93 s\xA2.txt"), "Vô só.txt"},
		{RAW("Gr\x81n \x9B.txt"), "Grün ¢.txt"},
		/* TCVN3, VNI */
		{RAW("C\xABng v\xA8n \xAE\xD5n.doc"), "Công văn đến.doc"},
		{RAW("Ba\xF9o ca\xF9o tha\xF9ng.doc"), "Báo cáo tháng.doc"},
	};
	char out[1024];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		Str read = name_decode(names[i].raw, out, sizeof out);
		assert_true(utf8_is_valid(read));
		assert_str_equal(read, str_from(names[i].read));
	}
}

static void every_sequence_of_bytes_is_a_name_that_can_be_used(void **state)
{
	(void)state;
	char raw[256], out[256 * NAME_GROWTH];
	for (int i = 1; i < 256; i++)
		raw[i - 1] = (char)i;
	Str read = name_decode((Str){raw, 255}, out, sizeof out);
	assert_true(utf8_is_valid(read));
	assert_true(read.len >= 255);
	for (int i = 0x80; i < 256; i++) {
		raw[0] = (char)i;
		read = name_decode((Str){raw, 1}, out, sizeof out);
		assert_true(read.len > 0 && utf8_is_valid(read));
	}
	read = name_decode((Str){"\xC3\xA1\xC3\xA1", 4}, out, 3); /* cut between characters */
	assert_str_equal(read, STR("á"));
}

static void what_is_no_document_is_told_from_what_may_be_one(void **state)
{
	(void)state;
	static const char *const none[] = {
		"Thumbs.db", "THUMBS.DB",     "ehthumbs.db",  "desktop.ini", ".DS_Store",     "._15.pdf",
		"~$15.docx", ".~lock.a.odt#", "~WRL0001.tmp", "~WRD1.tmp",   "a.tmp",         "x.crdownload",
		".hidden",   "15.lnk",        "$RECYCLE.BIN", "__MACOSX",    "a.pdf.partial", "lost+found"};
	static const char *const maybe[] = {"15.pdf", "~15.docx",  "Thumbs.db.pdf", "desktop.ini.txt",
					    "tmp",    "a.tmp.pdf", "$15.docx",      ".",
					    "..",     "lock.odt#"};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		const NameReason *reason = name_no_document(str_from(none[i]));
		if (!reason)
			fail_msg("'%s' would be taken", none[i]);
		else
			assert_true(reason->text[LANGUAGE_VI][0] && reason->text[LANGUAGE_EN][0]);
	}
	for (size_t i = 0; i < sizeof maybe / sizeof *maybe; i++)
		if (name_no_document(str_from(maybe[i])))
			fail_msg("'%s' would be passed over", maybe[i]);
	assert_non_null(name_no_document_path(STR("a/__MACOSX/b.pdf")));
	assert_null(name_no_document_path(STR("a/b/c.pdf")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_in_any_encoding_becomes_what_people_read),
		cmocka_unit_test(every_sequence_of_bytes_is_a_name_that_can_be_used),
		cmocka_unit_test(what_is_no_document_is_told_from_what_may_be_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
