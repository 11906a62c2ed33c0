/* indexer/extract/biff.c - the stream "Workbook" is a list of records: kind, length, bytes. What is longer than one
 * goes on in records of the kind CONTINUE; where that cuts a string, its rest begins with a byte that says anew whether
 * a character has one byte or two. The first part, the globals, lists the sheets with their places in the stream. */
#include "indexer/extract/biff.h"

#include "base/utf8.h"
#include "indexer/extract/cell_format.h"
#include "indexer/extract/limits.h"
#include "indexer/extract/lines.h"
#include "indexer/extract/old_font.h"
#include "indexer/extract/ole.h"

#include <stdio.h>
#include <stdlib.h>

typedef enum {
	REC_FORMULA = 0x06,
	REC_EOF = 0x0A,
	REC_HEADER = 0x14,
	REC_FOOTER = 0x15,
	REC_DATES = 0x22,
	REC_FILEPASS = 0x2F,
	REC_FONT = 0x31,
	REC_CONTINUE = 0x3C,
	REC_SHEET = 0x85,
	REC_MULTI_RK = 0xBD,
	REC_LOOK = 0xE0,
	REC_MERGES = 0xE5,
	REC_STRINGS = 0xFC,
	REC_SHARED = 0xFD,
	REC_BOX_TEXT = 0x1B6,
	REC_NUMBER = 0x203,
	REC_LABEL = 0x204,
	REC_TRUTH = 0x205,
	REC_RESULT = 0x207,
	REC_RK = 0x27E,
	REC_FORMAT = 0x41E,
	REC_BEGIN = 0x809,
} RecordKind;

enum { VERSION_97 = 0x600, GLOBALS = 5, SHEET = 0x10, SHEETS_MAX = 1024, LOOKS_MAX = 1 << 16, FORMATS_MAX = 4096 };

/* A record and those that continue it. */
typedef struct {
	Str stream;
	size_t at, end; /* of the bytes that are left of this one */
	uint16_t kind;
} Cursor;

typedef struct {
	uint16_t number;
	CellFormat format;
} NumberFormat;

typedef struct {
	uint16_t font, format;
} Look;

typedef struct {
	uint32_t at;
	Str name; /* a view of `names` once all are read */
	size_t name_end;
} Sheet;

typedef struct {
	const BiffHandlers *handlers;
	void *ctx;
	Buf stream, strings, string_ends, fonts, looks, formats, names;
	Sheet sheets[SHEETS_MAX];
	size_t sheet_count;
	bool since_1904;
	Buf value, shown;
	unsigned row, column; /* of a formula whose result comes in the next record … */
	uint16_t look;
	bool waits; /* … if it does */
} Book;

/* ---- records --------------------------------------------------------------------------------------------------- */

/* The record at `at` of the stream; false: the stream ends. */
static bool open_record(Str stream, size_t at, Cursor *out)
{
	if (at > stream.len || stream.len - at < 4)
		return false;
	size_t len = get_le16(stream.ptr + at + 2);
	*out = (Cursor){stream, at + 4, at + 4 + len, get_le16(stream.ptr + at)};
	if (out->end > stream.len)
		out->end = stream.len;
	return true;
}

static bool go_on(Cursor *c)
{
	Cursor next;
	if (!open_record(c->stream, c->end, &next) || next.kind != REC_CONTINUE)
		return false;
	c->at = next.at;
	c->end = next.end;
	return true;
}

static bool skip(Cursor *c, size_t len)
{
	while (len > c->end - c->at) {
		len -= c->end - c->at;
		if (!go_on(c))
			return false;
	}
	c->at += len;
	return true;
}

/* A little-endian number of at most four bytes; false: the record ends. */
static bool take(Cursor *c, size_t width, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < width; i++) {
		if (c->at == c->end && !go_on(c))
			return false;
		*out |= (uint32_t)(uint8_t)c->stream.ptr[c->at++] << 8 * i;
	}
	return true;
}

static void add_unit(uint32_t c, uint32_t *high, Buf *out)
{
	char utf8[4];
	if (c >= 0xD800 && c < 0xDC00) {
		*high = c;
		return;
	}
	if (c >= 0xDC00 && c < 0xE000)
		c = *high ? 0x10000 + ((*high - 0xD800) << 10) + (c - 0xDC00) : 0xFFFD;
	*high = 0;
	buf_add(out, utf8, utf8_encode(c, utf8));
}

