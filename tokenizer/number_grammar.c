/* tokenizer/number_grammar.c - reads a number from left to right over plain characters (plain.h).
 *
 *   state  num / [year /] group - group …       15/2019/QĐ-UBND   45/2019/QH14   05/BNV-VP
 *   party  num - type / group - group …         52-NQ/TW
 *   old    num - organ                          73-CP   217-HĐBT
 */
#include "tokenizer/number_grammar.h"
#include "tokenizer/date.h"
#include "tokenizer/doc_type.h"
#include "tokenizer/plain.h"

/* Notations written with small letters inside; a capital before a small letter begins the next word otherwise. */
static const char *const mixed_case[] = {"TTg", "CTr", "TTr", "TrS", "QyĐ", "QĐi", "SLu", "TTh", "VPCTn", "CTn"};
static const char *const old_organs[] = {"CP",  "TTG", "HDBT", "HDNN", "HDCP", "CT",
					 "BXD", "LB",  "SL",   "TW",   "NV",   "UB"};

typedef enum { GROUP_CAPITALS, GROUP_SMALL, GROUP_ANY } GroupCase;

static bool is_lower_letter(uint32_t c)
{
	return plain_is_letter(c) && plain_upper(c) != c;
}

/* Appends; false, and nothing appended, where there is no room for it and a zero. */
static bool put(char **at, const char *end, const char *s)
{
	size_t len = strlen(s);
	if (len >= (size_t)(end - *at))
		return false;
	memcpy(*at, s, len + 1);
	*at += len;
	return true;
}

/* There is room for 10 digits and a zero. */
static void put_unsigned(char **at, unsigned value)
{
	char digits[10];
	size_t len = 0;
	do
		digits[len++] = (char)('0' + value % 10);
	while (value /= 10);
	while (len)
		*(*at)++ = digits[--len];
	**at = 0;
}

/* num: "15", "1.234" (thousands), "66.15" (a number and its part). Letters read for digits only when `ocr`. */
static const uint8_t *read_num(const uint8_t *p, const uint8_t *end, RecordNumber *out)
{
	unsigned value = 0, digits = 0, zeros = 0, width, part = 0, part_digits = 0;
	uint32_t c;
	for (; (c = plain_next(p, end, &width)) != 0 && plain_is_digit(c); p += width) {
		if (++digits > 7)
			return NULL;
		zeros += value == 0 && c == '0';
		value = value * 10 + (c - '0');
	}
	if (!digits)
		return NULL;
	out->zeros = (uint8_t)(zeros - (value == 0));
	if (c == '.') {
		const uint8_t *q = p + width;
		for (; (c = plain_next(q, end, &width)) != 0 && plain_is_digit(c); q += width) {
			if (++part_digits > 3)
				return NULL;
			part = part * 10 + (c - '0');
		}
		if (part_digits && c == '.') /* 1.2.3: a heading */
			return NULL;
		if (part_digits == 3 && digits <= 3) {
			value = value * 1000 + part;
			part_digits = 0;
			p = q;
		} else if (part_digits == 3) {
			return NULL;
		} else if (part_digits) {
			p = q;
		}
	}
	char *at = out->num; /* at most 7 digits and 3 */
	put_unsigned(&at, value);
	if (part_digits) {
		*at++ = '.';
		put_unsigned(&at, part);
	}
	return p;
}

/* "36a", "02A": up to two letters glued to the digits, then a stray '.'. */
static const uint8_t *read_suffix(const uint8_t *p, const uint8_t *end, RecordNumber *out)
{
	unsigned width, count = 0;
	const uint8_t *q = p;
	for (;;) {
		uint32_t c = plain_next(q, end, &width);
		char ascii = c ? plain_ascii_upper(c) : 0;
		if (!ascii)
			break;
		if (count == 2)
			return NULL;
		out->suffix[count++] = (char)(ascii + 32);
		q += width;
	}
	out->suffix[count] = 0;
	if (plain_next(q, end, &width) == '.')
		q += width;
	return q;
}

/* The year and the '/' behind it, if that is what stands at p. */
static const uint8_t *read_year(const uint8_t *p, const uint8_t *end, RecordNumber *out)
{
	unsigned width, value = 0, digits = 0;
	uint32_t c;
	const uint8_t *q = p;
	for (; (c = plain_next(q, end, &width)) != 0 && plain_is_digit(c) && digits < 5; digits++, q += width)
		value = value * 10 + (c - '0');
	if (digits != 2 && (digits != 4 || value < 1900 || value > 2099))
		return p;
	q = plain_skip_spaces(q, end, 2);
	c = plain_next(q, end, &width);
	if (c != '/' && (c != '-' || digits != 4))
		return p;
	q = plain_skip_spaces(q + width, end, 2);
	if (digits == 2 && !plain_is_letter(plain_next(q, end, &width)))
		return p;
	out->year = (uint16_t)date_full_year(value);
	return q;
}

