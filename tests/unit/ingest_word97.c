/* tests/unit/ingest_word97.c - documents of Word 97: pieces, stories, looks and fonts; compound files that are broken
 * or hostile. The test program is its own extractor. */
#include "ole_fixture.h"

#include "indexer/extract/extract.h"
#include "indexer/extract/ole.h"

#include <sys/mman.h>

static void assert_text(Buf *file, const char *text)
{
	Extraction e = {0};
	Err err;
	SourceFile source = source_file_of(STR("document"), buf_str(file));
	assert_int_equal(extract_text(READER_DOC, &source, NULL, NULL, &e, &err), ST_OK);
	if (e.problem.code != ST_OK)
		fail_msg("%s", e.problem.text);
	assert_str_equal(buf_str(&e.text), str_from(text));
	assert_true(str_starts(str_from(e.from), STR("hoso doc")));
	extraction_done(&e);
	buf_done(file);
}

static void assert_refused(Buf *file, const char *why)
{
	Extraction e = {0};
	Err err;
	SourceFile source = source_file_of(STR("document"), buf_str(file));
	assert_int_equal(extract_text(READER_DOC, &source, NULL, NULL, &e, &err), ST_OK);
	assert_int_equal(e.text.len, 0);
	if (!strstr(e.problem.text, why))
		fail_msg("the reason is \"%s\", not \"%s\"", e.problem.text, why);
	extraction_done(&e);
	buf_done(file);
}

#define WIDE(literal) ((Str){(const char *)u##literal, sizeof u##literal - 2})

static void pieces_are_read_in_the_order_of_the_text_not_of_the_file(void **state)
{
	(void)state;
	WordFile w;
	Buf file = {0};
	word_begin(&w, 0);
	uint32_t last = word_bytes(&w, WIDE(" số 15\r"));
	word_bytes(&w, STR("what was deleted before"));
	uint32_t first = word_bytes(&w, STR("Caf\xE9 \x93"));
	uint32_t middle = word_bytes(&w, WIDE("Quyết định"));
	word_piece(&w, first, 6, true);
	word_piece(&w, middle, 10, false);
	word_piece(&w, last, 7, false);
	word_story(&w, 0, 23);
	word_file(&w, &file);
	assert_text(&file, "Café “Quyết định số 15\n");
}

static void headers_go_before_the_text_and_notes_boxes_and_footers_behind(void **state)
{
	(void)state;
	static const char text[] = "Van ban\rchu thich\rDAU\rCHAN\r\ry kien\rcuoi\rkhung\r";
	static const uint32_t lengths[] = {8, 10, 10, 0, 7, 5, 6}; /* text, notes, headers, macros, comments … */
	uint8_t headers[4 * 14] = {0};
	WordFile w;
	Buf file = {0};
	word_begin(&w, 0);
	word_piece(&w, word_bytes(&w, STR(text)), sizeof text - 1, true);
	for (unsigned i = 0; i < 7; i++)
		word_story(&w, i, lengths[i]);
	for (unsigned i = 8; i < 14; i++) /* section 1: header of odd pages 0..4, footer of odd pages 4..9 */
		put_le32(headers + 4 * i, i < 10 ? 4 : 9);
	word_place(&w, WORD_HEADERS, (Str){(const char *)headers, sizeof headers});
	word_file(&w, &file);
	assert_text(&file, "DAU\nVan ban\nkhung\nchu thich\ncuoi\ny kien\nCHAN\n");
}

