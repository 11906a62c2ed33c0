/* tokenizer/token_date.c - dates as spans, found by looking back from the digits that complete them.
 *
 *   ngày 12 tháng 3 năm 2019 · tháng 3 năm 2019 · 12/3/2019 · 14-10-2015 · tháng 3/2019 · ngày 30-4 · 30/4
 */
#include "tokenizer/date.h"
#include "tokenizer/plain.h"
#include "tokenizer/token_state.h"

#include <stdio.h>

static bool number_of(const Token *token, unsigned *value_out, unsigned *digits_out)
{
	uint64_t value;
	*digits_out = token->end - token->start;
	if (token->kind != TOKEN_DIGITS || *digits_out > 4 || !str_to_u64(token->folded, &value))
		return false;
	*value_out = (unsigned)value;
	return true;
}

/* What stands between two tokens (in the text: a legacy line has the same separators): '/', '-', '.', ' ' (white space
 * only), or 0 for anything else. */
static char between(const TokenIter *it, const Token *a, const Token *b)
{
	const uint8_t *p = it->start + a->end, *end = it->start + b->start;
	char found = ' ';
	unsigned width, spaces = 0, newlines = 0;
	if (end - p > 6)
		return 0;
	for (; p < end; p += width) {
		uint32_t c = plain_next(p, end, &width);
		newlines += *p == '\n';
		spaces += c == ' ';
		if (c == ' ')
			continue;
		if (found != ' ' || (c != '/' && c != '-' && c != '.'))
			return 0;
		found = (char)c;
	}
	return newlines > 1 || (found == '.' && spaces) ? 0 : found; /* "5. 12/3": the end of a sentence */
}

static void insert_span(TokenIter *it, unsigned index, unsigned year, unsigned month, unsigned day)
{
	char *out = it->words + it->words_len;
	int len;
	if (index < it->head || it->count >= TOKEN_QUEUE)
		return;
	if (!year)
		len = snprintf(out, 16, "%02u-%02u", month, day);
	else if (day)
		len = snprintf(out, 16, "%04u-%02u-%02u", year, month, day);
	else
		len = snprintf(out, 16, "%04u-%02u", year, month);
	Token span = {.start = it->queue[index].start, .end = it->queue[it->count - 1].end, .kind = TOKEN_DATE};
	span.folded = span.key = token_take_word(it, (size_t)len);
	span.left_out = it->queue[index].left_out;
	if (index > it->head && it->queue[index - 1].kind == TOKEN_DATE && it->queue[index - 1].start == span.start) {
		it->queue[index - 1] = span; /* the year was not seen: a legacy line ended before it */
		return;
	}
	memmove(&it->queue[index + 1], &it->queue[index], (it->count - index) * sizeof span);
	it->queue[index] = span;
	it->count++;
	it->mapped++;
	if (index < it->line_first) {
		it->crossing_span = index;
		it->line_first++;
	}
}

/* Does something follow that makes more of it: a separator with digits, or "năm" with digits? */
static bool more_follows(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *q;
	unsigned width;
	p = plain_skip_spaces(p, end, 2);
	uint32_t c = plain_next(p, end, &width);
	if (c == '/' || c == '-' || c == '.') {
		q = plain_skip_spaces(p + width, end, 1);
		c = plain_next(q, end, &width);
		return plain_is_digit(c) || (plain_is_letter(c) && *p != '.');
	}
	char word[8];
	size_t len;
	q = plain_word(p, end, word, sizeof word, &len);
	if (len != 3 || memcmp(word, "nam", 3) != 0)
		return false;
	return plain_is_digit(plain_next(plain_skip_spaces(q, end, 3), end, &width));
}

static bool is_fold(const TokenIter *it, unsigned index, uint16_t fold)
{
	return it->queue[index].fold == fold;
}

/* The holidays that are said without a year. */
static bool is_holiday(unsigned day, unsigned month)
{
	static const uint8_t days[][2] = {{30, 4}, {1, 5}, {2, 9},  {8, 3},   {20, 11},
					  {27, 7}, {3, 2}, {19, 5}, {22, 12}, {19, 8}};
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
		if (days[i][0] == day && days[i][1] == month)
			return true;
	return false;
}

