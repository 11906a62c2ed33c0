/* indexer/extract/cell_format.c - a format's code is read letter by letter, without what stands in quotes, brackets or
 * behind a backslash. "m" is the month unless hours stand before it or seconds behind it; since only the shape counts,
 * a month that is a minute is told from one by whether the code has days or years at all. */
#include "indexer/extract/cell_format.h"

#include "indexer/source/grid.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

CellFormat cell_format_built_in(uint64_t number)
{
	static const struct {
		uint8_t from, to;
		unsigned shape;
	} rows[] = {
		{14, 16, CELL_DATE},     {17, 17, CELL_MONTH}, {18, 21, CELL_TIME}, {22, 22, CELL_DATE | CELL_TIME},
		{27, 31, CELL_DATE},     {32, 35, CELL_TIME},  {36, 36, CELL_DATE}, {45, 45, CELL_TIME},
		{46, 46, CELL_DURATION}, {47, 47, CELL_TIME},  {50, 58, CELL_DATE},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (number >= rows[i].from && number <= rows[i].to)
			return (CellFormat){rows[i].shape, 0};
	return (CellFormat){CELL_PLAIN, 0};
}

typedef struct {
	bool day, month, year, hour, second, elapsed, other;
	unsigned zeros;
} CodeLetters;

/* What is written as it stands ends here; returns the offset of its last byte. */
static size_t skip_literal(Str code, size_t at)
{
	if (code.ptr[at] == '"') {
		ptrdiff_t end = str_find_char(str_slice(code, at + 1, code.len), '"');
		return end < 0 ? code.len : at + 1 + (size_t)end;
	}
	return at + 1; /* "\x", "_x", "*x" */
}

static size_t skip_bracket(Str code, size_t at, CodeLetters *l)
{
	ptrdiff_t end = str_find_char(str_slice(code, at, code.len), ']');
	Str inside = str_slice(code, at + 1, end < 0 ? code.len : at + (size_t)end);
	size_t units = 0;
	while (units < inside.len && strchr("hHmMsS", inside.ptr[units]))
		units++;
	l->elapsed |= units > 0 && units == inside.len;
	return end < 0 ? code.len : at + (size_t)end;
}

static CodeLetters letters_of(Str code)
{
	CodeLetters l = {0};
	for (size_t at = 0; at < code.len && code.ptr[at] != ';'; at++) {
		char c = code.ptr[at];
		char small = (char)(c | 0x20);
		if (c == '"' || c == '\\' || c == '_' || c == '*')
			at = skip_literal(code, at);
		else if (c == '[')
			at = skip_bracket(code, at, &l);
		else if (small == 'd')
			l.day = true;
		else if (small == 'm')
			l.month = true;
		else if (small == 'y' || small == 'e')
			l.year = true;
		else if (small == 'h')
			l.hour = true;
		else if (small == 's')
			l.second = true;
		else if (c == '0')
			l.zeros++;
		else
			l.other |= c == '#' || c == '?' || c == '.' || c == '%' || c == ',' || c == 'E';
	}
	return l;
}

CellFormat cell_format_of_code(Str code)
{
	if (str_eq_nocase(str_slice(code, 0, 7), STR("General")))
		return (CellFormat){CELL_PLAIN, 0};
	CodeLetters l = letters_of(code);
	if (l.elapsed)
		return (CellFormat){CELL_DURATION, 0};
	if (l.zeros || l.other) { /* "0.0E+0", "mm:ss.0" */
		bool pads = l.zeros > 1 && l.zeros <= 15 && !l.other && !l.day && !l.month && !l.hour && !l.second;
		bool time = l.hour || l.second;
		return (CellFormat){time ? CELL_TIME : pads ? CELL_PADDED : CELL_PLAIN, l.zeros};
	}
	unsigned shape = l.hour || l.second ? CELL_TIME : 0;
	if (l.day)
		shape |= CELL_DATE;
	else if (l.year)
		shape |= l.month ? CELL_MONTH : CELL_YEAR;
	else if (l.month && !shape)
		shape |= CELL_DATE; /* a month's name alone: the day is known */
	return (CellFormat){shape ? shape : CELL_PLAIN, 0};
}

static int show_date(const char iso[static 11], unsigned shape, char *out)
{
	if (shape & CELL_YEAR)
		return snprintf(out, CELL_TEXT_MAX, "%.4s", iso);
	if (shape & CELL_MONTH)
		return snprintf(out, CELL_TEXT_MAX, "%.2s/%.4s", iso + 5, iso);
	return snprintf(out, CELL_TEXT_MAX, "%.2s/%.2s/%.4s", iso + 8, iso + 5, iso);
}

static void show_plain(Str number, double value, char *out)
{
	size_t digits = 0;
	for (size_t i = 0; i < number.len; i++)
		digits += number.ptr[i] >= '0' && number.ptr[i] <= '9';
	bool exact = digits <= 15 || str_find_char(number, '.') < 0;
	if (exact && str_find_char(number, 'E') < 0 && str_find_char(number, 'e') < 0)
		snprintf(out, CELL_TEXT_MAX, "%.*s", (int)number.len, number.ptr);
	else
		snprintf(out, CELL_TEXT_MAX, "%.15g", value);
}

void cell_show(Str number, CellFormat format, bool since_1904, char out[static CELL_TEXT_MAX])
{
	char text[CELL_TEXT_MAX], iso[11], *end;
	snprintf(text, sizeof text, "%.*s", STR_ARG(number));
	double value = strtod(text, &end);
	bool usable = number.len && number.len < sizeof text && *end == 0 && isfinite(value) && value >= 0;
	if (number.len >= sizeof text)
		number = str_slice(number, 0, sizeof text - 1);
	if (!usable || value >= 1e9) {
		show_plain(number, value, out);
		return;
	}
	uint64_t minutes = (uint64_t)(value * 1440 + 0.5), days = minutes / 1440;
	int len = 0;
	if (format.shape == CELL_PADDED && value == floor(value)) {
		snprintf(out, CELL_TEXT_MAX, "%0*.0f", (int)format.digits, value);
	} else if (format.shape == CELL_DURATION) {
		snprintf(out, CELL_TEXT_MAX, "%u:%02u", (unsigned)(minutes / 60), (unsigned)(minutes % 60));
	} else if (format.shape == CELL_TIME && value < 1) {
		snprintf(out, CELL_TEXT_MAX, "%02u:%02u", (unsigned)(minutes / 60), (unsigned)(minutes % 60));
	} else if (format.shape >= CELL_DATE && grid_date_of_serial(days, since_1904, iso)) {
		len = show_date(iso, format.shape, out);
		if (format.shape & CELL_TIME)
			snprintf(out + len, CELL_TEXT_MAX - (size_t)len, " %02u:%02u", (unsigned)(minutes / 60 % 24),
				 (unsigned)(minutes % 60));
	} else {
		show_plain(number, value, out);
	}
}

bool cell_date_of_iso(Str iso, char out[static CELL_TEXT_MAX])
{
	char day[11];
	if (iso.len < 10 || iso.ptr[4] != '-' || iso.ptr[7] != '-')
		return false;
	for (size_t i = 0; i < 10; i++)
		if (i != 4 && i != 7 && (iso.ptr[i] < '0' || iso.ptr[i] > '9'))
			return false;
	memcpy(day, iso.ptr, 10);
	day[10] = 0;
	int len = show_date(day, CELL_DATE, out);
	if (iso.len >= 16 && iso.ptr[10] == 'T' && iso.ptr[13] == ':' &&
	    !str_starts(str_slice(iso, 11, iso.len), STR("00:00")))
		snprintf(out + len, CELL_TEXT_MAX - (size_t)len, " %.5s", iso.ptr + 11);
	return true;
}

/* ---- around the cells ------------------------------------------------------------------------------------------ */

void cell_head_text(Str head, Buf *out)
{
	for (size_t at = 0; at < head.len; at++) {
		char c = head.ptr[at], code = at + 1 < head.len ? head.ptr[at + 1] : 0;
		if (c != '&') {
			buf_add_char(out, c);
		} else if (code == 'L' || code == 'C' || code == 'R') {
			buf_add_char(out, '\n');
			at++;
		} else if (code == '&') {
			buf_add_char(out, '&');
			at++;
		} else if (code == '"') {
			ptrdiff_t end = str_find_char(str_slice(head, at + 2, head.len), '"');
			at = end < 0 ? head.len : at + 2 + (size_t)end;
		} else if (code >= '0' && code <= '9') { /* a size */
			while (at + 1 < head.len && head.ptr[at + 1] >= '0' && head.ptr[at + 1] <= '9')
				at++;
		} else {
			at++;
		}
	}
}

bool cell_sheet_has_own_name(Str name)
{
	static const char *const given[] = {"Sheet", "Trang", "Bảng"};
	for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
		size_t at = strlen(given[i]);
		if (!str_starts(name, str_from(given[i])))
			continue;
		while (at < name.len && (name.ptr[at] == ' ' || (name.ptr[at] >= '0' && name.ptr[at] <= '9')))
			at++;
		if (at == name.len)
			return false;
	}
	return name.len > 0;
}
