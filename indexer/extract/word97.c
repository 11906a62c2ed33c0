/* indexer/extract/word97.c - the file information block says where everything stands, the list of pieces which bytes
 * are which characters. A story (the text, the notes …) is a range of characters; it is written character by character,
 * with the look of each (word97_look.h), in segments of one font. */
#include "indexer/extract/word97.h"

#include "base/utf8.h"
#include "indexer/extract/limits.h"
#include "indexer/extract/lines.h"
#include "indexer/extract/ole.h"
#include "indexer/extract/word97_look.h"

#include <stdlib.h>

enum {
	FIB_BYTES = 0x1AA, /* of Word 97 */
	FIB_VERSION = 0x02,
	FIB_FLAGS = 0x0A,
	FIB_LENGTHS = 0x4C, /* ccpText and those that follow */
	FIB_PLACES = 0x9A,  /* pairs of offset and length in the table stream */
	FIB_MAGIC = 0xA5EC,
	VERSION_97 = 0xC0,
	FLAG_ENCRYPTED = 0x0100,
	FLAG_TABLE_1 = 0x0200,

	PLACE_STYLES = 1,
	PLACE_HEADERS = 11,
	PLACE_CHARACTERS = 12,
	PLACE_PARAGRAPHS = 13,
	PLACE_FONTS = 15,
	PLACE_PIECES = 33,

	PIECE_BYTES = 8,
	FIELDS_MAX = 32,
	CHARACTERS_MAX = 64 << 20,
};

/* In the order in which they follow one another. */
typedef enum {
	STORY_TEXT,
	STORY_NOTES,
	STORY_HEADERS,
	STORY_MACROS,
	STORY_COMMENTS,
	STORY_ENDNOTES,
	STORY_BOXES,
	STORY_HEADER_BOXES,
	STORY_COUNT
} StoryKind;

typedef struct {
	uint32_t from, to; /* characters */
} Story;

typedef struct {
	const OleFile *ole;
	unsigned folder;
	Buf document, table;
	Str ends, pieces; /* of the characters of each piece, and the pieces */
	size_t piece_count;
	Story stories[STORY_COUNT];
	WordLooks looks;
	LineWriter lines;
	Buf segment, shown; /* characters of one font, and how they read */
	OldFont font;
	uint32_t high_surrogate;
	unsigned fields;                 /* open ones … */
	bool in_instruction[FIELDS_MAX]; /* … before their result */
	uint64_t characters;
} Word;

/* ---- where everything stands ----------------------------------------------------------------------------------- */

static Str place(const Word *w, unsigned number)
{
	const char *pair = w->document.data + FIB_PLACES + (size_t)number * 8;
	size_t at = get_le32(pair), len = get_le32(pair + 4);
	Str all = buf_str(&w->table);
	return at <= all.len ? str_slice(all, at, at + len) : (Str){NULL, 0};
}

static Status find_pieces(Word *w, Err *err)
{
	Str list = place(w, PLACE_PIECES);
	while (list.len >= 3 && list.ptr[0] == 1) /* changes of the look of whole pieces */
		list = str_slice(list, 3 + (size_t)get_le16(list.ptr + 1), list.len);
	if (list.len < 5 || list.ptr[0] != 2)
		return err_set(err, ST_NOT_FOUND, "broken: a Word document without its list of pieces");
	list = str_slice(list, 5, 5 + (size_t)get_le32(list.ptr + 1));
	w->piece_count = list.len >= 4 ? (list.len - 4) / (4 + PIECE_BYTES) : 0;
	w->ends = str_slice(list, 0, 4 * (w->piece_count + 1));
	w->pieces = str_slice(list, 4 * (w->piece_count + 1), list.len);
	if (w->piece_count == 0)
		return err_set(err, ST_NOT_FOUND, "broken: a Word document without its list of pieces");
	return ST_OK;
}

static void find_stories(Word *w)
{
	uint64_t at = 0;
	for (int i = 0; i < STORY_COUNT; i++) {
		uint64_t end = at + get_le32(w->document.data + FIB_LENGTHS + 4 * (size_t)i);
		w->stories[i] = (Story){(uint32_t)at, (uint32_t)(end < UINT32_MAX ? end : UINT32_MAX)};
		at = w->stories[i].to;
	}
}