/* … tháng 3 [năm|/] 2019, the last token being the year at index `last`; true when a span was put in. */
static bool find_spoken(TokenIter *it, unsigned last, unsigned year)
{
	unsigned month, day, digits, at;
	const Token *queue = it->queue;
	if (last - it->head >= 3 && is_fold(it, last - 1, it->fold_year) &&
	    between(it, &queue[last - 1], &queue[last]) == ' ' &&
	    between(it, &queue[last - 2], &queue[last - 1]) == ' ')
		at = last - 2;
	else if (last - it->head >= 2 && between(it, &queue[last - 1], &queue[last]) == '/')
		at = last - 1;
	else
		return false;
	if (!number_of(&queue[at], &month, &digits) || month < 1 || month > 12 || !is_fold(it, at - 1, it->fold_month))
		return false;
	if (between(it, &queue[at - 1], &queue[at]) != ' ')
		return false;
	if (at - it->head >= 2 && number_of(&queue[at - 2], &day, &digits) && digits <= 2 && day &&
	    date_is_valid(year, month, day) && between(it, &queue[at - 2], &queue[at - 1]) == ' ')
		insert_span(it, at - 2, year, month, day);
	else
		insert_span(it, at - 1, year, month, 0);
	return true;
}

static bool find_numeric(TokenIter *it, unsigned last, unsigned year, unsigned year_digits)
{
	unsigned day, month, day_digits, month_digits;
	const Token *queue = it->queue;
	if (last - it->head < 2)
		return false;
	char first = between(it, &queue[last - 2], &queue[last - 1]),
	     second = between(it, &queue[last - 1], &queue[last]);
	if (first != second || first == ' ' || !first)
		return false;
	if (!number_of(&queue[last - 2], &day, &day_digits) || !number_of(&queue[last - 1], &month, &month_digits))
		return false;
	if (day_digits > 2 || month_digits > 2 || !day || !date_is_valid(year, month, day))
		return false;
	bool introduced = last - it->head >= 3 && is_fold(it, last - 3, it->fold_day) && !queue[last - 2].left_out;
	if (year_digits == 2 && (first != '/' || (year < 1980 && !introduced)))
		return false;
	if (first == '.' && !introduced && year_digits != 4)
		return false;
	insert_span(it, last - 2, year, month, day);
	return true;
}

static void find_without_year(TokenIter *it, unsigned last, unsigned month, const uint8_t *behind, const uint8_t *end)
{
	unsigned day, digits;
	const Token *queue = it->queue;
	if (month < 1 || month > 12 || more_follows(behind, end))
		return;
	unsigned at = last - 1;
	char separator = between(it, &queue[at], &queue[last]);
	bool spoken = separator == ' ' && is_fold(it, at, it->fold_month) && last - it->head >= 2;
	if (spoken && between(it, &queue[at - 1], &queue[at]) != ' ')
		return;
	if (spoken)
		at--;
	else if (separator != '/' && separator != '-')
		return;
	if (!number_of(&queue[at], &day, &digits) || digits > 2 || !day || !date_is_valid(0, month, day))
		return;
	bool introduced = at > it->head && is_fold(it, at - 1, it->fold_day) && !queue[at].left_out;
	bool ratio =
		at > it->head && queue[at - 1].kind == TOKEN_DIGITS && between(it, &queue[at - 1], &queue[at]) > ' ';
	if (!ratio && (spoken || introduced || is_holiday(day, month)))
		insert_span(it, at, 0, month, day);
}

void token_look_back_for_date(TokenIter *it, const uint8_t *view_end)
{
	unsigned last = it->count - 1, value, digits;
	const Token *token = &it->queue[last];
	if (last <= it->head || it->view + token->start < it->span_end || !number_of(token, &value, &digits))
		return;
	const Token *before = token - 1;
	if (before->kind != TOKEN_DIGITS && before->fold != it->fold_year && before->fold != it->fold_month)
		return;
	const uint8_t *behind = it->view + token->end;
	if (it->view != it->start)
		token_map_offsets(it);
	bool year = (digits == 4 && value >= 1000 && value < 2200) || digits == 2;
	if (digits == 4 && year && find_spoken(it, last, value))
		return;
	if (year && before->kind == TOKEN_DIGITS && find_numeric(it, last, date_full_year(value), digits))
		return;
	if (digits <= 2)
		find_without_year(it, last, value, behind, view_end);
}
