/* tests/unit/ingest_old_office.c - texts out of Office files of before 2007 that catdoc's programs read, and that our
 * reader of Word 97 loses no word that they find. The test program is its own extractor, as hoso is. */
#include "ole_fixture.h"

#include "indexer/extract/process.h"
#include "tokenizer/legacy.h"
#include "tokenizer/plain.h"

#include <dirent.h>

/* One stream. */
static void ole_of_one(Buf *out, const char *name, Str bytes)
{
	const OleRow rows[] = {{name, bytes, -1}};
	ole_of(out, rows, 1);
}

/* A Word file without the stream that lists its pieces, as before Word 97: its information block, then the text. */
static void doc_of(Buf *out, Str text, uint16_t flags)
{
	enum { TEXT_AT = 0x400 };
	uint8_t head[TEXT_AT] = {0};
	Buf stream = {0};
	put_le16(head, 0xA5EC);
	put_le16(head + 2, 0xC1);
	put_le16(head + 10, flags);
	put_le32(head + 24, TEXT_AT);
	put_le32(head + 28, (uint32_t)(TEXT_AT + text.len));
	buf_add(&stream, head, sizeof head);
	buf_add_str(&stream, text);
	ole_of_one(out, "WordDocument", buf_str(&stream));
	buf_done(&stream);
}

static void record(Buf *out, uint16_t type, Str bytes)
{
	uint8_t head[4];
	put_le16(head, type);
	put_le16(head + 2, (uint16_t)bytes.len);
	buf_add(out, head, sizeof head);
	buf_add_str(out, bytes);
}

static bool has_program(const char *word)
{
	ProcessResult result;
	Err err;
	static const ExtractLimits limits = {10, 10000, 1024, 1 << 20};
	if (process_extract(word, -1, &limits, NULL, &result, &err) != ST_OK)
		return false;
	bool ok = result.end == PROCESS_ENDED && mentions(&result.out, "Catdoc");
	process_result_done(&result);
	if (!ok)
		print_message("skipped: there is no program for %s\n", word);
	return ok;
}

static Extraction extract_bytes(FormatReader reader, Str bytes)
{
	Extraction e = {0};
	Err err;
	SourceFile file = source_file_of(STR("document"), bytes);
	assert_int_equal(extract_text(reader, &file, NULL, NULL, &e, &err), ST_OK);
	return e;
}

static void assert_extracted(FormatReader reader, const Buf *bytes, const char *text)
{
	Extraction e = extract_bytes(reader, buf_str(bytes));
	assert_string_equal(e.problem.code == ST_OK ? "" : e.problem.text, "");
	assert_str_equal(str_trim(buf_str(&e.text)), str_from(text));
	extraction_done(&e);
}

static void assert_no_text(FormatReader reader, Str bytes, const char *why)
{
	Extraction e = extract_bytes(reader, bytes);
	assert_int_equal(e.text.len, 0);
	if (!strstr(e.problem.text, why))
		fail_msg("the reason is \"%s\", not \"%s\"", e.problem.text, why);
	extraction_done(&e);
}

static void a_word_file_gives_its_text_to_the_last_sign(void **state)
{
	(void)state;
	Buf doc = {0};
	if (!has_program("doc-old-version"))
		skip();
	static const uint16_t text[] = u"Quyết định 15\rđạt 100% & [a] {b} \\ _ # $ ^\rô\x07hai\x07\x07hết\r";
	doc_of(&doc, (Str){(const char *)text, sizeof text - 2}, WORD_WIDE);
	assert_extracted(READER_DOC, &doc, "Quyết định 15\nđạt 100% & [a] {b} \\ _ # $ ^\nô\thai\nhết");
	buf_done(&doc);
}