static void what_is_hidden_or_deleted_and_how_a_field_is_made_is_no_text(void **state)
{
	(void)state;
	static const char text[] = "thay\x13PAGE \x13x\x14y\x15\x14 7\x15 an xoa\r";
	static const uint32_t ends[] = {WORD_TEXT_AT, WORD_TEXT_AT + 19, WORD_TEXT_AT + 22, WORD_TEXT_AT + 26, 0x900};
	static const Str lists[] = {{"", 0}, {"\x3C\x08\1", 3}, {"\0\x08\1", 3}, {"\x3C\x08\0", 3}};
	WordFile w;
	Buf file = {0};
	word_begin(&w, 0);
	word_piece(&w, word_bytes(&w, STR(text)), sizeof text - 1, true);
	word_story(&w, 0, sizeof text - 1);
	word_page(&w, WORD_CHARACTER_PAGE, WORD_CHARACTERS, ends, lists, 4);
	word_file(&w, &file);
	assert_text(&file, "thay 7\n");
}

/* Letters of TCVN3, of VNI and of Unicode in one line: each font says what its letters are. */
static void letters_are_read_as_the_font_says(void **state)
{
	(void)state;
	static const char text[] = "\xAE\xAD\xEE"
				   "c giao | th\xF1 t\xAD\xEDng | ng\xF6\xF4\xF8i d\xE2n | "
				   "caf\xE9\r";
	static const char *const fonts[] = {"Times New Roman", ".VnTime", ".VnTimeH", "VNI-Times"};
	static const uint32_t ends[] = {WORD_TEXT_AT, WORD_TEXT_AT + 11, WORD_TEXT_AT + 23, WORD_TEXT_AT + 36, 0x900};
	static const Str lists[] = {{"\x4F\x4A\1\0", 4}, {"\x4F\x4A\2\0", 4}, {"\x4F\x4A\3\0", 4}, {"\x4F\x4A\0\0", 4}};
	WordFile w;
	Buf file = {0};
	word_begin(&w, 0);
	word_piece(&w, word_bytes(&w, STR(text)), sizeof text - 1, true);
	word_story(&w, 0, sizeof text - 1);
	word_page(&w, WORD_CHARACTER_PAGE, WORD_CHARACTERS, ends, lists, 4);
	word_fonts(&w, fonts, 4);
	word_file(&w, &file);
	assert_text(&file, "được giao | THỦ TƯỚNG | người dân | café\n");
}

/* A style of paragraphs without a name, based on nothing, its font number 1; the text has no looks of its own. */
static void a_font_may_be_that_of_the_style(void **state)
{
	(void)state;
	static const char *const fonts[] = {"Arial", ".VnTime"};
	static const char styles[] = "\x12\0\1\0\x0A\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" /* its head: 1 style, 10 bytes */
				     "\x1A\0"                                       /* its bytes */
				     "\0\0\xF1\xFF\2\0\0\0\0\0"                     /* paragraph, based on none */
				     "\0\0\0\0"                                     /* no name */
				     "\2\0\0\0"                                     /* list of the paragraph */
				     "\4\0\x4F\x4A\1\0\0\0";                        /* list of its characters */
	static const uint32_t ends[] = {WORD_TEXT_AT, 0x900};
	static const Str lists[] = {{"\0\0\0", 3}};
	WordFile w;
	Buf file = {0};
	word_begin(&w, 0);
	word_piece(&w,
		   word_bytes(&w, STR("\xAE\xAD\xEE"
				      "c\r")),
		   5, true);
	word_story(&w, 0, 5);
	word_page(&w, WORD_PARAGRAPH_PAGE, WORD_PARAGRAPHS, ends, lists, 1);
	word_fonts(&w, fonts, 2);
	word_place(&w, WORD_STYLES, (Str){styles, sizeof styles - 1});
	word_file(&w, &file);
	assert_text(&file, "được\n");
}

