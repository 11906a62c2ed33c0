/* indexer/extract/rtf.c - one pass over the bytes with a stack of groups. What a control word means stands in a table;
 * a word that is not in it changes nothing, and a group that begins with "\*" and such a word is left out.
 *
 * Characters are collected as units (tokenizer/legacy.h) as long as the encoding stays the same, and decoded together:
 * VNI writes a letter in two bytes, and they may be "\'hh" both. The encoding is that of the font: by its name (.VnTime
 * is TCVN3, VNI-Times VNI), by its character set (163 is Vietnamese), else by the document's \ansicpg. */
#include "indexer/extract/rtf.h"

#include "base/file.h"
#include "indexer/extract/limits.h"
#include "indexer/extract/lines.h"
#include "indexer/extract/old_font.h"
#include "tokenizer/plain.h"

#include <stdlib.h>

enum { DEPTH_MAX = 512, FONTS_MAX = 4096, WORD_MAX = 32, UNITS_MAX = 1 << 16 };

typedef enum {
	WORD_NONE,
	WORD_CHARACTER, /* stands for one */
	WORD_TAB,
	WORD_BREAK,
	WORD_SKIP,  /* a group that is no text */
	WORD_ASIDE, /* a group that stands on lines of its own */
	WORD_FONTS,
	WORD_FONT,
	WORD_CHARSET,
	WORD_CODE_PAGE,
	WORD_DEFAULT_FONT,
	WORD_HIDDEN,
	WORD_PLAIN,
	WORD_PARAGRAPH_PLAIN,
	WORD_IN_TABLE,
	WORD_CELL,
	WORD_ROW,
	WORD_UNICODE,
	WORD_UNICODE_COUNT,
	WORD_BINARY,
	WORD_UNICODE_GROUP,
} WordKind;

static const struct {
	const char *name;
	WordKind kind;
	uint32_t character;
} words[] = {
	{"par", WORD_BREAK, 0},
	{"line", WORD_BREAK, 0},
	{"page", WORD_BREAK, 0},
	{"sect", WORD_BREAK, 0},
	{"nestrow", WORD_BREAK, 0},
	{"tab", WORD_TAB, 0},
	{"nestcell", WORD_TAB, 0},
	{"cell", WORD_CELL, 0},
	{"row", WORD_ROW, 0},
	{"intbl", WORD_IN_TABLE, 0},
	{"pard", WORD_PARAGRAPH_PLAIN, 0},
	{"plain", WORD_PLAIN, 0},
	{"v", WORD_HIDDEN, 0},
	{"deleted", WORD_HIDDEN, 1},
	{"u", WORD_UNICODE, 0},
	{"uc", WORD_UNICODE_COUNT, 0},
	{"bin", WORD_BINARY, 0},
	{"f", WORD_FONT, 0},
	{"deff", WORD_DEFAULT_FONT, 0},
	{"fcharset", WORD_CHARSET, 0},
	{"ansicpg", WORD_CODE_PAGE, 0},
	{"fonttbl", WORD_FONTS, 0},
	{"upr", WORD_SKIP, 0},
	{"ud", WORD_UNICODE_GROUP, 0},
	{"colortbl", WORD_SKIP, 0},
	{"stylesheet", WORD_SKIP, 0},
	{"info", WORD_SKIP, 0},
	{"pict", WORD_SKIP, 0},
	{"nonshppict", WORD_SKIP, 0},
	{"objdata", WORD_SKIP, 0},
	{"fldinst", WORD_SKIP, 0},
	{"sp", WORD_SKIP, 0},
	{"shprslt", WORD_SKIP, 0},
	{"nonesttables", WORD_SKIP, 0},
	{"xe", WORD_SKIP, 0},
	{"tc", WORD_SKIP, 0},
	{"header", WORD_ASIDE, 0},
	{"headerl", WORD_ASIDE, 0},
	{"headerr", WORD_ASIDE, 0},
	{"headerf", WORD_ASIDE, 0},
	{"footer", WORD_ASIDE, 0},
	{"footerl", WORD_ASIDE, 0},
	{"footerr", WORD_ASIDE, 0},
	{"footerf", WORD_ASIDE, 0},
	{"footnote", WORD_ASIDE, 0},
	{"annotation", WORD_ASIDE, 0},
	{"shptxt", WORD_ASIDE, 0},
	{"dptxbxtext", WORD_ASIDE, 0},
	{"shpinst", WORD_PLAIN, 1},
	{"do", WORD_PLAIN, 1},
	{"lquote", WORD_CHARACTER, 0x2018},
	{"rquote", WORD_CHARACTER, 0x2019},
	{"ldblquote", WORD_CHARACTER, 0x201C},
	{"rdblquote", WORD_CHARACTER, 0x201D},
	{"bullet", WORD_CHARACTER, 0x2022},
	{"emdash", WORD_CHARACTER, 0x2014},
	{"endash", WORD_CHARACTER, 0x2013},
	{"emspace", WORD_CHARACTER, ' '},
	{"enspace", WORD_CHARACTER, ' '},
	{"qmspace", WORD_CHARACTER, ' '},
};
enum { WORD_COUNT = sizeof words / sizeof words[0] };