static Status open_document(Word *w, Err *err)
{
	Status st = ole_read(w->ole, w->folder, "WordDocument", &w->document, err);
	if (st != ST_OK)
		return st == ST_INVALID ? err_set(err, ST_NOT_FOUND, "the document is cut off") : st;
	const char *fib = w->document.data;
	if (w->document.len < FIB_BYTES || get_le16(fib) != FIB_MAGIC || get_le16(fib + FIB_VERSION) < VERSION_97)
		return err_set(err, ST_NOT_FOUND, "no document of Word 97 or later");
	if (get_le16(fib + FIB_FLAGS) & FLAG_ENCRYPTED)
		return err_set(err, ST_UNSUPPORTED, "encrypted");
	st = ole_read(w->ole, w->folder, get_le16(fib + FIB_FLAGS) & FLAG_TABLE_1 ? "1Table" : "0Table", &w->table,
		      err);
	if (st != ST_OK)
		return st == ST_INVALID ? err_set(err, ST_NOT_FOUND, "the document is cut off") : st;
	WordTables tables = {buf_str(&w->document), place(w, PLACE_CHARACTERS), place(w, PLACE_PARAGRAPHS),
			     place(w, PLACE_STYLES), place(w, PLACE_FONTS)};
	find_stories(w);
	st = find_pieces(w, err);
	return st == ST_OK ? word_looks_read(&tables, &w->looks, err) : st;
}

/* ---- characters ------------------------------------------------------------------------------------------------ */

