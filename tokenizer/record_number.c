/* tokenizer/record_number.c - see record_number.h: the grammar, read from left to right over plain characters.
 *
 *   state  num / [year /] group - group …       15/2019/QĐ-UBND   45/2019/QH14   05/BNV-VP
 *   party  num - type / group - group …         52-NQ/TW
 *   old    num - organ                          73-CP   217-HĐBT
 *
 * number_read tries them at one place. Running text is read with guards; what is typed is read without, and then
 * once more with blanks for slashes (record_number_typed.c).
 */
#include "tokenizer/record_number.h"
#include "tokenizer/date.h"
#include "tokenizer/doc_type.h"
#include "tokenizer/number_grammar.h"
#include "tokenizer/plain.h"

#include <stdio.h>

/* Notations written with small letters inside; a capital before a small letter begins the next word otherwise. */
static const char *const mixed_case[] = {"TTg", "CTr", "TTr", "TrS", "QyĐ", "QĐi", "SLu", "TTh", "VPCTn", "CTn"};
static const char *const old_organs[] = {"CP",  "TTG", "HDBT", "HDNN", "HDCP", "CT",
					 "BXD", "LB",  "SL",   "TW",   "NV",   "UB"};

typedef enum { GROUP_CAPITALS, GROUP_SMALL, GROUP_ANY } GroupCase;

static bool is_lower_letter(uint32_t c)
{
	return plain_is_letter(c) && plain_upper(c) != c;
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
	if (part_digits)
		snprintf(out->num, sizeof out->num, "%u.%u", value, part);
	else
		snprintf(out->num, sizeof out->num, "%u", value);
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

static bool is_old_organ(const char *group)
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
	if (!is_old_organ(out->groups[0]))
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
	char year[8] = "", suffix[4], *at = n->display, *end = n->display + sizeof n->display;
	if (n->year)
		snprintf(year, sizeof year, "%u/", n->year);
	for (size_t i = 0; i < sizeof suffix; i++)
		suffix[i] = n->suffix[i] >= 'a' ? (char)(n->suffix[i] - 32) : n->suffix[i];
	at += snprintf(at, (size_t)(end - at), "%s%s%c%s", n->num, n->suffix, n->style == NUMBER_PARTY ? '-' : '/',
		       year);
	for (unsigned i = 0; i < n->group_count; i++) {
		const char *between = i == 0 ? "" : i == 1 && n->style == NUMBER_PARTY ? "/" : "-";
		size_t room = (size_t)(end - at);
		int len = snprintf(at, room, "%s%s", between, text->groups[i]);
		if (len < 0 || (size_t)len >= room)
			return false;
		at += len;
	}
	at = n->key;
	end = n->key + sizeof n->key;
	at += snprintf(at, (size_t)(end - at), "%s%s/%s", n->num, suffix, year);
	for (unsigned i = 0; i < n->group_count; i++)
		at += snprintf(at, (size_t)(end - at), "%s%s", i ? "-" : "", n->groups[i]);
	if (!n->group_count) { /* "15/2019": number and year alone */
		n->display[strlen(n->display) - 1] = 0;
		n->key[strlen(n->key) - 1] = 0;
	}
	return true;
}

size_t record_number_write(const RecordNumber *number, char out[static RECORD_NUMBER_MAX + 8])
{
	unsigned zeros = number->zeros < 7 ? number->zeros : 7;
	memset(out, '0', zeros);
	size_t len = strlen(number->display);
	memcpy(out + zeros, number->display, len + 1);
	return zeros + len;
}

/* ---- running text ---- */