static void a_word_file_in_tcvn3_keeps_the_u_with_horn(void **state)
{
	(void)state;
	Buf doc = {0};
	if (!has_program("doc-old-version"))
		skip();
	doc_of(&doc,
	       STR("Ng\xAD\xEAi d\xA9n \xAE\xAD\xEE"
		   "c h\xAD\xEBng l\xAD\xACng theo quy\xD5t \xAE\xDEnh c\xF1"
		   "a Th\xF1 t\xAD\xEDng\r"),
	       0);
	assert_extracted(READER_DOC, &doc, "Người dân được hưởng lương theo quyết định của Thủ tướng");
	buf_done(&doc);
}

static void what_is_encrypted_cut_off_or_something_else_says_so(void **state)
{
	(void)state;
	Buf doc = {0}, other = {0};
	if (!has_program("doc-old-version"))
		skip();
	doc_of(&doc, STR("secret"), WORD_ENCRYPTED);
	assert_no_text(READER_DOC, buf_str(&doc), "encrypted");
	assert_no_text(READER_DOC, str_slice(buf_str(&doc), 0, 700), "BBD");
	ole_of_one(&other, "EncryptedPackage", STR("?"));
	assert_no_text(READER_DOC, buf_str(&other), "encrypted");
	assert_no_text(READER_XLS, buf_str(&other), "encrypted");
	assert_no_text(READER_PPT, buf_str(&other), "encrypted, cut off");
	buf_done(&doc);
	buf_done(&other);
}

static void an_excel_file_gives_rows_of_cells(void **state)
{
	(void)state;
	Buf book = {0}, xls = {0};
	if (!has_program("xls-old-version"))
		skip();
	record(&book, 0x809, STR("\0\6\5\0\xBB\x0D\xCC\7\0\0\0\0\6\0\0\0"));
	record(&book, 0xFC, STR("\2\0\0\0\2\0\0\0\2\0\1S\0\xD1\x1E\5\0\0S\xE1 15")); /* "Số", "Sá 15" */
	record(&book, 0x0A, STR(""));
	record(&book, 0x809, STR("\0\6\x10\0\xBB\x0D\xCC\7\0\0\0\0\6\0\0\0"));
	record(&book, 0xFD, STR("\0\0\0\0\0\0\0\0\0\0"));
	record(&book, 0xFD, STR("\0\0\1\0\0\0\1\0\0\0"));
	record(&book, 0x0A, STR(""));
	ole_of_one(&xls, "Workbook", buf_str(&book));
	assert_extracted(READER_XLS, &xls, "Số\tSá 15");
	buf_done(&book);
	buf_done(&xls);
}

static void a_presentation_gives_the_text_of_its_slides(void **state)
{
	(void)state;
	Buf atoms = {0}, ppt = {0};
	if (!has_program("ppt-version"))
		skip();
	static const uint16_t text[] = u"Quyết định\rsố 15";
	uint8_t head[16] = {15, 0, 0xEE, 3, 0, 0, 0, 0, 0, 0, 0xA0, 0x0F}; /* a slide list, and text in UTF-16 */
	put_le32(head + 4, sizeof text - 2 + 8);
	put_le32(head + 12, sizeof text - 2);
	buf_add(&atoms, head, sizeof head);
	buf_add(&atoms, text, sizeof text - 2);
	ole_of_one(&ppt, "PowerPoint Document", buf_str(&atoms));
	assert_extracted(READER_PPT, &ppt, "Quyết định\nsố 15");
	buf_done(&atoms);
	buf_done(&ppt);
}

/* ---- real files ------------------------------------------------------------------------------------------------ */

typedef struct {
	Str *words;
	size_t count;
} WordSet;

static int compare_words(const void *a, const void *b)
{
	return str_cmp(*(const Str *)a, *(const Str *)b);
}

/* A run of letters. */
static bool next_word(Str *rest, Str *out)
{
	const uint8_t *p = (const uint8_t *)rest->ptr, *end = p + rest->len, *start;
	unsigned width;
	while (p < end && !plain_is_letter(plain_next(p, end, &width)))
		p += width;
	for (start = p; p < end && plain_is_letter(plain_next(p, end, &width));)
		p += width;
	*out = (Str){(const char *)start, (size_t)(p - start)};
	*rest = (Str){(const char *)p, (size_t)(end - p)};
	return out->len > 0;
}