static const uint8_t *match_mixed_case(const uint8_t *p, const uint8_t *end)
{
	for (size_t i = 0; i < sizeof mixed_case / sizeof mixed_case[0]; i++) {
		if (p < end && *p < 0x80 && *p != (uint8_t)mixed_case[i][0])
			continue;
		const uint8_t *wanted = (const uint8_t *)mixed_case[i], *wanted_end = wanted + strlen(mixed_case[i]),
			      *q = p;
		unsigned width, wanted_width = 0;
		while (wanted < wanted_end &&
		       plain_next(q, end, &width) == plain_next(wanted, wanted_end, &wanted_width)) {
			wanted += wanted_width;
			q += width;
		}
		if (wanted == wanted_end && !is_lower_letter(plain_next(q, end, &width)))
			return q;
	}
	return NULL;
}

/* Where the capitals of a group end: before a Capital that a small letter follows, unless the pair is a known notation.
 */
static const uint8_t *end_of_capitals(const uint8_t *p, const uint8_t *end)
{
	for (;;) {
		unsigned width, next_width;
		const uint8_t *mixed = match_mixed_case(p, end);
		if (mixed) {
			p = mixed;
			continue;
		}
		uint32_t c = plain_next(p, end, &width);
		if (c == '&') { /* "BGD& ĐT" too; a '&' at the end is none of the group */
			const uint8_t *behind = plain_skip_spaces(p + width, end, 1);
			c = plain_next(behind, end, &next_width);
			if (!plain_is_letter(c) || is_lower_letter(c))
				return p;
			p = behind;
			continue;
		}
		if (!plain_is_digit(c) && (!plain_is_letter(c) || is_lower_letter(c)))
			return p;
		if (plain_is_letter(c) && is_lower_letter(plain_next(p + width, end, &next_width))) {
			const uint8_t *behind = p + width + next_width; /* "TT-BCt": one small letter belongs to it */
			if (plain_is_letter(plain_next(behind, end, &width)))
				return p;
			return behind;
		}
		p += width;
	}
}

static const uint8_t *end_of_word(const uint8_t *p, const uint8_t *end)
{
	unsigned width;
	uint32_t c;
	while ((c = plain_next(p, end, &width)) != 0 && (plain_is_letter(c) || plain_is_digit(c) || c == '&'))
		p += width;
	return p;
}

/* One group at p. NULL: no group. */
static const uint8_t *read_group(const uint8_t *p, const uint8_t *end, GroupCase group_case, NumberText *text,
				 RecordNumber *out)
{
	unsigned width;
	uint32_t first = plain_next(p, end, &width);
	bool may_be_digits =
		group_case == GROUP_ANY && out->group_count > 0 && plain_is_digit(first); /* 102-SL/L-004 */
	if ((!plain_is_letter(first) && !may_be_digits) || out->group_count == RECORD_NUMBER_GROUPS_MAX)
		return NULL;
	const uint8_t *stop = group_case == GROUP_CAPITALS ? end_of_capitals(p, end) : end_of_word(p, end);
	if (stop == p)
		return NULL;
	char *shown = text->groups[out->group_count], *folded = out->groups[out->group_count];
	size_t shown_len = 0, folded_len = 0;
	while (p < stop) {
		uint32_t c = plain_next(p, stop, &width);
		if (folded_len + 1 >= sizeof out->groups[0] || shown_len + 5 > sizeof text->groups[0])
			return NULL;
		char ascii = plain_is_digit(c) ? (char)c : plain_ascii_upper(c);
		if (ascii)
			folded[folded_len++] = ascii;
		if (c != ' ')
			shown_len += utf8_encode(plain_upper(c), shown + shown_len);
		p += width;
	}
	shown[shown_len] = folded[folded_len] = 0;
	out->group_count++;
	return stop;
}

/* May blanks stand around the separator behind this group? Else "15/QĐ-UBND - Hà Nội" would go on. */
static bool separator_may_be_spaced(const RecordNumber *n)
{
	const char *first = n->groups[0];
	return n->group_count == 1 || strncmp(first, "TTLT", 4) == 0 || strncmp(first, "NQLT", 4) == 0;
}

static GroupCase case_at(const uint8_t *p, const uint8_t *end)
{
	unsigned width;
	return is_lower_letter(plain_next(p, end, &width)) ? GROUP_SMALL : GROUP_CAPITALS;
}

