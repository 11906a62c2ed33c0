/* tokenizer/token_digits.c - at a digit three things may begin: a case number, a record number, a plain number. The
 * first two are tried where the characters behind the digits allow them and become spans; then the digits themselves
 * become one token, with their thousands and decimals.
 */
#include "tokenizer/case_number.h"
#include "tokenizer/plain.h"
#include "tokenizer/record_number.h"
#include "tokenizer/token_state.h"

/* A span from p to `stop` bytes into the view, whose forms are the key; the flags are for the plain token that follows.
 */
static void push_span(TokenIter *it, TokenKind kind, const uint8_t *p, size_t stop, const char *key)
{
	uint8_t flags = it->flags;
	unsigned left_out = it->left_out;
	Token *span = token_push(it, kind, p, it->view + stop);
	size_t len = strlen(key);
	memcpy(it->words + it->words_len, key, len);
	span->folded = span->key = token_take_word(it, len);
	span->flags = 0;
	it->flags = flags;
	it->left_out = left_out;
	it->span_end = it->view + stop;
}

void token_try_case_number(TokenIter *it, const uint8_t *p, const uint8_t *end)
{
	Str view = {(const char *)it->view, (size_t)(end - it->view)};
	CaseNumber number;
	size_t stop;
	if (case_number_at(view, (size_t)(p - it->view), &number, &stop))
		push_span(it, TOKEN_CASE_NUMBER, p, stop, number.canonical);
}

/* "/", "-" or a dash behind digits (and a suffix, a '.', blanks): what a record number needs. */
static bool number_may_follow(const uint8_t *p, const uint8_t *end)
{
	for (unsigned i = 0; i < 10 && p < end; i++, p++) {
		uint8_t c = *p;
		if (c == '/' || c == '-' || c == 0xE2 || c == 0xEF)
			return true;
		if (letter_ascii[c] ? i > 4
				    : c != ' ' && c != '.' && !plain_is_digit(c) && c != 0xC2 && c != 0xA0 && c != 0xC4)
			return false;
	}
	return false;
}

static void try_record_number(TokenIter *it, const uint8_t *p, const uint8_t *end)
{
	Str view = {(const char *)it->view, (size_t)(end - it->view)};
	RecordNumber number;
	size_t stop;
	if (record_number_at(view, (size_t)(p - it->view), &number, &stop))
		push_span(it, TOKEN_RECORD_NUMBER, p, stop, number.key);
}

static inline unsigned count_digits(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *from = p;
	while (p < end && plain_is_digit(*p))
		p++;
	return (unsigned)(p - from);
}

/* Groups of three behind `separator`: how many there are, 0 if what follows is something else too. */
static unsigned count_groups(const uint8_t *p, const uint8_t *end, char separator)
{
	unsigned groups = 0;
	while (p < end && *p == (uint8_t)separator) {
		unsigned digits = count_digits(p + 1, end);
		if (digits == 0)
			break;
		if (digits != 3)
			return 0;
		groups++;
		p += 4;
	}
	return groups;
}

const uint8_t *token_scan_digits(TokenIter *it, const uint8_t *p, const uint8_t *end)
{
	unsigned digits = count_digits(p, end);
	const uint8_t *stop = p + digits;
	if (p >= it->span_end && token_seeks_spans(it)) {
		if (end - stop > 1 && *stop == '.' && digits == 3 && plain_is_digit(stop[1]))
			token_try_case_number(it, p, end);
		if (p >= it->span_end && stop < end && *stop != ',' && number_may_follow(stop, end))
			try_record_number(it, p, end);
	}
	char *out = it->words + it->words_len;
	size_t len = 0;
	unsigned thousands = 0, decimals = 0, commas = 0;
	if (stop < end && digits <= 3 && (*stop == '.' || *stop == ','))
		thousands = count_groups(stop, end, (char)*stop);
	if (thousands == 1 && *stop == ',') /* 1,234 is a decimal; 1,234,567 has thousands */
		thousands = 0;
	const uint8_t *from = digits == 2 && *p == '0' ? p + 1 : p; /* "05" and "5" are one */
	for (const uint8_t *q = from; q < stop && len < TOKEN_FOLDED_MAX; q++)
		out[len++] = (char)*q;
	for (unsigned i = 0; i < thousands && len + 3 < TOKEN_FOLDED_MAX; i++, stop += 4, len += 3)
		memcpy(out + len, stop + 1, 3);
	bool in_list = p - it->view >= 2 && p[-1] == ',' && plain_is_digit(p[-2]); /* 1,2,3 */
	if (stop < end && *stop == ',' && !in_list)
		decimals = count_digits(stop + 1, end);
	if (decimals && stop + 1 + decimals < end && stop[1 + decimals] == ',')
		commas = count_digits(stop + 2 + decimals, end);
	if (decimals && !commas && len + decimals < TOKEN_FOLDED_MAX) {
		memcpy(out + len, stop, decimals + 1);
		len += decimals + 1;
		stop += decimals + 1;
	}
	Token *token = token_push(it, TOKEN_DIGITS, p, stop);
	token->folded = token->key = token_take_word(it, len);
	if (token_seeks_spans(it))
		token_look_back_for_date(it, end);
	return stop;
}