static void cells_of_a_row_are_one_line_and_a_letterhead_is_not(void **state)
{
	(void)state;
	static const char text[] = "1\7\7ba\7\7UBND\rSo 15\7VIET NAM\7\7sau\r";
	static const uint32_t ends[] = {WORD_TEXT_AT,      WORD_TEXT_AT + 6,  WORD_TEXT_AT + 7,
					WORD_TEXT_AT + 27, WORD_TEXT_AT + 28, WORD_TEXT_AT + 32};
	static const Str in_row = {"\0\0\x16\x24\1", 5}, row_end = {"\0\0\x16\x24\1\x17\x24\1\0", 9},
			 plain = {"\0\0\0", 3};
	const Str lists[] = {in_row, row_end, in_row, row_end, plain};
	WordFile w;
	Buf file = {0};
	word_begin(&w, 0);
	word_piece(&w, word_bytes(&w, STR(text)), sizeof text - 1, true);
	word_story(&w, 0, sizeof text - 1);
	word_page(&w, WORD_PARAGRAPH_PAGE, WORD_PARAGRAPHS, ends, lists, 5);
	word_file(&w, &file);
	assert_text(&file, "1\t\tba\nUBND\nSo 15\nVIET NAM\nsau\n");
}

static void an_embedded_document_follows(void **state)
{
	(void)state;
	WordFile outer, inner;
	Buf documents[2] = {{0}, {0}}, tables[2] = {{0}, {0}}, file = {0};
	word_begin(&outer, 0);
	word_piece(&outer, word_bytes(&outer, STR("kem theo:\r")), 10, true);
	word_story(&outer, 0, 10);
	word_end(&outer, &documents[0], &tables[0]);
	word_begin(&inner, 0);
	word_piece(&inner, word_bytes(&inner, STR("mau so 1\r")), 9, true);
	word_story(&inner, 0, 9);
	word_end(&inner, &documents[1], &tables[1]);
	const OleRow rows[] = {{"ObjectPool", {NULL, 0}, -1},
			       {"_1", {NULL, 0}, 0},
			       {"WordDocument", buf_str(&documents[1]), 1},
			       {"0Table", buf_str(&tables[1]), 1},
			       {"WordDocument", buf_str(&documents[0]), -1},
			       {"0Table", buf_str(&tables[0]), -1}};
	ole_of(&file, rows, 6);
	assert_text(&file, "kem theo:\nmau so 1\n");
	for (int i = 0; i < 2; i++) {
		buf_done(&documents[i]);
		buf_done(&tables[i]);
	}
}

/* ---- what can't be read ---------------------------------------------------------------------------------------- */

static void what_is_encrypted_is_called_so(void **state)
{
	(void)state;
	WordFile w;
	Buf file = {0};
	word_begin(&w, WORD_ENCRYPTED);
	word_file(&w, &file);
	assert_refused(&file, "encrypted");
	const OleRow rows[] = {{"EncryptionInfo", STR("?"), -1}, {"EncryptedPackage", STR("?"), -1}};
	ole_of(&file, rows, 2);
	assert_refused(&file, "encrypted");
}

/* Ten thousand pieces of the same 60,000 characters. */
static void a_text_that_is_made_of_one_piece_again_and_again_is_refused(void **state)
{
	(void)state;
	WordFile w;
	Buf file = {0};
	word_begin(&w, 0);
	memset(buf_extend(&w.text, 30000), 'a', 30000);
	for (int i = 0; i < 2500; i++)
		word_piece(&w, WORD_TEXT_AT, 30000, true);
	word_story(&w, 0, 2500 * 30000);
	Buf document = {0}, table = {0};
	word_end(&w, &document, &table);
	const OleRow rows[] = {{"WordDocument", buf_str(&document), -1},
			       {"0Table", str_slice(buf_str(&table), 0, 31000), -1}};
	ole_of(&file, rows, 2);
	assert_refused(&file, "larger than 64 MiB");
	buf_done(&document);
	buf_done(&table);
}