typedef struct {
	LegacyKind kind;
	bool capitals; /* draws small letters as capitals: .VnTimeH */
	bool has_kind; /* else the document's */
} Font;

typedef struct {
	unsigned font, unicode_count;
	bool skip, hidden, deleted, in_table, fonts, aside;
} Group;

typedef struct {
	LineWriter lines;
	Group stack[DEPTH_MAX], *group;
	Font fonts[FONTS_MAX];
	unsigned default_font, high_surrogate;
	LegacyKind document;
	Buf font_name, units, decoded, capitals;
	Font units_font;
	unsigned to_skip; /* characters that repeat a \u for old readers */
	bool starred;     /* "\*" was read */
} Rtf;

/* ---- text ------------------------------------------------------------------------------------------------------ */

static void flush(Rtf *r)
{
	if (r->units.len == 0)
		return;
	buf_clear(&r->decoded);
	legacy_decode(r->units_font.kind, (const LegacyUnit *)(const void *)r->units.data,
		      r->units.len / sizeof(LegacyUnit), &r->decoded, NULL);
	buf_clear(&r->units);
	Str text = buf_str(&r->decoded);
	if (!r->units_font.capitals) {
		lines_text(&r->lines, text);
		return;
	}
	buf_clear(&r->capitals);
	old_font_add_capitals(text, &r->capitals);
	lines_text(&r->lines, buf_str(&r->capitals));
}

static Font font_now(const Rtf *r)
{
	Font font = r->fonts[r->group->font < FONTS_MAX ? r->group->font : 0];
	if (!font.has_kind)
		font.kind = r->document;
	return font;
}

static void follow_table(Rtf *r)
{
	if (r->group->in_table && r->lines.rows == 0)
		lines_row_begin(&r->lines);
	else if (!r->group->in_table && r->lines.rows && !r->group->aside)
		lines_row_end(&r->lines);
}

/* One character: a byte of the font's encoding, or LEGACY_KEPT | code point. */
static void add_unit(Rtf *r, uint32_t c)
{
	const Group *g = r->group;
	if (r->to_skip) {
		r->to_skip--;
		return;
	}
	if (g->fonts && !g->skip && c < 0x80)
		buf_add_char(&r->font_name, (char)c);
	if (g->fonts || g->skip || g->hidden || g->deleted)
		return;
	Font font = font_now(r);
	if (r->units.len &&
	    (font.kind != r->units_font.kind || font.capitals != r->units_font.capitals || r->units.len > UNITS_MAX))
		flush(r);
	if (r->units.len == 0)
		follow_table(r);
	LegacyUnit unit = {c, 0};
	r->units_font = font;
	buf_add(&r->units, &unit, sizeof unit);
}

/* A byte that a careless program wrote as \u stays a byte where the font says what it is. */
static void add_unicode(Rtf *r, uint32_t c)
{
	Font font = font_now(r);
	bool legacy = font.kind == LEGACY_TCVN3 || font.kind == LEGACY_VNI || font.kind == LEGACY_VPS;
	if (c >= 0xD800 && c < 0xDC00) {
		r->high_surrogate = c;
		return;
	}
	if (c >= 0xDC00 && c < 0xE000)
		c = r->high_surrogate ? 0x10000 + ((r->high_surrogate - 0xD800) << 10) + (c - 0xDC00) : 0xFFFD;
	r->high_surrogate = 0;
	add_unit(r, c < 0x80 || (legacy && c < 0x100) ? c : LEGACY_KEPT | c);
}