static bool take_characters(Cursor *c, size_t count, bool wide, Buf *out)
{
	uint32_t high = 0;
	for (size_t width = wide ? 2 : 1; count > 0;) {
		if (c->at == c->end) {
			uint32_t flags;
			if (!go_on(c) || !take(c, 1, &flags))
				return false;
			width = flags & 1 ? 2 : 1;
		}
		if (c->end - c->at < width)
			return false;
		const char *p = c->stream.ptr + c->at;
		add_unit(width == 2 ? get_le16(p) : (uint8_t)*p, &high, out);
		c->at += width;
		count--;
	}
	return true;
}

/* A string behind its length of one byte or two, with all that may be said of its look. */
static bool take_string(Cursor *c, size_t length_width, Buf *out)
{
	enum { WIDE = 1, EXTENDED = 4, RICH = 8 };
	uint32_t count, flags, runs = 0, more = 0;
	if (!take(c, length_width, &count) || !take(c, 1, &flags))
		return false;
	if (((flags & RICH) && !take(c, 2, &runs)) || ((flags & EXTENDED) && !take(c, 4, &more)))
		return false;
	return take_characters(c, count, flags & WIDE, out) && skip(c, (size_t)runs * 4 + more);
}

/* ---- globals --------------------------------------------------------------------------------------------------- */

static void read_strings(Book *b, Cursor c)
{
	uint32_t total, count;
	if (!take(&c, 4, &total) || !take(&c, 4, &count))
		return;
	for (uint32_t i = 0; i < count && take_string(&c, 2, &b->strings); i++)
		buf_add(&b->string_ends, &b->strings.len, sizeof b->strings.len);
}

static void read_font(Book *b, Cursor c)
{
	enum { NAME_AT = 14 };
	Buf name = {0};
	if (skip(&c, NAME_AT))
		take_string(&c, 1, &name);
	OldFont font = old_font_by_name(buf_str(&name));
	buf_add(&b->fonts, &font, sizeof font);
	buf_done(&name);
}

static void read_format(Book *b, Cursor c)
{
	uint32_t number;
	Buf code = {0};
	if (take(&c, 2, &number) && take_string(&c, 2, &code) && b->formats.len < FORMATS_MAX * sizeof(NumberFormat)) {
		NumberFormat row = {(uint16_t)number, cell_format_of_code(buf_str(&code))};
		buf_add(&b->formats, &row, sizeof row);
	}
	buf_done(&code);
}

static void read_look(Book *b, Cursor c)
{
	uint32_t font, format;
	if (!take(&c, 2, &font) || !take(&c, 2, &format) || b->looks.len >= LOOKS_MAX * sizeof(Look))
		return;
	Look look = {(uint16_t)font, (uint16_t)format};
	buf_add(&b->looks, &look, sizeof look);
}

static Status read_sheet_row(Book *b, Cursor c, Err *err)
{
	uint32_t at, kind;
	if (!take(&c, 4, &at) || !take(&c, 2, &kind) || kind >> 8 != 0)
		return ST_OK; /* a chart, or macros */
	if (b->sheet_count == SHEETS_MAX)
		return err_set(err, ST_LIMIT, "it has more than %d sheets", SHEETS_MAX);
	take_string(&c, 1, &b->names);
	b->sheets[b->sheet_count++] = (Sheet){.at = at, .name_end = b->names.len};
	return ST_OK;
}

static Status read_global(Book *b, Cursor c, Err *err)
{
	uint32_t number = 0;
	switch (c.kind) {
	case REC_FILEPASS:
		return err_set(err, ST_UNSUPPORTED, "encrypted");
	case REC_DATES:
		b->since_1904 = take(&c, 2, &number) && number == 1;
		return ST_OK;
	case REC_FONT:
		read_font(b, c);
		return ST_OK;
	case REC_FORMAT:
		read_format(b, c);
		return ST_OK;
	case REC_LOOK:
		read_look(b, c);
		return ST_OK;
	case REC_SHEET:
		return read_sheet_row(b, c, err);
	case REC_STRINGS:
		read_strings(b, c);
		return ST_OK;
	default:
		return ST_OK;
	}
}

