/* tests/unit/ingest_old_office.c - texts out of Office files of before 2007, which catdoc's programs read. The test
 * program is its own extractor, as hoso is. */
#include "ingest_fixture.h"

#include "base/utf8.h"
#include "indexer/extract/process.h"

#include <dirent.h>

/* An OLE file with one stream: header, FAT, directory, the stream in sectors of 512 bytes ([MS-CFB] 2.2 to 2.6). */
static void ole_of(Buf *out, const char *stream_name, Str stream)
{
	enum { SECTOR = 512, STREAM_MIN = 4096, IN_FAT = -3, CHAIN_END = -2, FREE = -1 };
	size_t sectors = (stream.len < STREAM_MIN ? STREAM_MIN : stream.len + SECTOR - 1) / SECTOR;
	uint8_t head[SECTOR] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", fat[SECTOR], directory[SECTOR] = {0};
	const char *names[] = {"Root Entry", stream_name};
	memset(head + 76, 0xFF, SECTOR - 76);
	put_le32(head + 24, 3 << 16 | 0x3E);
	put_le32(head + 28, 9u << 16 | 0xFFFE);
	put_le32(head + 32, 6);
	put_le32(head + 44, 1);
	put_le32(head + 48, 1);
	put_le32(head + 56, STREAM_MIN);
	put_le32(head + 60, (uint32_t)CHAIN_END);
	put_le32(head + 68, (uint32_t)CHAIN_END);
	put_le32(head + 76, 0);
	memset(fat, 0xFF, sizeof fat);
	put_le32(fat, (uint32_t)IN_FAT);
	put_le32(fat + 4, (uint32_t)CHAIN_END);
	assert_true(sectors <= 126);
	for (size_t i = 0; i < sectors; i++)
		put_le32(fat + 8 + i * 4, i + 1 < sectors ? (uint32_t)i + 3 : (uint32_t)CHAIN_END);
	for (size_t e = 0; e < 2; e++) {
		uint8_t *entry = directory + e * 128;
		size_t len = strlen(names[e]);
		for (size_t i = 0; i < len; i++)
			entry[i * 2] = (uint8_t)names[e][i];
		put_le16(entry + 64, (uint16_t)(len * 2 + 2));
		entry[66] = e == 0 ? 5 : 2;
		put_le32(entry + 68, (uint32_t)FREE);
		put_le32(entry + 72, (uint32_t)FREE);
		put_le32(entry + 76, e == 0 ? 1 : (uint32_t)FREE);
		put_le32(entry + 116, e == 0 ? (uint32_t)CHAIN_END : 2);
		put_le32(entry + 120, e == 0 ? 0 : (uint32_t)(sectors * SECTOR));
	}
	buf_add(out, head, sizeof head);
	buf_add(out, fat, sizeof fat);
	buf_add(out, directory, sizeof directory);
	buf_add_str(out, stream);
	for (size_t i = stream.len; i < sectors * SECTOR; i++)
		buf_add_char(out, 0);
}

enum { WORD_ENCRYPTED = 0x100, WORD_WIDE = 0x1000 };

/* A Word 97 file: its information block, then the text in one piece ([MS-DOC] 2.5.1). */
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
	ole_of(out, "WordDocument", buf_str(&stream));
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
	if (!has_program("doc-version"))
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
	if (!has_program("doc-version"))
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
	if (!has_program("doc-version"))
		skip();
	doc_of(&doc, STR("secret"), WORD_ENCRYPTED);
	assert_no_text(READER_DOC, buf_str(&doc), "encrypted");
	assert_no_text(READER_DOC, str_slice(buf_str(&doc), 0, 700), "BBD");
	ole_of(&other, "EncryptedPackage", STR("?"));
	assert_no_text(READER_DOC, buf_str(&other), "");
	assert_no_text(READER_XLS, buf_str(&other), "encrypted, cut off");
	assert_no_text(READER_PPT, buf_str(&other), "encrypted, cut off");
	buf_done(&doc);
	buf_done(&other);
}

static void an_excel_file_gives_rows_of_cells(void **state)
{
	(void)state;
	Buf book = {0}, xls = {0};
	if (!has_program("xls-version"))
		skip();
	record(&book, 0x809, STR("\0\6\5\0\xBB\x0D\xCC\7\0\0\0\0\6\0\0\0"));
	record(&book, 0xFC, STR("\2\0\0\0\2\0\0\0\2\0\1S\0\xD1\x1E\5\0\0S\xE1 15")); /* "Số", "Sá 15" */
	record(&book, 0x0A, STR(""));
	record(&book, 0x809, STR("\0\6\x10\0\xBB\x0D\xCC\7\0\0\0\0\6\0\0\0"));
	record(&book, 0xFD, STR("\0\0\0\0\0\0\0\0\0\0"));
	record(&book, 0xFD, STR("\0\0\1\0\0\0\1\0\0\0"));
	record(&book, 0x0A, STR(""));
	ole_of(&xls, "Workbook", buf_str(&book));
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
	ole_of(&ppt, "PowerPoint Document", buf_str(&atoms));
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

static bool next_word(Str *rest, Str *out)
{
	static const char blanks[] = " \t\r\n\f\v";
	size_t start = 0, end;
	while (start < rest->len && memchr(blanks, rest->ptr[start], sizeof blanks))
		start++;
	for (end = start; end < rest->len && !memchr(blanks, rest->ptr[end], sizeof blanks);)
		end++;
	*out = str_slice(*rest, start, end);
	*rest = str_slice(*rest, end, rest->len);
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

/* catdoc takes pictures and tables of styles for text here and there; what is no Latin word is none of the document. */
static bool is_latin(Str word)
{
	for (size_t at = 0, width; at < word.len; at += width) {
		uint32_t c;
		width = utf8_decode(word.ptr + at, word.len - at, &c);
		if (!width || c < 0x20 || (c >= 0x250 && c < 0x1E00) || c >= 0x2070)
			return false;
	}
	return true;
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
		if (is_latin(word) && !bsearch(&word, ours.words, ours.count, sizeof word, compare_words))
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
	if (!has_program("doc-version"))
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