static bool is_silent(const Rtf *r)
{
	return r->group->skip || r->group->hidden || r->group->deleted || r->group->fonts;
}

/* ---- fonts ----------------------------------------------------------------------------------------------------- */

static void end_font_name(Rtf *r)
{
	OldFont font = old_font_by_name(buf_str(&r->font_name));
	if (font.is_old && r->group->font < FONTS_MAX)
		r->fonts[r->group->font] = (Font){font.kind, font.capitals, true};
	buf_clear(&r->font_name);
}

static void set_charset(Rtf *r, int charset)
{
	if (r->group->fonts && r->group->font < FONTS_MAX && (charset == 163 || charset == 0))
		r->fonts[r->group->font] = (Font){charset == 163 ? LEGACY_CP1258 : r->document, false, charset == 163};
}

/* ---- control words --------------------------------------------------------------------------------------------- */

static void break_line(Rtf *r)
{
	if (is_silent(r))
		return;
	flush(r);
	lines_break(&r->lines);
}

static void end_cell(Rtf *r, bool is_row)
{
	if (is_silent(r))
		return;
	flush(r);
	if (r->lines.rows == 0 && !is_row)
		lines_row_begin(&r->lines);
	if (!is_row)
		lines_cell_end(&r->lines);
	else if (r->lines.rows)
		lines_row_end(&r->lines);
}

static void begin_aside(Rtf *r)
{
	flush(r);
	r->group->aside = true;
	if (r->lines.rows)
		lines_break(&r->lines);
	else
		lines_paragraph(&r->lines);
}

/* has_number: else number is 1, which switches on. */
static void obey(Rtf *r, size_t row, int number, bool has_number)
{
	Group *g = r->group;
	switch (words[row].kind) {
	case WORD_CHARACTER:
		add_unit(r, words[row].character < 0x80 ? words[row].character : LEGACY_KEPT | words[row].character);
		return;
	case WORD_TAB:
		if (!is_silent(r)) {
			flush(r);
			lines_tab(&r->lines);
		}
		return;
	case WORD_BREAK:
		break_line(r);
		return;
	case WORD_SKIP:
		g->skip = true;
		return;
	case WORD_ASIDE:
		if (!is_silent(r))
			begin_aside(r);
		return;
	case WORD_FONTS:
		g->fonts = true;
		return;
	case WORD_FONT:
		g->font = has_number && number >= 0 ? (unsigned)number : r->default_font;
		return;
	case WORD_CHARSET:
		set_charset(r, number);
		return;
	case WORD_CODE_PAGE:
		r->document = number == 1258 ? LEGACY_CP1258 : LEGACY_CP1252;
		return;
	case WORD_DEFAULT_FONT:
		r->default_font = g->font = number >= 0 ? (unsigned)number : 0;
		return;
	case WORD_HIDDEN:
		*(words[row].character ? &g->deleted : &g->hidden) = number != 0;
		return;
	case WORD_PLAIN:
		if (!words[row].character) {
			g->hidden = g->deleted = false;
			g->font = r->default_font;
		}
		return;
	case WORD_PARAGRAPH_PLAIN:
		g->in_table = false;
		return;
	case WORD_IN_TABLE:
		g->in_table = true;
		return;
	case WORD_CELL:
	case WORD_ROW:
		end_cell(r, words[row].kind == WORD_ROW);
		return;
	case WORD_UNICODE:
		r->to_skip = 0;
		add_unicode(r, (uint32_t)number & 0xFFFF);
		r->to_skip = g->unicode_count;
		return;
	case WORD_UNICODE_COUNT:
		g->unicode_count = number >= 0 && number < 100 ? (unsigned)number : 1;
		return;
	case WORD_UNICODE_GROUP:
		g->skip = false;
		return;
	case WORD_BINARY:
	case WORD_NONE:
		return;
	}
}

static size_t find_word(Str name)
{
	size_t row = 0;
	while (row < WORD_COUNT && !str_eq(name, str_from(words[row].name)))
		row++;
	return row;
}