static Status read_globals(Book *b, Err *err)
{
	Cursor c;
	uint32_t version, kind;
	Status st = ST_OK;
	Str stream = buf_str(&b->stream);
	if (!open_record(stream, 0, &c) || c.kind != REC_BEGIN || !take(&c, 2, &version) || !take(&c, 2, &kind) ||
	    version != VERSION_97 || kind != GLOBALS)
		return err_set(err, ST_NOT_FOUND, "no workbook of Excel 97 or later");
	for (size_t at = c.end; st == ST_OK && open_record(stream, at, &c) && c.kind != REC_EOF; at = c.end)
		st = read_global(b, c, err);
	for (size_t i = 0, from = 0; i < b->sheet_count; from = b->sheets[i++].name_end)
		b->sheets[i].name = str_slice(buf_str(&b->names), from, b->sheets[i].name_end);
	Buf *bufs[] = {&b->strings, &b->string_ends, &b->fonts, &b->looks, &b->formats, &b->names};
	for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++)
		if (!buf_ok(bufs[i]))
			return err_no_memory(err);
	return st == ST_OK && b->sheet_count == 0 ? err_set(err, ST_NOT_FOUND, "a workbook that lists no sheet") : st;
}

/* ---- cells ----------------------------------------------------------------------------------------------------- */

static Look look_of(const Book *b, uint16_t number)
{
	Look look = {0, 0};
	if (number < b->looks.len / sizeof look)
		memcpy(&look, b->looks.data + number * sizeof look, sizeof look);
	return look;
}

static CellFormat format_of(const Book *b, uint16_t look)
{
	NumberFormat row;
	uint16_t number = look_of(b, look).format;
	for (size_t at = 0; at + sizeof row <= b->formats.len; at += sizeof row) {
		memcpy(&row, b->formats.data + at, sizeof row);
		if (row.number == number)
			return row.format;
	}
	return cell_format_built_in(number);
}

/* There is no font 4: numbers above it count from 1. */
static OldFont font_of(const Book *b, uint16_t look)
{
	OldFont font = {LEGACY_CP1252, false, false};
	size_t number = look_of(b, look).font;
	number -= number > 4;
	if (number < b->fonts.len / sizeof font)
		memcpy(&font, b->fonts.data + number * sizeof font, sizeof font);
	return font;
}

static Status give(Book *b, unsigned row, unsigned column, Str text, Err *err)
{
	return text.len ? b->handlers->cell(b->ctx, row, column, text, err) : ST_OK;
}

static Status give_text(Book *b, unsigned row, unsigned column, uint16_t look, Str text, Err *err)
{
	OldFont font = font_of(b, look);
	if (!font.is_old)
		return give(b, row, column, text, err);
	buf_clear(&b->shown);
	old_font_read(font, text, &b->shown);
	return buf_ok(&b->shown) ? give(b, row, column, buf_str(&b->shown), err) : err_no_memory(err);
}

static Status give_number(Book *b, unsigned row, unsigned column, uint16_t look, double value, Err *err)
{
	char number[40], shown[CELL_TEXT_MAX];
	snprintf(number, sizeof number, "%.17g", value);
	cell_show(str_from(number), format_of(b, look), b->since_1904, shown);
	return give(b, row, column, str_from(shown), err);
}

/* Bit 0: it is divided by 100; bit 1: a whole number of 30 bits, else the upper half of a double. */
static double of_rk(uint32_t rk)
{
	double value;
	uint64_t bits = (uint64_t)(rk & ~3u) << 32;
	if (rk & 2)
		value = (double)((int32_t)rk >> 2);
	else
		memcpy(&value, &bits, sizeof value);
	return rk & 1 ? value / 100 : value;
}

static double take_double(Cursor *c)
{
	uint32_t low = 0, high = 0;
	double value = 0;
	if (take(c, 4, &low) && take(c, 4, &high)) {
		uint64_t bits = (uint64_t)high << 32 | low;
		memcpy(&value, &bits, sizeof value);
	}
	return value;
}

static Str shared_string(const Book *b, uint32_t number)
{
	size_t start = 0, end;
	if (number >= b->string_ends.len / sizeof end)
		return (Str){NULL, 0};
	memcpy(&end, b->string_ends.data + number * sizeof end, sizeof end);
	if (number > 0)
		memcpy(&start, b->string_ends.data + (number - 1) * sizeof start, sizeof start);
	return str_slice(buf_str(&b->strings), start, end);
}

static Status read_many(Book *b, Cursor *c, unsigned row, unsigned column, Err *err)
{
	Status st = ST_OK;
	uint32_t look, rk;
	while (st == ST_OK && c->end - c->at >= 6 && take(c, 2, &look) && take(c, 4, &rk))
		st = give_number(b, row, column++, (uint16_t)look, of_rk(rk), err);
	return st;
}