static WordSet words_of(Str text)
{
	WordSet set = {calloc(text.len / 2 + 1, sizeof(Str)), 0};
	assert_non_null(set.words);
	while (next_word(&text, &set.words[set.count]))
		set.count++;
	qsort(set.words, set.count, sizeof(Str), compare_words);
	return set;
}

/* catdoc takes pictures, tables of styles and the instructions of fields for text here and there; a syllable of three
 * letters with a mark is of the document. */
static bool is_of_the_document(Str word)
{
	return word.len > 4 && legacy_score(word).accented > 0;
}

static void read_with_catdoc(const char *path, Buf *out)
{
	char command[5000], bytes[4096];
	snprintf(command, sizeof command, "catdoc -s cp1252 -d utf-8 -w '%s'", path);
	FILE *pipe = popen(command, "r");
	assert_non_null(pipe);
	for (size_t got; (got = fread(bytes, 1, sizeof bytes, pipe)) > 0;)
		buf_add(out, bytes, got);
	pclose(pipe);
}

/* catdoc does, in plain text. */
static void drop_soft_hyphens(Buf *text)
{
	size_t len = 0;
	for (size_t at = 0; at < text->len; at++)
		if (str_starts(str_slice(buf_str(text), at, text->len), STR("\xC2\xAD")))
			at++;
		else
			text->data[len++] = text->data[at];
	text->len = len;
}

static void assert_no_word_is_missing(const char *path)
{
	Buf bytes = {0}, theirs = {0};
	Err err;
	assert_int_equal(file_read_all(path, 64 << 20, &bytes, &err), ST_OK);
	Extraction e = extract_bytes(format_by_content(str_from(path), buf_str(&bytes))->reader, buf_str(&bytes));
	if (e.text.len == 0)
		fail_msg("%s: %s", path, e.problem.text);
	read_with_catdoc(path, &theirs);
	drop_soft_hyphens(&e.text);
	WordSet ours = words_of(buf_str(&e.text));
	Str rest = buf_str(&theirs), word;
	while (next_word(&rest, &word))
		if (is_of_the_document(word) && !bsearch(&word, ours.words, ours.count, sizeof word, compare_words))
			fail_msg("%s: the word \"%.*s\" is missing", path, STR_ARG(word));
	free(ours.words);
	buf_done(&bytes);
	buf_done(&theirs);
	extraction_done(&e);
}

static void no_word_of_a_real_word_file_is_missing(void **state)
{
	(void)state;
	const char *shared = getenv("HOSO_SHARED");
	FilePath folder, path;
	Err err;
	unsigned count = 0;
	if (!has_program("doc-old-version"))
		skip();
	if (!shared || file_path(&folder, shared, "scans/word", &err) != ST_OK || !file_exists(folder.text)) {
		print_message("skipped: no real documents (HOSO_SHARED)\n");
		skip();
	}
	DIR *dir = opendir(folder.text);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));) {
		size_t len = strlen(entry->d_name);
		if (len < 4 || !str_eq_nocase((Str){entry->d_name + len - 4, 4}, STR(".doc")))
			continue;
		assert_int_equal(file_path(&path, folder.text, entry->d_name, &err), ST_OK);
		assert_no_word_is_missing(path.text);
		count++;
	}
	closedir(dir);
	print_message("%u Word files are read\n", count);
	assert_true(count > 0);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "extract") == 0)
		return extract_main(argc - 1, argv + 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_file_gives_its_text_to_the_last_sign),
		cmocka_unit_test(a_word_file_in_tcvn3_keeps_the_u_with_horn),
		cmocka_unit_test(what_is_encrypted_cut_off_or_something_else_says_so),
		cmocka_unit_test(an_excel_file_gives_rows_of_cells),
		cmocka_unit_test(a_presentation_gives_the_text_of_its_slides),
		cmocka_unit_test(no_word_of_a_real_word_file_is_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
