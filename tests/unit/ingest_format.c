/* tests/unit/ingest_format.c - the table of formats: what is found by name, by content and by media type, that every
 * row has its reader, and that docs/formats.md is the table.
 *
 *   test-ingest_format docs      prints what docs/formats.md must be */
#include "unit.h"

#include "base/file.h"
#include "indexer/extract/extract.h"
#include "indexer/extract/readers.h"
#include "indexer/source/bytes.h"
#include "store/format/limits.h"
#include "store/record/record.h"

#include <stdio.h>
#include <stdlib.h>

static void assert_content(const char *name, Str head, FormatReader reader, const char *media)
{
	const Format *format = format_by_content(str_from(name), head);
	if (format->reader != reader)
		fail_msg("%s has the format %s", name, format->name);
	assert_string_equal(format_media(str_from(name), format), media);
}

static void the_content_decides_where_the_name_is_wrong(void **state)
{
	(void)state;
	assert_content("a.docx", STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), READER_DOC, "application/msword");
	assert_content("a.xls", STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), READER_XLS, "application/vnd.ms-excel");
	assert_content("a.doc", STR("<html><body>"), READER_HTML, "text/html");
	assert_content("a.doc", STR("PK\3\4"), READER_DOCX,
		       "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
	assert_content("a.doc", STR("{\\rtf1"), READER_RTF, "application/rtf");
	assert_content("a", STR("%PDF-1.7"), READER_PDF, "application/pdf");
	assert_content("A.PDF", STR("junk\n%PDF-1.7"), READER_PDF, "application/pdf");
	assert_content("a.xhtml", STR("\xEF\xBB\xBF\n<HTML>"), READER_HTML, "application/xhtml+xml");
	assert_content("scan", STR("\xFF\xD8\xFF\xE0"), READER_IMAGE, "application/octet-stream");
	assert_content("a.ppt", STR("PK\3\4"), READER_PPTX,
		       "application/vnd.openxmlformats-officedocument.presentationml.presentation");
	assert_content("a", STR("PK\3\0040123456789012345678901234[Content_Types].xml"), READER_NONE,
		       "application/octet-stream");
	assert_content("a", STR("PK\3\00401234567890123456789012345[Content_Types].xml"), READER_DOCX,
		       "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
	assert_content("a",
		       STR("PK\3\00401234567890123456789012345mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
		       READER_ODS, "application/vnd.oasis.opendocument.spreadsheet");
	assert_content("a.doc", STR("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n"), READER_MHTML,
		       "multipart/related");
	assert_content("a.doc", STR("<?xml version='1.0'?><?mso-application progid='Word.Document'?>"),
		       READER_FLAT_OFFICE, "application/vnd.oasis.opendocument.text-flat-xml");
	assert_content("README", STR("C\xA8n c\xF8 lu\xCBt"), READER_PLAIN, "text/plain");
	assert_content("a.doc", STR("C\xA8n c\xF8 lu\xCBt"), READER_PLAIN, "text/plain");
}

static void the_name_decides_among_formats_of_one_reader_and_where_the_content_is_unknown(void **state)
{
	(void)state;
	assert_content("a.png", STR("\xFF\xD8\xFF\xE0"), READER_IMAGE, "image/png");
	assert_content("a.txt", STR("PK\3\4"), READER_NONE, "text/plain");
	assert_content("a.txt", STR("<html>"), READER_PLAIN, "text/plain");
	assert_content("a.odt", STR("PK\3\4"), READER_ODT, "application/vnd.oasis.opendocument.text");
	assert_content("a.xml", STR("<a/>"), READER_NONE, "application/xml");
	assert_content("data", STR("\1\2\3\4abc"), READER_NONE, "application/octet-stream");
	assert_content("a.xyz", STR(""), READER_NONE, "application/octet-stream");
}

static void json_lines_are_known_by_their_first_member(void **state)
{
	(void)state;
	static const char *const lists[] = {"{\"id\":\"a\"}\n", "\xEF\xBB\xBF \n{ \"subject\" : \"x\"",
					    "{\"text\":\"cut off"};
	static const char *const others[] = {"",        "{",          "{\"name\":1}", "[{\"id\":1}]",
					     "{\"id\"", "{\"id\" 1}", "id: 1",        "{id:1}"};
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		assert_true(format_begins_with_record(str_from(lists[i])));
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (format_begins_with_record(str_from(others[i])))
			fail_msg("%s is taken for records", others[i]);
}

static void a_compression_is_looked_through_for_records_and_packages(void **state)
{
	(void)state;
	bool compressed = false;
	assert_int_equal(format_by_long_name(STR("a.jsonl.zst"), &compressed)->reader, READER_LINES);
	assert_true(compressed);
	assert_int_equal(format_by_long_name(STR("a.tar.gz"), &compressed)->reader, READER_PACKAGE);
	assert_true(compressed);
	assert_int_equal(format_by_long_name(STR("a.pdf.gz"), &compressed)->reader, READER_NONE);
	assert_false(compressed);
	assert_int_equal(format_by_long_name(STR("A.JSON"), &compressed)->reader, READER_JSON);
}

static void a_body_is_known_by_its_media_type(void **state)
{
	(void)state;
	assert_string_equal(format_by_media(STR("application/jsonl"))->name, "jsonl");
	assert_string_equal(format_by_media(STR("Application/ZIP"))->name, "zip");
	assert_null(format_by_media(STR("text/plain")));
	assert_null(format_by_media(STR("application/octet-stream")));
}

static void every_format_has_a_reader_for_what_it_yields_and_no_ending_stands_twice(void **state)
{
	(void)state;
	for (const Format *f = formats; f < formats + format_count; f++) {
		const TextReader *reader = text_reader(f->reader);
		bool reads = reader->decodes || reader->read || reader->program;
		assert_non_null(reader->no_text);
		if ((f->yields & YIELDS_TEXT) && !reads)
			fail_msg("nobody reads %s", f->name);
		if (!(f->yields & YIELDS_TEXT) && reader->word)
			fail_msg("%s has a reader and yields no text", f->name);
		assert_int_equal((f->yields & YIELDS_MEMBERS) != 0, f->reader == READER_PACKAGE);
		assert_int_equal((f->yields & YIELDS_RECORDS) != 0,
				 f->reader == READER_LINES || f->reader == READER_JSON || f->reader == READER_TABLE ||
					 sheet_reader(f->reader) || f->reader == READER_EDXML ||
					 f->reader == READER_MAIL || f->reader == READER_SIGNED);
		for (size_t i = 0; i < FORMAT_ENDINGS_MAX && f->endings[i]; i++) {
			char name[40];
			snprintf(name, sizeof name, "a%s", f->endings[i]);
			if (format_by_name(str_from(name)) != f)
				fail_msg("%s stands twice", f->endings[i]);
		}
	}
}

/* The fuzz target of each reader that takes foreign bytes in our own process or one of ours; NULL where nobody reads
 * them, or a program of others does (sandboxed). */
static const char *const fuzz_targets[READER_COUNT] = {
	[READER_PLAIN] = "tokenizer_encoding", [READER_HTML] = "ingest_extract",
	[READER_DOCX] = "ingest_extract",      [READER_ODT] = "ingest_extract",
	[READER_XLSX] = "ingest_extract",      [READER_PPTX] = "ingest_extract",
	[READER_ODS] = "ingest_extract",       [READER_ODP] = "ingest_extract",
	[READER_LINES] = "ingest_bytes",       [READER_JSON] = "ingest_source_json",
	[READER_TABLE] = "ingest_register",    [READER_PACKAGE] = "ingest_package_in",
	[READER_EDXML] = "ingest_edxml",       [READER_RTF] = "ingest_extract",
	[READER_DOC] = "ingest_extract",       [READER_FLAT_OFFICE] = "ingest_extract",
	[READER_MHTML] = "ingest_extract",     [READER_XLS] = "ingest_extract",
	[READER_MAIL] = "ingest_mail",         [READER_SIGNED] = "ingest_cms_in",
};

static bool is_there(const char *root, const char *folder, const char *target, const char *end)
{
	char path[512];
	snprintf(path, sizeof path, "%s/tests/%s/%s%s", root, folder, target, end);
	return file_exists(path);
}

static void every_reader_of_foreign_bytes_has_a_fuzz_target_with_inputs(void **state)
{
	const char *root = getenv("HOSO_SOURCE");
	(void)state;
	if (!root) {
		print_message("skipped: HOSO_SOURCE does not say where tests/ is\n");
		skip();
	}
	for (const Format *f = formats; f < formats + format_count; f++) {
		const TextReader *reader = text_reader(f->reader);
		const char *target = fuzz_targets[f->reader];
		char input[40];
		if (!f->yields || reader->program)
			continue;
		if (!target)
			fail_msg("the reader of %s has no fuzz target", f->name);
		if (!is_there(root, "fuzz", target, ".c") || !is_there(root, "corpus", target, "/"))
			fail_msg("there is no fuzz target %s with a corpus", target);
		snprintf(input, sizeof input, "/%s", reader->word ? reader->word : "");
		if (reader->read && !is_there(root, "corpus", target, input))
			fail_msg("tests/corpus/%s has no input %s", target, reader->word);
	}
}

static const char *yield_words(const Format *f)
{
	switch (f->yields) {
	case YIELDS_TEXT:
		return "text";
	case YIELDS_MEMBERS:
		return "members";
	case YIELDS_RECORDS:
		return "records";
	case YIELDS_RECORDS | YIELDS_TEXT:
		return "records, or text";
	default:
		return f->reader == READER_IMAGE ? "text, by recognition" : "kept as it is";
	}
}

static void write_docs(Buf *out)
{
	buf_printf(out,
		   "# Formats that are taken in\n\n"
		   "Written from the table in `indexer/source/format.c`: `test-ingest_format docs > docs/formats.md`. "
		   "Every file is kept byte for byte; what it *yields* is what else comes out of it.\n\n"
		   "| format | endings | media type | yields |\n|---|---|---|---|\n");
	for (const Format *f = formats; f < formats + format_count; f++) {
		buf_printf(out, "| %s | ", f->name);
		for (size_t i = 0; i < FORMAT_ENDINGS_MAX && f->endings[i]; i++)
			buf_printf(out, "%s`%s`", i ? " " : "", f->endings[i]);
		buf_printf(out, "%s | %s | %s |\n", f->endings[0] ? "" : "(by its first bytes)", f->media,
			   yield_words(f));
	}
	buf_printf(out, "\nThe rows of a table are records where its headings say so: registers.md.\n");
	buf_printf(out, "\nPages of images, and pages of a PDF without a usable text layer, wait for recognition: "
			"`hoso ocr`, or `hoso serve` when it has nothing else to do (Tesseract's Vietnamese model).\n");
	buf_printf(out, "\nRecords and packages may be compressed: `.jsonl.zst`, `.tar.gz` and so on "
			"(gz, bz2, xz, zst, lzma, lz4, Z).\n");
	buf_printf(
		out,
		"\nA line of JSON (or a `.json` file that is one record) has at most %d MiB, files as base64 included, "
		"%d members and elements, and %d levels; its metadata at most %d MiB. The rest of a line that is too "
		"long is skipped, and the line is refused with its number and the reason. Larger files lie beside the "
		"list and are named in it.\n",
		LINE_MAX_BYTES >> 20, RECORD_JSON_NODES_MAX, RECORD_JSON_DEPTH_MAX, STORE_METADATA_MAX >> 20);
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
	snprintf(path, sizeof path, "%s/docs/formats.md", root);
	if (file_read_all(path, 1 << 20, &found, &err) != ST_OK)
		fail_msg("%s", err.text);
	write_docs(&wanted);
	if (!str_eq(buf_str(&found), buf_str(&wanted)))
		fail_msg("docs/formats.md is not the table: test-ingest_format docs > docs/formats.md");
	buf_done(&wanted);
	buf_done(&found);
}

/* Their first bytes are those of Word 97: they would be read as one. */
static void mail_in_formats_of_outlook_is_named_as_what_it_is(void **state)
{
	(void)state;
	Str ole = STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), tnef = STR("\x78\x9F\x3E\x22");
	assert_string_equal(format_by_content(STR("thu.msg"), ole)->media, "application/vnd.ms-outlook");
	assert_int_equal(format_by_content(STR("thu.msg"), ole)->reader, READER_NONE);
	assert_string_equal(format_by_content(STR("winmail.dat"), tnef)->media, "application/vnd.ms-tnef");
	assert_string_equal(format_by_content(STR("attachment-1"), tnef)->media, "application/vnd.ms-tnef");
	assert_int_equal(format_by_content(STR("cv.doc"), ole)->reader, READER_DOC);
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
		cmocka_unit_test(mail_in_formats_of_outlook_is_named_as_what_it_is),
		cmocka_unit_test(the_content_decides_where_the_name_is_wrong),
		cmocka_unit_test(the_name_decides_among_formats_of_one_reader_and_where_the_content_is_unknown),
		cmocka_unit_test(json_lines_are_known_by_their_first_member),
		cmocka_unit_test(a_compression_is_looked_through_for_records_and_packages),
		cmocka_unit_test(a_body_is_known_by_its_media_type),
		cmocka_unit_test(every_format_has_a_reader_for_what_it_yields_and_no_ending_stands_twice),
		cmocka_unit_test(every_reader_of_foreign_bytes_has_a_fuzz_target_with_inputs),
		cmocka_unit_test(the_documentation_is_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
