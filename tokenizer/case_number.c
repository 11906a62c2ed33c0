/* tokenizer/case_number.c - reads from left to right over plain characters (plain.h). An agency code of the old form is
 * read into the groups from behind, so that both forms end up in the same order; then groups of zeros are dropped. */
#include "tokenizer/case_number.h"
#include "tokenizer/date.h"
#include "tokenizer/plain.h"

#include <stdio.h>

enum { GROUPS_MAX = 9 };

typedef struct {
	char text[4]; /* "H40", "15", "005" */
} Group;

static uint32_t next(const uint8_t **p, const uint8_t *end)
{
	unsigned width;
	uint32_t c = plain_next(*p, end, &width);
	*p += width;
	return c;
}

static unsigned read_digits(const uint8_t **p, const uint8_t *end, char *out, unsigned most)
{
	unsigned count = 0, width;
	uint32_t c;
	while ((c = plain_next(*p, end, &width)) != 0 && plain_is_digit(c)) {
		if (count == most)
			return most + 1;
		out[count++] = (char)c;
		*p += width;
	}
	out[count] = 0;
	return count;
}

/* "H40" with its letter as a capital. */
static bool read_level_one(const uint8_t **p, const uint8_t *end, Group *out)
{
	uint32_t c = next(p, end);
	if (c >= 0x80)
		return false;
	char upper = (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
	if (upper < 'A' || upper > 'Y')
		return false;
	out->text[0] = upper;
	return read_digits(p, end, out->text + 1, 2) == 2;
}

static bool read_agency(const uint8_t **p, const uint8_t *end, Group groups[GROUPS_MAX], size_t *count_out)
{
	unsigned width;
	size_t count = 0;
	bool old = plain_is_digit(plain_next(*p, end, &width));
	if (old) { /* ddd.dd.dd.H40: last group first */
		for (int i = 3; i > 0; i--) {
			unsigned digits = read_digits(p, end, groups[i].text, 3);
			if (digits != (i == 3 ? 3u : 2u) || next(p, end) != '.')
				return false;
		}
		if (!read_level_one(p, end, &groups[0]))
			return false;
		count = 4;
		while (count > 1 && strspn(groups[count - 1].text, "0") == strlen(groups[count - 1].text))
			count--;
	} else {
		if (!read_level_one(p, end, &groups[count++]))
			return false;
		while (plain_next(*p, end, &width) == '.') {
			const uint8_t *q = *p + width;
			unsigned digits = count < GROUPS_MAX ? read_digits(&q, end, groups[count].text, 3) : 0;
			if (digits != 2 && digits != 3)
				return false;
			count++;
			*p = q;
		}
	}
	*count_out = count;
	return true;
}

static bool read_dash(const uint8_t **p, const uint8_t *end)
{
	*p = plain_skip_spaces(*p, end, 1);
	if (next(p, end) != '-')
		return false;
	*p = plain_skip_spaces(*p, end, 1);
	return true;
}

bool case_number_at(Str text, size_t at, CaseNumber *out, size_t *end_out)
{
	const uint8_t *start = (const uint8_t *)text.ptr, *p = start + at, *end = start + text.len;
	Group groups[GROUPS_MAX];
	size_t count, len = 0;
	char date[8], serial[8];
	unsigned width;
	uint32_t before = plain_before(start, p, &width);
	if (plain_is_letter(before) || plain_is_digit(before) || before == '.' || before == '_')
		return false;
	if (!read_agency(&p, end, groups, &count) || !read_dash(&p, end) || read_digits(&p, end, date, 6) != 6)
		return false;
	if (!read_dash(&p, end))
		return false;
	unsigned digits = read_digits(&p, end, serial, 7);
	if (digits < 3 || digits > 7)
		return false;
	unsigned year = 2000u + (unsigned)(date[0] - '0') * 10 + (unsigned)(date[1] - '0');
	unsigned month = (unsigned)(date[2] - '0') * 10 + (unsigned)(date[3] - '0');
	unsigned day = (unsigned)(date[4] - '0') * 10 + (unsigned)(date[5] - '0');
	if (!day || !date_is_valid(year, month, day))
		return false;
	CaseNumber found = {.received = {(int16_t)year, (uint8_t)month, (uint8_t)day}};
	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(found.agency + len, sizeof found.agency - len, "%s%s", i ? "." : "",
					groups[i].text);
	snprintf(found.canonical, sizeof found.canonical, "%s-%s-%s", found.agency, date, serial);
	*out = found;
	*end_out = (size_t)(p - start);
	return true;
}

bool case_number_find(Str text, size_t from, CaseNumber *out, size_t *start_out, size_t *end_out)
{
	for (size_t i = from; i < text.len; i++) {
		uint8_t c = (uint8_t)text.ptr[i];
		if (!plain_is_digit(c) && !letter_ascii[c] && c != 0xEF)
			continue;
		if (case_number_at(text, i, out, end_out)) {
			*start_out = i;
			return true;
		}
	}
	return false;
}

bool case_number_parse(Str s, CaseNumber *out)
{
	size_t start, end;
	return s.ptr && case_number_find(s, 0, out, &start, &end);
}