static Status open_bytes(const Buf *bytes, const char *stream, Err *err)
{
	OleFile *ole;
	Buf out = {0};
	int fd = memfd_create("ole", MFD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(file_pwrite(fd, bytes->data, bytes->len, 0, "the input", err), ST_OK);
	Status st = ole_open(&ole, fd, err);
	if (st == ST_OK) {
		st = ole_read(ole, 0, stream, &out, err);
		ole_close(ole);
	}
	close(fd);
	buf_done(&out);
	return st;
}

static void small_file(Buf *out)
{
	static const OleRow rows[] = {{"a", {"1", 1}, -1}, {"b", {"2", 1}, -1}};
	buf_clear(out);
	ole_of(out, rows, 2);
}

static void assert_broken(const Buf *file, Status wanted, const char *why)
{
	Err err = {0};
	assert_int_equal(open_bytes(file, "b", &err), wanted);
	if (!strstr(err.text, why))
		fail_msg("the reason is \"%s\", not \"%s\"", err.text, why);
}

static void a_compound_file_that_is_broken_or_hostile_ends_with_a_reason(void **state)
{
	(void)state;
	Buf file = {0};
	Err err;
	small_file(&file);
	assert_int_equal(open_bytes(&file, "b", &err), ST_OK);
	assert_int_equal(open_bytes(&file, "c", &err), ST_NOT_FOUND);
	put_le32(file.data + OLE_DIRECTORY_AT + 2 * 128 + 120, 1 << 30); /* a stream of 1 GiB */
	assert_broken(&file, ST_LIMIT, "larger than");
	put_le32(file.data + OLE_DIRECTORY_AT + 2 * 128 + 120, 100 << 20); /* 100 MiB of eight sectors */
	assert_broken(&file, ST_INVALID, "cut off");
	put_le32(file.data + OLE_FAT_AT + 4 * 12, 12); /* its chain leads back to itself */
	assert_broken(&file, ST_INVALID, "loop");
	small_file(&file);
	put_le32(file.data + OLE_FAT_AT + 4 * 1, 1); /* the directory's */
	assert_broken(&file, ST_INVALID, "loop");
	small_file(&file);
	put_le32(file.data + 0x44, 0); /* the list of sectors goes on in the FAT, and on */
	put_le32(file.data + OLE_FAT_AT + 4 * 127, 0);
	assert_broken(&file, ST_INVALID, "");
	small_file(&file);
	put_le32(file.data + OLE_DIRECTORY_AT + 2 * 128 + 68, 1); /* brothers in a circle: each is seen once */
	put_le32(file.data + OLE_DIRECTORY_AT + 128 + 68, 1);
	assert_int_equal(open_bytes(&file, "b", &err), ST_OK);
	put_le32(file.data + OLE_DIRECTORY_AT + 2 * 128 + 116, 5000); /* a sector far behind the end */
	assert_broken(&file, ST_INVALID, "behind its end");
	small_file(&file);
	put_le32(file.data + OLE_DIRECTORY_AT + 2 * 128 + 120, 64); /* a small stream in a file without such */
	assert_broken(&file, ST_INVALID, "small sector");
	put_le16(file.data + 0x1E, 31); /* sectors of 2 GiB */
	assert_broken(&file, ST_INVALID, "2^31");
	file.len = 100;
	assert_broken(&file, ST_INVALID, "no compound file");
	buf_done(&file);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "extract") == 0)
		return extract_main(argc - 1, argv + 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_read_in_the_order_of_the_text_not_of_the_file),
		cmocka_unit_test(headers_go_before_the_text_and_notes_boxes_and_footers_behind),
		cmocka_unit_test(what_is_hidden_or_deleted_and_how_a_field_is_made_is_no_text),
		cmocka_unit_test(letters_are_read_as_the_font_says),
		cmocka_unit_test(a_font_may_be_that_of_the_style),
		cmocka_unit_test(cells_of_a_row_are_one_line_and_a_letterhead_is_not),
		cmocka_unit_test(an_embedded_document_follows),
		cmocka_unit_test(what_is_encrypted_is_called_so),
		cmocka_unit_test(a_text_that_is_made_of_one_piece_again_and_again_is_refused),
		cmocka_unit_test(a_compound_file_that_is_broken_or_hostile_ends_with_a_reason),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