/* The two words before p, folded, nearest first; "" where there is none on the same clause. */
static void words_before(const uint8_t *start, const uint8_t *p, char words[2][16])
{
	words[0][0] = words[1][0] = 0;
	for (int i = 0; i < 2; i++) {
		unsigned width;
		uint32_t c;
		size_t len = 0;
		unsigned newlines = 0;
		while ((c = plain_before(start, p, &width)) == ' ' || c == ':' || (c == '.' && !newlines)) {
			p -= width;
			newlines += *p == '\n';
			if (newlines > 1) /* another paragraph */
				return;
		}
		const uint8_t *stop = p;
		while (width && (plain_is_letter(c = plain_before(start, p, &width)) || (c >= 0x300 && c < 0x370)) &&
		       stop - p < 40)
			p -= width;
		plain_word(p, stop, words[i], 15, &len);
		words[i][len] = 0;
	}
}

static bool is_word(const char *word, const char *list)
{
	const char *hit = *word ? strstr(list, word) : NULL;
	size_t len = strlen(word);
	for (; hit; hit = strstr(hit + 1, word))
		if ((hit == list || hit[-1] == ' ') && (hit[len] == ' ' || !hit[len]))
			return true;
	return false;
}

/* "số", or a type ("Nghị định", "QĐ"), right before the number. */
static bool is_introduced(char words[2][16])
{
	char both[40], upper[16];
	size_t len;
	if (is_word(words[0], "so"))
		return true;
	snprintf(both, sizeof both, "%s %s", words[1], words[0]);
	if (doc_type_by_prefix(str_from(both), &len) || doc_type_by_prefix(str_from(words[0]), &len))
		return true;
	for (len = 0; words[0][len]; len++)
		upper[len] = (char)(words[0][len] - 32);
	return len && doc_type_by_key((Str){upper, len});
}

/* What can stand before a number: not a digit or what ties the digits to something else (QCVN 41:2016/BGTVT). */
static bool may_begin(const uint8_t *start, const uint8_t *p)
{
	unsigned width, before_width;
	uint32_t c = plain_before(start, p, &width);
	if (!width)
		return true;
	if (plain_is_digit(c) || c == '/' || c == '-')
		return false;
	if (c == '.' || c == ',' || c == ':')
		return !plain_is_digit(plain_before(start, p - width, &before_width));
	if (plain_is_letter(c)) {
		char words[2][16];
		words_before(start, p, words);
		return is_word(words[0], "so");
	}
	return true;
}

static bool is_plausible(const RecordNumber *n, const uint8_t *start, const uint8_t *p, bool small)
{
	char words[2][16];
	words_before(start, p, words);
	if (is_word(words[0], "mau bieu") || (is_word(words[0], "so") && is_word(words[1], "mau bieu")))
		return false;
	const DocType *type = doc_type_by_key(str_from(n->groups[0]));
	if (small)
		return type != NULL && (n->group_count > 1 || n->year);
	bool introduced = is_introduced(words);
	if (!n->year && !introduced && n->suffix[0] && !type)
		return false; /* form codes: 1A/TNDN */
	if (n->year || introduced)
		return strlen(n->groups[0]) > 1 || n->group_count > 1;
	if (n->group_count == 1)
		return (is_old_organ(n->groups[0]) || type) && strlen(n->groups[0]) > 1;
	return strlen(n->groups[0]) > 1;
}

bool record_number_at(Str text, size_t at, RecordNumber *out, size_t *end_out)
{
	const uint8_t *start = (const uint8_t *)text.ptr, *p = start + at, *end = start + text.len;
	NumberText groups;
	RecordNumber number;
	unsigned width;
	if (!may_begin(start, p))
		return false;
	const uint8_t *stop = number_read(p, end, false, &groups, &number);
	if (!stop)
		return false;
	const uint8_t *first = stop; /* small letters? the last character of the number tells */
	uint32_t last = plain_before(p, stop, &width);
	while (first > p && plain_is_digit(last)) {
		first -= width;
		last = plain_before(p, first, &width);
	}
	bool small = is_lower_letter(last) && strncmp(number.groups[number.group_count - 1], "TTG", 3) != 0;
	if (!is_plausible(&number, start, p, small) || !number_finish(&groups, &number))
		return false;
	*out = number;
	*end_out = (size_t)(stop - start);
	return true;
}

