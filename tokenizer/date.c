/* tokenizer/date.c - day, separator, month, separator, year over plain characters (plain.h). Both separators are equal,
 * or the words "tháng" and "năm"; the calendar is checked last. */
#include "tokenizer/date.h"
#include "tokenizer/plain.h"

unsigned date_full_year(unsigned year)
{
	return year >= 100 ? year : year < 50 ? 2000 + year : 1900 + year;
}

bool date_is_valid(unsigned year, unsigned month, unsigned day)
{
	static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (month < 1 || month > 12 || day > days[month - 1] || year > 9999)
		return false;
	bool leap = year == 0 || (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month != 2 || day < 29 || leap;
}

/* Digits at *p, at most `most`; more is a failure. */
static bool read_number(const uint8_t **p, const uint8_t *end, unsigned most, unsigned *out, unsigned *digits_out)
{
	unsigned value = 0, count = 0, width;
	uint32_t c;
	while ((c = plain_next(*p, end, &width)) != 0 && plain_is_digit(c)) {
		if (++count > most)
			return false;
		value = value * 10 + (c - '0');
		*p += width;
	}
	*out = value;
	*digits_out = count;
	return count > 0;
}

/* '/', '-', '.' or the word, with white space around. Returns the character, or 'w' for the word. */
static char read_separator(const uint8_t **p, const uint8_t *end, const char *word)
{
	const uint8_t *q = plain_skip_spaces(*p, end, 3);
	unsigned width;
	uint32_t c = plain_next(q, end, &width);
	char text[8], kind = 0;
	size_t len;
	if (c == '/' || c == '-' || c == '.') {
		kind = (char)c;
		q += width;
	} else if (q = plain_word(q, end, text, sizeof text, &len),
		   len == strlen(word) && memcmp(text, word, len) == 0) {
		kind = 'w';
	}
	if (kind)
		*p = plain_skip_spaces(q, end, 3);
	return kind;
}

bool date_read(Str text, size_t *at, CivilDate *out)
{
	const uint8_t *p = (const uint8_t *)text.ptr + *at, *end = (const uint8_t *)text.ptr + text.len;
	unsigned day, month, year, digits;
	if (!read_number(&p, end, 2, &day, &digits))
		return false;
	char first = read_separator(&p, end, "thang");
	if (!first || !read_number(&p, end, 2, &month, &digits))
		return false;
	char second = read_separator(&p, end, "nam");
	if (!second || (first != 'w' && second != first) || !read_number(&p, end, 4, &year, &digits))
		return false;
	if (digits == 3 || digits == 1 || day == 0)
		return false;
	year = date_full_year(year);
	if (!date_is_valid(year, month, day))
		return false;
	*out = (CivilDate){(int16_t)year, (uint8_t)month, (uint8_t)day};
	*at = (size_t)(p - (const uint8_t *)text.ptr);
	return true;
}

bool date_clause_read(Str text, size_t *at, CivilDate *out)
{
	const uint8_t *start = (const uint8_t *)text.ptr, *p = start + *at, *end = start + text.len;
	unsigned width;
	bool year_only = false;
	for (int words = 0; words < 3; words++) {
		char word[8];
		size_t len;
		p = plain_skip_spaces(p, end, 4);
		uint32_t c = plain_next(p, end, &width);
		if (c == ',' || c == '.' || c == '(') {
			p += width;
			continue;
		}
		if (plain_is_digit(c))
			break;
		const uint8_t *behind = plain_word(p, end, word, sizeof word, &len);
		bool known = (len == 4 && memcmp(word, "ngay", 4) == 0) || (len == 2 && memcmp(word, "ng", 2) == 0) ||
			     (len == 2 && memcmp(word, "ky", 2) == 0);
		year_only = len == 3 && memcmp(word, "nam", 3) == 0;
		if (!known && !year_only)
			return false;
		p = plain_skip_spaces(behind, end, 4);
		if (year_only)
			break;
	}
	size_t offset = (size_t)(p - start);
	if (!year_only) {
		if (!date_read(text, &offset, out))
			return false;
	} else {
		unsigned year, digits;
		if (!read_number(&p, end, 4, &year, &digits) || digits != 4 || year < 1900 || year > 2100)
			return false;
		*out = (CivilDate){(int16_t)year, 0, 0};
		offset = (size_t)(p - start);
	}
	*at = offset;
	return true;
}