/* The control word at `at`, behind its backslash; where it ends. */
static size_t read_word(Rtf *r, Str in, size_t at)
{
	size_t start = at;
	while (at < in.len && at - start < WORD_MAX && ((in.ptr[at] | 32) >= 'a' && (in.ptr[at] | 32) <= 'z'))
		at++;
	size_t row = find_word(str_slice(in, start, at));
	bool minus = at < in.len && in.ptr[at] == '-', has_number = false;
	int64_t number = 0;
	at += minus;
	for (; at < in.len && plain_is_digit((uint8_t)in.ptr[at]); at++, has_number = true)
		number = number < INT32_MAX / 10 ? number * 10 + (in.ptr[at] - '0') : number;
	number = !has_number ? 1 : minus ? -number : number;
	at += at < in.len && in.ptr[at] == ' ';
	if (row == WORD_COUNT)
		r->group->skip |= r->starred;
	else
		obey(r, row, (int)number, has_number);
	r->starred = false;
	if (row < WORD_COUNT && words[row].kind == WORD_BINARY && has_number && number > 0)
		at = (size_t)number < in.len - at ? at + (size_t)number : in.len;
	return at;
}

static size_t read_symbol(Rtf *r, Str in, size_t at)
{
	uint8_t byte;
	char c = in.ptr[at];
	if (c == '\'') {
		if (hex_decode(str_slice(in, at + 1, at + 3), &byte, 1))
			add_unit(r, byte);
		return at + 3 < in.len ? at + 3 : in.len;
	}
	if (c == '*')
		r->starred = true;
	else if (c == '~')
		add_unit(r, LEGACY_KEPT | 0xA0);
	else if (c == '_')
		add_unit(r, '-');
	else if (c == '\n' || c == '\r')
		break_line(r);
	else if (c == '\\' || c == '{' || c == '}')
		add_unit(r, (uint8_t)c);
	return at + 1;
}

/* ---- groups ---------------------------------------------------------------------------------------------------- */

static Status open_group(Rtf *r, Err *err)
{
	if (r->group + 1 == r->stack + DEPTH_MAX)
		return err_set(err, ST_LIMIT, "its groups are nested deeper than %d", DEPTH_MAX);
	r->to_skip = 0;
	r->starred = false;
	r->group[1] = r->group[0];
	r->group++;
	return ST_OK;
}

static void close_group(Rtf *r)
{
	const Group inner = *r->group;
	r->to_skip = 0;
	if (r->group == r->stack)
		return;
	r->group--;
	if (inner.aside && !r->group->aside) {
		flush(r);
		if (r->lines.rows)
			lines_break(&r->lines);
		else
			lines_paragraph(&r->lines);
	}
}

static Status read_all(Rtf *r, Str in, Err *err)
{
	Status st = ST_OK;
	for (size_t at = 0; at < in.len && st == ST_OK;) {
		char c = in.ptr[at++];
		if (c == '{')
			st = open_group(r, err);
		else if (c == '}')
			close_group(r);
		else if (c == '\\' && at < in.len)
			at = (in.ptr[at] | 32) >= 'a' && (in.ptr[at] | 32) <= 'z' ? read_word(r, in, at)
										  : read_symbol(r, in, at);
		else if (c == ';' && r->group->fonts && !r->group->skip)
			end_font_name(r);
		else if ((uint8_t)c >= ' ')
			add_unit(r, (uint8_t)c);
	}
	flush(r);
	return st;
}

Status rtf_read(int fd, Buf *out, Err *err)
{
	Buf bytes = {0};
	Rtf *r = calloc(1, sizeof *r);
	if (!r)
		return err_no_memory(err);
	r->group = r->stack;
	r->group->unicode_count = 1;
	Status st = file_read_fd(fd, EXTRACT_DECODE_MAX, &bytes, "the document", err);
	if (st == ST_OK && !str_starts(str_trim(buf_str(&bytes)), STR("{\\rtf")))
		st = err_set(err, ST_INVALID, "no RTF document");
	if (st == ST_OK) {
		lines_begin(&r->lines, out, false);
		st = read_all(r, buf_str(&bytes), err);
		lines_finish(&r->lines);
	}
	if (st == ST_OK &&
	    !(buf_ok(out) && buf_ok(&r->units) && buf_ok(&r->decoded) && buf_ok(&r->capitals) && buf_ok(&r->font_name)))
		st = err_no_memory(err);
	buf_done(&bytes);
	buf_done(&r->font_name);
	buf_done(&r->units);
	buf_done(&r->decoded);
	buf_done(&r->capitals);
	free(r);
	return st;
}