/* Upper two bytes FFFF: the result is no number, and what it is stands in the first. */
static Status read_formula(Book *b, Cursor *c, unsigned row, unsigned column, uint16_t look, Err *err)
{
	enum { IS_TEXT, IS_TRUTH };
	if (c->end - c->at < 8)
		return ST_OK;
	const uint8_t *p = (const uint8_t *)c->stream.ptr + c->at;
	if (get_le16(p + 6) != 0xFFFF)
		return give_number(b, row, column, look, take_double(c), err);
	if (p[0] == IS_TRUTH)
		return give(b, row, column, p[2] ? STR("TRUE") : STR("FALSE"), err);
	b->waits = p[0] == IS_TEXT;
	b->row = row;
	b->column = column;
	b->look = look;
	return ST_OK;
}

static Status read_result(Book *b, Cursor *c, Err *err)
{
	buf_clear(&b->value);
	if (!b->waits)
		return ST_OK;
	b->waits = false;
	take_string(c, 2, &b->value);
	return give_text(b, b->row, b->column, b->look, buf_str(&b->value), err);
}

static Status read_cell(Book *b, Cursor c, Err *err)
{
	uint32_t row, column, look = 0, number = 0;
	if (!take(&c, 2, &row) || !take(&c, 2, &column))
		return ST_OK;
	if (c.kind == REC_MULTI_RK)
		return read_many(b, &c, row, column, err);
	if (!take(&c, 2, &look))
		return ST_OK;
	switch (c.kind) {
	case REC_SHARED:
		return take(&c, 4, &number) ? give_text(b, row, column, (uint16_t)look, shared_string(b, number), err)
					    : ST_OK;
	case REC_LABEL:
		buf_clear(&b->value);
		take_string(&c, 2, &b->value);
		return give_text(b, row, column, (uint16_t)look, buf_str(&b->value), err);
	case REC_NUMBER:
		return give_number(b, row, column, (uint16_t)look, take_double(&c), err);
	case REC_RK:
		return take(&c, 4, &number) ? give_number(b, row, column, (uint16_t)look, of_rk(number), err) : ST_OK;
	case REC_TRUTH:
		return take(&c, 2, &number) && number <= 1
			       ? give(b, row, column, number ? STR("TRUE") : STR("FALSE"), err)
			       : ST_OK;
	default:
		return read_formula(b, &c, row, column, (uint16_t)look, err);
	}
}

/* ---- sheets ---------------------------------------------------------------------------------------------------- */

/* The text of a box or a comment stands in the first record that continues this one. */
static Status read_box(Book *b, Cursor c, Err *err)
{
	enum { COUNT_AT = 10 };
	uint32_t count, flags;
	buf_clear(&b->value);
	if (!skip(&c, COUNT_AT) || !take(&c, 2, &count) || count == 0 || !go_on(&c) || !take(&c, 1, &flags))
		return ST_OK;
	take_characters(&c, count, flags & 1, &b->value);
	return b->handlers->aside(b->ctx, buf_str(&b->value), err);
}

/* "&C&\"Arial,Bold\"&12UBND" without what steers the printer. */
static Status read_head(Book *b, Cursor c, Err *err)
{
	buf_clear(&b->value);
	buf_clear(&b->shown);
	if (c.at == c.end || !take_string(&c, 2, &b->value))
		return ST_OK;
	cell_head_text(buf_str(&b->value), &b->shown);
	return b->handlers->aside(b->ctx, buf_str(&b->shown), err);
}

static void read_merges(Book *b, Cursor c)
{
	uint32_t count, first_row, last_row, first_column, last_column;
	if (!b->handlers->merge || !take(&c, 2, &count))
		return;
	for (; count && take(&c, 2, &first_row) && take(&c, 2, &last_row) && take(&c, 2, &first_column) &&
	       take(&c, 2, &last_column);
	     count--)
		if (last_row > first_row)
			b->handlers->merge(b->ctx, first_row, first_column, last_row - first_row + 1);
}

static Status read_record(Book *b, Cursor c, Err *err)
{
	switch (c.kind) {
	case REC_SHARED:
	case REC_LABEL:
	case REC_NUMBER:
	case REC_RK:
	case REC_MULTI_RK:
	case REC_TRUTH:
	case REC_FORMULA:
		return read_cell(b, c, err);
	case REC_RESULT:
		return read_result(b, &c, err);
	case REC_BOX_TEXT:
		return read_box(b, c, err);
	case REC_HEADER:
	case REC_FOOTER:
		return read_head(b, c, err);
	case REC_MERGES:
		read_merges(b, c);
		return ST_OK;
	default:
		return ST_OK;
	}
}