static const uint8_t *read_groups(const uint8_t *p, const uint8_t *end, bool whole, NumberText *text, RecordNumber *out)
{
	unsigned width;
	GroupCase group_case = whole ? GROUP_ANY : case_at(p, end);
	const uint8_t *stop = read_group(p, end, group_case, text, out);
	if (!stop)
		return NULL;
	for (;;) {
		const uint8_t *q = plain_skip_spaces(stop, end, 1);
		bool space_before = q != stop;
		uint32_t c = plain_next(q, end, &width);
		if (c != '-' && c != '/' && c != '.' && c != '&' && c != '_')
			return stop;
		const uint8_t *group = plain_skip_spaces(q + width, end, 1);
		bool space_behind = group != q + width;
		if ((c == '.' || c == '_') && (space_before || space_behind))
			return stop;
		if (space_before && space_behind && !separator_may_be_spaced(out))
			return stop;
		const uint8_t *next = read_group(group, end, group_case, text, out);
		if (!next)
			return stop;
		stop = next;
	}
}

bool number_is_old_organ(const char *group)
{
	for (size_t i = 0; i < sizeof old_organs / sizeof old_organs[0]; i++)
		if (strcmp(group, old_organs[i]) == 0)
			return true;
	return false;
}

static const uint8_t *read_dashed(const uint8_t *p, const uint8_t *end, bool whole, NumberText *text, RecordNumber *out)
{
	unsigned width;
	const uint8_t *stop = read_group(p, end, case_at(p, end), text, out);
	if (!stop)
		return NULL;
	const uint8_t *q = plain_skip_spaces(stop, end, 1);
	bool is_type = doc_type_by_key(str_from(out->groups[0])) != NULL;
	if (is_type && plain_next(q, end, &width) == '/') {
		const uint8_t *organ = read_groups(plain_skip_spaces(q + width, end, 1), end, whole, text, out);
		if (organ) {
			out->style = NUMBER_PARTY;
			return organ;
		}
	}
	if (!number_is_old_organ(out->groups[0]))
		return NULL;
	uint32_t c = plain_next(stop, end, &width);
	if (c == '-' || c == '/' || plain_is_letter(c) || plain_is_digit(c))
		return NULL;
	out->style = NUMBER_OLD;
	return stop;
}

const uint8_t *number_read(const uint8_t *p, const uint8_t *end, bool whole, NumberText *text, RecordNumber *out)
{
	unsigned width;
	*out = (RecordNumber){0};
	p = read_num(p, end, out);
	p = p ? read_suffix(p, end, out) : NULL;
	if (!p)
		return NULL;
	p = plain_skip_spaces(p, end, 2);
	uint32_t separator = plain_next(p, end, &width);
	if (separator != '/' && separator != '-')
		return NULL;
	p = plain_skip_spaces(p + width, end, 2);
	if (separator == '-')
		return read_dashed(p, end, whole, text, out);
	out->style = NUMBER_STATE;
	p = read_year(p, end, out);
	return read_groups(p, end, whole, text, out);
}

bool number_finish(const NumberText *text, RecordNumber *n)
{
	char year[8] = "", suffix[4], *at = year, *end = n->display + sizeof n->display;
	const char separator[2] = {n->style == NUMBER_PARTY ? '-' : '/'};
	if (n->year) {
		put_unsigned(&at, n->year);
		*at++ = '/';
		*at = 0;
	}
	for (size_t i = 0; i < sizeof suffix; i++)
		suffix[i] = n->suffix[i] >= 'a' ? (char)(n->suffix[i] - 32) : n->suffix[i];
	at = n->display;
	bool fits =
		put(&at, end, n->num) && put(&at, end, n->suffix) && put(&at, end, separator) && put(&at, end, year);
	for (unsigned i = 0; fits && i < n->group_count; i++) {
		const char *between = i == 0 ? "" : i == 1 && n->style == NUMBER_PARTY ? "/" : "-";
		fits = put(&at, end, between) && put(&at, end, text->groups[i]);
	}
	at = n->key;
	end = n->key + sizeof n->key;
	fits = fits && put(&at, end, n->num) && put(&at, end, suffix) && put(&at, end, "/") && put(&at, end, year);
	for (unsigned i = 0; fits && i < n->group_count; i++)
		fits = put(&at, end, i ? "-" : "") && put(&at, end, n->groups[i]);
	if (!fits)
		return false;
	if (!n->group_count) { /* "15/2019": number and year alone */
		n->display[strlen(n->display) - 1] = 0;
		n->key[strlen(n->key) - 1] = 0;
	}
	return true;
}
