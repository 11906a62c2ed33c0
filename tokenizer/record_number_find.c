/* tokenizer/record_number_find.c - numbers in running text, where guards keep out what only looks
 * like one. The grammar is number_grammar.c's; what is typed is read by record_number_typed.c, without guards.
 */
#include "tokenizer/record_number.h"
#include "tokenizer/date.h"
#include "tokenizer/doc_type.h"
#include "tokenizer/number_grammar.h"
#include "tokenizer/plain.h"

size_t record_number_write(const RecordNumber *number, char out[static RECORD_NUMBER_MAX + 8])
{
	unsigned zeros = number->zeros < 7 ? number->zeros : 7;
	memset(out, '0', zeros);
	size_t len = strlen(number->display);
	memcpy(out + zeros, number->display, len + 1);
	return zeros + len;
}

static bool is_lower_letter(uint32_t c)
{
	return plain_is_letter(c) && plain_upper(c) != c;
}

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
	len = strlen(words[1]);
	memcpy(both, words[1], len);
	both[len] = ' ';
	memcpy(both + len + 1, words[0], sizeof words[0]);
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
		return (number_is_old_organ(n->groups[0]) || type) && strlen(n->groups[0]) > 1;
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