static Status read_sheet(Book *b, const Sheet *sheet, Err *err)
{
	Cursor c;
	unsigned depth = 1; /* charts stand in a sheet as a part of their own */
	Str stream = buf_str(&b->stream);
	if (!open_record(stream, sheet->at, &c) || c.kind != REC_BEGIN)
		return err_set(err, ST_INVALID, "broken or cut off: one of its sheets is not where it should be");
	Status st = b->handlers->sheet(b->ctx, sheet->name, err);
	b->waits = false;
	for (size_t at = c.end; st == ST_OK && depth; at = c.end) {
		if (!open_record(stream, at, &c))
			return err_set(err, ST_INVALID, "broken or cut off: one of its sheets does not end");
		depth += (c.kind == REC_BEGIN) - (c.kind == REC_EOF);
		st = depth == 1 ? read_record(b, c, err) : ST_OK;
	}
	return st;
}

static Status read_book(Book *b, int fd, Err *err)
{
	OleFile *ole;
	Status st = ole_open(&ole, fd, err);
	if (st == ST_INVALID)
		err->code = ST_NOT_FOUND;
	if (st != ST_OK)
		return err->code;
	if (ole_has(ole, 0, "EncryptedPackage"))
		st = err_set(err, ST_UNSUPPORTED, "encrypted");
	else
		st = ole_read(ole, 0, "Workbook", &b->stream, err);
	ole_close(ole);
	if (st == ST_OK)
		st = read_globals(b, err);
	for (size_t i = 0; i < b->sheet_count && st == ST_OK; i++)
		st = read_sheet(b, &b->sheets[i], err);
	return st;
}

Status biff_read(int fd, const BiffHandlers *handlers, void *ctx, Err *err)
{
	Book *b = calloc(1, sizeof *b);
	if (!b)
		return err_no_memory(err);
	b->handlers = handlers;
	b->ctx = ctx;
	Status st = read_book(b, fd, err);
	if (st == ST_OK && !(buf_ok(&b->value) && buf_ok(&b->shown)))
		st = err_no_memory(err);
	Buf *bufs[] = {&b->stream,  &b->strings, &b->string_ends, &b->fonts, &b->looks,
		       &b->formats, &b->names,   &b->value,       &b->shown};
	for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++)
		buf_done(bufs[i]);
	free(b);
	return st;
}

/* ---- as text --------------------------------------------------------------------------------------------------- */

typedef struct {
	Buf *out;
	LineWriter lines;
	unsigned row;
} SheetText;

static Status check_size(const SheetText *t, Err *err)
{
	if (t->out->len > EXTRACT_TEXT_MAX)
		return err_set(err, ST_LIMIT, "its text is larger than %d MiB", EXTRACT_TEXT_MAX >> 20);
	return buf_ok(t->out) ? ST_OK : err_no_memory(err);
}

static Status begin_sheet(void *ctx, Str name, Err *err)
{
	SheetText *t = ctx;
	lines_finish(&t->lines);
	if (cell_sheet_has_own_name(name)) {
		lines_text(&t->lines, name);
		lines_paragraph(&t->lines);
	}
	t->row = 0;
	return check_size(t, err);
}

static Status add_cell(void *ctx, unsigned row, unsigned column, Str text, Err *err)
{
	SheetText *t = ctx;
	(void)column;
	if (row != t->row && t->lines.rows)
		lines_row_end(&t->lines);
	if (t->lines.rows == 0)
		lines_row_begin(&t->lines);
	t->row = row;
	lines_text(&t->lines, text);
	lines_cell_end(&t->lines);
	return check_size(t, err);
}

static Status add_aside(void *ctx, Str text, Err *err)
{
	SheetText *t = ctx;
	Str line;
	if (t->lines.rows)
		lines_row_end(&t->lines);
	while (str_split(&text, '\n', &line)) {
		lines_text(&t->lines, line);
		lines_paragraph(&t->lines);
	}
	return check_size(t, err);
}

Status biff_read_text(int fd, Buf *out, Err *err)
{
	static const BiffHandlers handlers = {begin_sheet, add_cell, add_aside, NULL};
	SheetText text = {.out = out};
	lines_begin(&text.lines, out, false);
	Status st = biff_read(fd, &handlers, &text, err);
	lines_finish(&text.lines);
	return st;
}