bool record_number_find(Str text, size_t from, RecordNumber *out, size_t *start_out, size_t *end_out)
{
	for (size_t i = from; i < text.len; i++) {
		uint8_t c = (uint8_t)text.ptr[i];
		bool digit = plain_is_digit(c) || c == 0xEF; /* full-width digits begin with EF */
		if (!digit || (i > from && plain_is_digit((uint8_t)text.ptr[i - 1])))
			continue;
		if (record_number_at(text, i, out, end_out)) {
			size_t behind = *end_out;
			date_clause_read(text, &behind, &out->date);
			*start_out = i;
			return true;
		}
	}
	return false;
}

/* ---- relaxations ---- */

const char *number_relax_reason(NumberRelax step)
{
	static const char *const reasons[RELAX_COUNT] = {
		[RELAX_NO_YEAR] = "same number and notation, the year is missing in one of them",
		[RELAX_NO_CV] = "same number when the letters CV (công văn) are left out",
		[RELAX_FIRST_GROUP] = "same number and type, another agency",
		[RELAX_ANY_ORDER] = "same number and agencies, in another order",
		[RELAX_NUMBER_YEAR] = "same number and year, another notation",
	};
	return (unsigned)step < RELAX_COUNT ? reasons[step] : "";
}

static bool same_groups(const RecordNumber *a, unsigned a_from, const RecordNumber *b, unsigned b_from)
{
	if (a->group_count - a_from != b->group_count - b_from)
		return false;
	for (unsigned i = 0; i + a_from < a->group_count; i++)
		if (strcmp(a->groups[i + a_from], b->groups[i + b_from]) != 0)
			return false;
	return true;
}

static bool same_group_set(const RecordNumber *a, const RecordNumber *b)
{
	if (a->group_count != b->group_count)
		return false;
	unsigned used = 0;
	for (unsigned i = 0; i < a->group_count; i++) {
		unsigned j = 0;
		while (j < b->group_count && (used >> j & 1 || strcmp(a->groups[i], b->groups[j]) != 0))
			j++;
		if (j == b->group_count)
			return false;
		used |= 1u << j;
	}
	return true;
}

static unsigned year_of(const RecordNumber *n)
{
	return n->year ? n->year : n->date.year > 0 ? (unsigned)n->date.year : 0;
}

static bool years_agree(const RecordNumber *a, const RecordNumber *b)
{
	unsigned year_a = year_of(a), year_b = year_of(b);
	return !year_a || !year_b || year_a == year_b;
}

bool record_number_matches(const RecordNumber *wanted, const RecordNumber *candidate, NumberRelax step)
{
	if (strcmp(wanted->key, candidate->key) == 0 || strcmp(wanted->num, candidate->num) != 0 ||
	    strcmp(wanted->suffix, candidate->suffix) != 0)
		return false;
	bool groups = wanted->group_count && candidate->group_count;
	switch (step) {
	case RELAX_NO_YEAR:
		return groups && same_groups(wanted, 0, candidate, 0) && years_agree(wanted, candidate);
	case RELAX_NO_CV: {
		unsigned from = groups && strcmp(wanted->groups[0], "CV") == 0 ? 1 : 0;
		unsigned other = groups && strcmp(candidate->groups[0], "CV") == 0 ? 1 : 0;
		return from != other && same_groups(wanted, from, candidate, other) && years_agree(wanted, candidate);
	}
	case RELAX_FIRST_GROUP:
		return groups && strcmp(wanted->groups[0], candidate->groups[0]) == 0 && years_agree(wanted, candidate);
	case RELAX_ANY_ORDER:
		return groups && same_group_set(wanted, candidate) && years_agree(wanted, candidate);
	case RELAX_NUMBER_YEAR:
		return year_of(wanted) && year_of(wanted) == year_of(candidate);
	case RELAX_COUNT:
		break;
	}
	return false;
}