static uint32_t of_cp1252(uint8_t byte)
{
	static const uint16_t high[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
					  0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
					  0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
					  0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
	return byte >= 0x80 && byte < 0xA0 ? high[byte - 0x80] : byte;
}

static void flush(Word *w)
{
	if (w->segment.len == 0)
		return;
	buf_clear(&w->shown);
	if (w->font.is_old)
		old_font_read(w->font, buf_str(&w->segment), &w->shown);
	lines_text(&w->lines, w->font.is_old ? buf_str(&w->shown) : buf_str(&w->segment));
	buf_clear(&w->segment);
}

static void add_character(Word *w, uint32_t c, OldFont font)
{
	char utf8[4];
	if (c >= 0xD800 && c < 0xDC00) {
		w->high_surrogate = c;
		return;
	}
	if (c >= 0xDC00 && c < 0xE000)
		c = w->high_surrogate ? 0x10000 + ((w->high_surrogate - 0xD800) << 10) + (c - 0xDC00) : 0xFFFD;
	w->high_surrogate = 0;
	if (w->segment.len &&
	    (font.kind != w->font.kind || font.is_old != w->font.is_old || font.capitals != w->font.capitals))
		flush(w);
	w->font = font;
	buf_add(&w->segment, utf8, utf8_encode(c, utf8));
}

static bool is_silent(const Word *w)
{
	for (unsigned i = 0; i < w->fields && i < FIELDS_MAX; i++)
		if (w->in_instruction[i])
			return true;
	return false;
}

/* Begin 0x13, result 0x14, end 0x15. */
static void follow_field(Word *w, uint32_t c)
{
	if (c == 0x13) {
		if (w->fields < FIELDS_MAX)
			w->in_instruction[w->fields] = true;
		w->fields++;
	} else if (c == 0x14 && w->fields && w->fields <= FIELDS_MAX) {
		w->in_instruction[w->fields - 1] = false;
	} else if (c == 0x15 && w->fields) {
		w->fields--;
	}
}

static void end_paragraph(Word *w, uint32_t c, const WordParagraphLook *look)
{
	flush(w);
	if (look->ends_inner_cell && !look->ends_inner_row)
		lines_tab(&w->lines);
	else if (c != 7)
		lines_break(&w->lines);
	else if (look->ends_row && w->lines.rows)
		lines_row_end(&w->lines);
	else
		lines_cell_end(&w->lines);
}

static void follow_table(Word *w, const WordParagraphLook *look)
{
	if (look->in_table && w->lines.rows == 0)
		lines_row_begin(&w->lines);
	else if (!look->in_table && w->lines.rows)
		lines_row_end(&w->lines);
}

/* One character at fc of the stream. */
static void write_character(Word *w, uint32_t c, uint32_t fc)
{
	WordParagraphLook paragraph = word_paragraph_look(&w->looks, fc);
	WordCharacterLook look = word_character_look(&w->looks, fc, &paragraph);
	if (c >= 0x13 && c <= 0x15) {
		follow_field(w, c);
		return;
	}
	if (is_silent(w) || look.is_deleted || (look.is_hidden && c != 7 && c != '\r'))
		return;
	if (w->segment.len == 0)
		follow_table(w, &paragraph);
	switch (c) {
	case '\r':
	case 7:
		end_paragraph(w, c, &paragraph);
		return;
	case 0x0B: /* a line */
	case 0x0C: /* a page or section */
	case 0x0E: /* a column */
		flush(w);
		lines_break(&w->lines);
		return;
	case '\t':
		flush(w);
		lines_tab(&w->lines);
		return;
	case 0x1E:
		add_character(w, '-', look.font);
		return;
	default:
		if (c >= ' ') /* else a picture, a note's number, a hyphen that is not shown */
			add_character(w, c, look.font);
	}
}

/* ---- stories --------------------------------------------------------------------------------------------------- */

/* The part of a piece that lies in [from, to). */
static void write_piece(Word *w, size_t piece, uint32_t from, uint32_t to)
{
	uint32_t start = get_le32(w->ends.ptr + 4 * piece);
	uint32_t fc = get_le32(w->pieces.ptr + PIECE_BYTES * piece + 2);
	bool is_bytes = fc >> 30 & 1;
	size_t width = is_bytes ? 1 : 2;
	uint64_t at = is_bytes ? (fc & 0x3FFFFFFF) / 2 : fc & 0x3FFFFFFF;
	at += (uint64_t)(from - start) * width;
	for (uint32_t i = from; i < to && at + width <= w->document.len; i++, at += width) {
		const char *p = w->document.data + at;
		write_character(w, is_bytes ? of_cp1252((uint8_t)*p) : get_le16(p), (uint32_t)at);
	}
}

static Status write_range(Word *w, uint32_t from, uint32_t to, Err *err)
{
	w->fields = 0;
	w->high_surrogate = 0;
	for (size_t i = 0; i < w->piece_count; i++) {
		uint32_t start = get_le32(w->ends.ptr + 4 * i), end = get_le32(w->ends.ptr + 4 * i + 4);
		uint32_t first = start > from ? start : from, last = end < to ? end : to;
		if (first >= last)
			continue;
		w->characters += last - first;
		if (w->characters > CHARACTERS_MAX || w->lines.out->len > EXTRACT_TEXT_MAX)
			return err_set(err, ST_LIMIT, "its text is larger than %d MiB", EXTRACT_TEXT_MAX >> 20);
		write_piece(w, i, first, last);
	}
	flush(w);
	lines_finish(&w->lines);
	return ST_OK;
}

static Status write_story(Word *w, StoryKind kind, Err *err)
{
	return write_range(w, w->stories[kind].from, w->stories[kind].to, err);
}

/* Behind six separators of notes each section has six: header of even pages, of odd ones, the two footers, header and
 * footer of its first page. */
static Status write_headers(Word *w, bool footers, Err *err)
{
	Str ends = place(w, PLACE_HEADERS);
	const Story *story = &w->stories[STORY_HEADERS];
	Status st = ST_OK;
	for (size_t i = 6; 4 * (i + 2) <= ends.len && st == ST_OK; i++) {
		uint64_t from = (uint64_t)story->from + get_le32(ends.ptr + 4 * i);
		uint64_t to = (uint64_t)story->from + get_le32(ends.ptr + 4 * i + 4);
		bool is_footer = i % 6 == 2 || i % 6 == 3 || i % 6 == 5;
		if (is_footer == footers && to <= story->to && from < to)
			st = write_range(w, (uint32_t)from, (uint32_t)to, err);
	}
	return st;
}

static Status write_all(Word *w, Err *err)
{
	static const StoryKind order[] = {STORY_HEADER_BOXES, STORY_TEXT,     STORY_BOXES,
					  STORY_NOTES,        STORY_ENDNOTES, STORY_COMMENTS};
	Status st = write_headers(w, false, err);
	for (size_t i = 0; i < sizeof order / sizeof order[0] && st == ST_OK; i++)
		st = write_story(w, order[i], err);
	return st == ST_OK ? write_headers(w, true, err) : st;
}

static Status read_folder(const OleFile *ole, unsigned folder, Buf *out, Err *err)
{
	Word *w = calloc(1, sizeof *w);
	if (!w)
		return err_no_memory(err);
	w->ole = ole;
	w->folder = folder;
	lines_begin(&w->lines, out, false);
	Status st = open_document(w, err);
	if (st == ST_OK)
		st = write_all(w, err);
	if (st == ST_OK && !(buf_ok(out) && buf_ok(&w->segment) && buf_ok(&w->shown)))
		st = err_no_memory(err);
	word_looks_done(&w->looks);
	buf_done(&w->document);
	buf_done(&w->table);
	buf_done(&w->segment);
	buf_done(&w->shown);
	free(w);
	return st;
}

/* Documents that are embedded follow the one that they stand in. */
Status word97_read(int fd, Buf *out, Err *err)
{
	OleFile *ole;
	Status st = ole_open(&ole, fd, err);
	if (st == ST_INVALID)
		err->code = ST_NOT_FOUND;
	if (st != ST_OK)
		return err->code;
	if (ole_has(ole, 0, "EncryptedPackage"))
		st = err_set(err, ST_UNSUPPORTED, "encrypted");
	else if (!ole_has(ole, 0, "WordDocument"))
		st = err_set(err, ST_NOT_FOUND, "no document of Word");
	for (unsigned i = 0; i < ole_folder_count(ole) && st == ST_OK; i++)
		if (ole_has(ole, i, "WordDocument"))
			st = read_folder(ole, i, out, err);
	ole_close(ole);
	return st;
}
