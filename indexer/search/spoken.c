/* indexer/search/spoken.c - walks over the words from left to right; a number counts where a type stands right before
 * it ("số" between them or not) or right behind it. */
#include "indexer/search/spoken.h"

#include <stdio.h>

enum { TYPE_WORDS_MAX = 6, YEAR_FIRST = 1900, YEAR_LAST = 2099 };

static bool is(const Word *words, size_t count, size_t i, const char *folded)
{
	return i < count && str_eq(words[i].folded, str_from(folded));
}

static bool read_number(const Word *words, size_t count, size_t i, uint64_t *out)
{
	return i < count && words[i].kind == TOKEN_DIGITS && words[i].folded.len <= 6 &&
	       str_to_u64(words[i].folded, out);
}

/* Words that name a type, from word i on: how many; 0: none. */
static size_t read_type(const Word *words, size_t count, size_t i, const DocType **out)
{
	char names[160], upper[24];
	size_t len = 0, taken = 1;
	for (size_t k = i; k < count && k < i + TYPE_WORDS_MAX && len < sizeof names; k++)
		len += (size_t)snprintf(names + len, sizeof names - len, "%s%.*s", k > i ? " " : "",
					STR_ARG(words[k].folded));
	*out = doc_type_by_prefix((Str){names, len < sizeof names ? len : sizeof names - 1}, &len);
	for (size_t k = 0; *out && k < len; k++)
		taken += names[k] == ' ';
	if (*out)
		return taken;
	len = words[i].folded.len;
	for (size_t k = 0; k < len && len < sizeof upper; k++)
		upper[k] = words[i].folded.ptr[k] >= 'a' && words[i].folded.ptr[k] <= 'z'
				   ? (char)(words[i].folded.ptr[k] - 32)
				   : words[i].folded.ptr[k];
	*out = len < sizeof upper && words[i].kind == TOKEN_WORD ? doc_type_by_key((Str){upper, len}) : NULL;
	return *out != NULL;
}

/* "năm 2021", "2021", "ngày 12 tháng 3 năm 2021", "ngày 12/3/2021", from word i on: how many words; 0: none. */
static size_t read_date(const Word *words, size_t count, size_t i, RecordNumber *number)
{
	uint64_t day, month, year;
	size_t at = i;
	bool is_dated = is(words, count, at, "ngay") && read_number(words, count, at + 1, &day) && day && day <= 31;
	if (is_dated) {
		at += 2;
		at += is(words, count, at, "thang");
		if (!read_number(words, count, at++, &month) || !month || month > 12)
			return 0;
	}
	at += is(words, count, at, "nam");
	if (!read_number(words, count, at, &year) || year < YEAR_FIRST || year > YEAR_LAST)
		return 0;
	if (is_dated)
		number->date = (CivilDate){(int16_t)year, (uint8_t)month, (uint8_t)day};
	number->year = (uint16_t)year;
	return at + 1 - i;
}

/* "kế hoạch 5 năm", "chương trình 10 năm": so many years, unless "số" says that it is a number. */
static bool is_span_of_years(const Word *words, size_t count, size_t number_at)
{
	uint64_t year;
	return number_at && !is(words, count, number_at - 1, "so") && is(words, count, number_at + 1, "nam") &&
	       (is(words, count, number_at - 1, "hoach") || is(words, count, number_at - 1, "trinh")) &&
	       !read_number(words, count, number_at + 3, &year);
}

/* Words that only join the others: "nghị quyết 16 của HĐND về …". */
static bool is_joint(const Word *word)
{
	static const char *const joints[] = {"cua", "ve", "do", "tai"};
	for (size_t i = 0; i < sizeof joints / sizeof *joints; i++)
		if (str_eq(word->folded, str_from(joints[i])))
			return true;
	return false;
}

bool spoken_number(const Word *words, size_t count, Spoken *out)
{
	uint64_t value, number = 0;
	size_t number_at = SIZE_MAX, type_at = SIZE_MAX, type_end = 0;
	*out = (Spoken){0};
	for (size_t i = 0; i < count;) {
		const DocType *type;
		size_t taken = read_date(words, count, i, &out->number);
		if (taken && (number_at != SIZE_MAX || words[i].kind != TOKEN_DIGITS || type_at == SIZE_MAX)) {
			i += taken;
		} else if (number_at == SIZE_MAX && read_number(words, count, i, &value)) {
			number = value;
			number_at = i++;
		} else if (!out->type && (taken = read_type(words, count, i, &type))) {
			out->type = type;
			type_at = i;
			type_end = i += taken;
		} else if (is(words, count, i, "so") && read_number(words, count, i + 1, &value)) {
			i++;
		} else if (is_joint(&words[i])) {
			i++;
		} else if (out->other_count < SEARCH_TERMS_MAX) {
			out->others[out->other_count] = words[i++];
			out->others[out->other_count++].joined = false;
		} else {
			return false;
		}
	}
	if (number_at == SIZE_MAX || !out->type || !number || is_span_of_years(words, count, number_at))
		return false;
	bool before = number_at == type_end || (number_at == type_end + 1 && is(words, count, type_end, "so"));
	if (!before && type_at != number_at + 1)
		return false;
	snprintf(out->number.num, sizeof out->number.num, "%u", (unsigned)number);
	if (out->type->key[0]) {
		snprintf(out->number.groups[0], sizeof out->number.groups[0], "%s", out->type->key);
		out->number.group_count = 1;
	}
	return true;
}
