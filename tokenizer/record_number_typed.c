/* tokenizer/record_number_typed.c - what people and metadata give for a number: record_number_parse.
 *
 * Three attempts on the plain copy of the text: the grammar anywhere in it; the same with OCR's letters read as
 * digits (O 0, l 1); and words for which the whole text must account: [số | type]* number [year] group …, with any
 * separators ("15 2019 qd ubnd", "QĐ 15 năm 2019", "nghị định 88").
 */
#include "tokenizer/date.h"
#include "tokenizer/doc_type.h"
#include "tokenizer/number_grammar.h"
#include "tokenizer/plain.h"
#include "tokenizer/syllable_table.h"

#include <stdio.h>

enum { TYPED_MAX = 600, WORDS_MAX = 24 };

static const uint8_t *bytes(Str s)
{
	return (const uint8_t *)s.ptr;
}

/* May the number begin here? (In a typed line less stands in the way than in running text.) */
static bool may_begin(Str s, size_t at)
{
	unsigned width, before_width;
	uint32_t c = plain_before(bytes(s), bytes(s) + at, &width);
	if (plain_is_digit(c))
		return false;
	if (c == '.' || c == ',')
		return !plain_is_digit(plain_before(bytes(s), bytes(s) + at - width, &before_width));
	if (c == ':') /* QCVN 41:2016/BGTVT */
		return !plain_is_digit(plain_before(bytes(s), bytes(s) + at - width, &before_width));
	return true;
}

static bool find_by_grammar(Str s, RecordNumber *out)
{
	NumberText text;
	for (size_t at = 0; at < s.len; at++) {
		if (!plain_is_digit(bytes(s)[at]) || !may_begin(s, at))
			continue;
		const uint8_t *start = bytes(s) + at, *end = bytes(s) + s.len;
		const uint8_t *stop = number_read(start, end, true, &text, out);
		if (stop != end || memchr(start, ' ', (size_t)(end - start)))
			stop = number_read(start, end, false, &text, out);
		if (!stop || !number_finish(&text, out))
			continue;
		size_t behind = (size_t)(stop - bytes(s));
		date_clause_read(s, &behind, &out->date);
		return true;
	}
	return false;
}

static char ocr_digit(char c)
{
	return c == 'O' || c == 'o' || c == 'Q' ? '0' : c == 'l' || c == 'I' || c == '|' || c == 'i' ? '1' : 0;
}

/* Letters that OCR takes for digits become digits, in the parts that hold digits and nothing else. */
static bool mend_digits(char *s, size_t len)
{
	bool changed = false;
	for (size_t start = 0; start < len;) {
		size_t stop = start, digits = 0, letters = 0;
		while (stop < len && (plain_is_digit((uint8_t)s[stop]) || ocr_digit(s[stop]))) {
			digits += plain_is_digit((uint8_t)s[stop]);
			letters += !plain_is_digit((uint8_t)s[stop]);
			stop++;
		}
		bool starts_word = start == 0 || s[start - 1] == ' ' || s[start - 1] == '/' || s[start - 1] == ':';
		bool ends = stop < len && (s[stop] == '/' || s[stop] == ' ' || s[stop] == '-');
		/* "lO/2015": letters only, where a year shows that a number was meant */
		bool meant = digits ||
			     (letters <= 3 && stop + 1 < len && s[stop] == '/' && plain_is_digit((uint8_t)s[stop + 1]));
		for (size_t i = start; meant && letters && starts_word && ends && i < stop; i++) {
			if (ocr_digit(s[i]))
				s[i] = ocr_digit(s[i]);
			changed = true;
		}
		start = stop > start ? stop : start + 1;
	}
	return changed;
}

/* ---- words with any separators ---- */

typedef struct {
	Str text;        /* in the plain copy */
	char folded[24]; /* ASCII small */
	bool digits;
} Word;

static size_t split_words(Str s, Word words[WORDS_MAX])
{
	const uint8_t *p = bytes(s), *end = p + s.len;
	size_t count = 0;
	unsigned width;
	while (p < end) {
		uint32_t c = plain_next(p, end, &width);
		bool digit = plain_is_digit(c), letter = plain_is_letter(c);
		if (!digit && !letter) {
			if (!strchr(" /-.,:_", c < 0x80 ? (int)c : '?') || count == WORDS_MAX)
				return 0;
			p += width;
			continue;
		}
		if (count == WORDS_MAX)
			return 0;
		Word *word = &words[count++];
		const uint8_t *start = p;
		size_t len = 0;
		*word = (Word){.digits = digit};
		for (; p < end; p += width) {
			c = plain_next(p, end, &width);
			bool part = digit ? plain_is_digit(c) : plain_is_letter(c) || plain_is_digit(c) || c == '&';
			if (!part)
				break;
			char ascii = plain_is_digit(c) ? (char)c : plain_ascii_upper(c);
			if (len + 1 >= sizeof word->folded)
				return 0;
			if (ascii)
				word->folded[len++] = ascii >= 'A' ? (char)(ascii + 32) : ascii;
		}
		word->text = (Str){(const char *)start, (size_t)(p - start)};
	}
	return count;
}

/* Takes "số", type names and abbreviations off the front; *type_out the last type met. */
static size_t skip_introduction(const Word *words, size_t count, const DocType **type_out, bool *said_out)
{
	size_t i = 0;
	*type_out = NULL;
	*said_out = false;
	while (i < count && !words[i].digits) {
		char names[160], upper[24];
		size_t len = 0, taken = 0, n = strlen(words[i].folded);
		for (size_t j = i; j < count && j < i + 6 && !words[j].digits; j++)
			len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", j > i ? " " : "",
						words[j].folded);
		const DocType *type = doc_type_by_prefix((Str){names, len}, &len);
		for (size_t k = 0; type && k <= len; k++)
			taken += k == len || names[k] == ' ';
		for (size_t k = 0; k <= n; k++)
			upper[k] = words[i].folded[k] >= 'a' ? (char)(words[i].folded[k] - 32) : words[i].folded[k];
		const DocType *by_key = doc_type_by_key((Str){upper, n});
		if (type)
			*type_out = type;
		else if (by_key)
			*type_out = by_key;
		else if (strcmp(words[i].folded, "so") == 0)
			*said_out = true;
		else
			return 0;
		i += type ? taken : 1;
	}
	return i;
}

static bool take_group(const Word *word, NumberText *text, RecordNumber *out)
{
	char *shown = text->groups[out->group_count], *folded = out->groups[out->group_count];
	size_t len = 0;
	if (out->group_count == RECORD_NUMBER_GROUPS_MAX || word->text.len + 4 > sizeof text->groups[0])
		return false;
	unsigned width;
	const uint8_t *end = bytes(word->text) + word->text.len;
	for (const uint8_t *p = bytes(word->text); p < end; p += width)
		len += utf8_encode(plain_upper(plain_next(p, end, &width)), shown + len);
	shown[len] = 0;
	len = strlen(word->folded);
	for (size_t i = 0; i <= len; i++)
		folded[i] = word->folded[i] >= 'a' ? (char)(word->folded[i] - 32) : word->folded[i];
	out->group_count++;
	return true;
}

static bool is_syllable(const char *folded)
{
	uint64_t code = 0;
	size_t len = strlen(folded);
	for (size_t i = 0; i < len && i < SYLLABLE_LETTERS_MAX; i++)
		code = code << 6 | (letter_ascii[(uint8_t)folded[i]] & LETTER_NUMBER);
	return len <= SYLLABLE_LETTERS_MAX && syllable_find(code) != NULL;
}

/* Words that make a notation: a type first, or something that is no word of the language. */
static bool is_notation(const RecordNumber *n)
{
	if (!n->group_count || doc_type_by_key(str_from(n->groups[0])))
		return true;
	for (unsigned i = 0; i < n->group_count; i++) {
		char small[24];
		size_t len = strlen(n->groups[i]);
		for (size_t k = 0; k <= len; k++)
			small[k] = n->groups[i][k] >= 'A' ? (char)(n->groups[i][k] + 32) : n->groups[i][k];
		if (!is_syllable(small))
			return true;
	}
	return false;
}

static bool year_word(const Word *word, unsigned *year_out)
{
	uint64_t value;
	size_t len = word->text.len;
	if (!word->digits || (len != 4 && len != 2) || !str_to_u64(word->text, &value))
		return false;
	*year_out = date_full_year((unsigned)value);
	return *year_out >= 1900 && *year_out < 2100;
}

static bool read_words(const Word *words, size_t count, NumberText *text, RecordNumber *out)
{
	const DocType *type;
	bool said;
	unsigned year;
	uint64_t value;
	size_t i = skip_introduction(words, count, &type, &said);
	if (i == count || !words[i].digits || words[i].text.len > 6 || !str_to_u64(words[i].text, &value))
		return false;
	snprintf(out->num, sizeof out->num, "%u", (unsigned)value);
	out->zeros = (uint8_t)(words[i].text.len - strlen(out->num));
	i++;
	if (i < count && words[i].text.ptr == words[i - 1].text.ptr + words[i - 1].text.len &&
	    strlen(words[i].folded) <= 2)
		memcpy(out->suffix, words[i++].folded, 3);
	if (i < count && year_word(&words[i], &year) && (words[i].text.len == 4 || i + 1 < count)) {
		out->year = (uint16_t)year;
		i++;
	} else if (i + 1 < count && strcmp(words[i].folded, "nam") == 0 && year_word(&words[i + 1], &year)) {
		out->year = (uint16_t)year;
		i += 2;
	}
	for (; i < count; i++)
		if (words[i].digits || !take_group(&words[i], text, out))
			return false;
	if (!is_notation(out) || (!type && !said && !out->group_count))
		return false;
	if (!out->group_count) {
		if (!type || !type->key[0])
			return out->year != 0 && type != NULL;
		snprintf(out->groups[0], sizeof out->groups[0], "%s", type->key);
		snprintf(text->groups[0], sizeof text->groups[0], "%s", type->abbreviation);
		out->group_count = 1;
	}
	return true;
}

/* The date clause at the end of s, if any, is cut off. */
static Str cut_date(Str s, CivilDate *date_out)
{
	for (size_t i = 0; i < s.len; i++) {
		size_t at = i;
		CivilDate date;
		if ((i == 0 || s.ptr[i - 1] == ' ' || s.ptr[i - 1] == ',') && !plain_is_digit((uint8_t)s.ptr[i]) &&
		    date_clause_read(s, &at, &date) && at == s.len && date.month) {
			*date_out = date;
			return str_trim(str_slice(s, 0, i));
		}
	}
	return s;
}

static bool find_by_words(Str s, RecordNumber *out)
{
	Word words[WORDS_MAX];
	NumberText text;
	CivilDate date = {0};
	s = cut_date(s, &date);
	*out = (RecordNumber){.style = NUMBER_STATE};
	size_t count = split_words(s, words);
	if (!count || !read_words(words, count, &text, out) || !number_finish(&text, out))
		return false;
	out->date = date;
	return true;
}

/* "QĐ/0001-BTP", as some registers have it: the type before the number. Written the usual way, 0001/QĐ-BTP. */
static size_t turn_round(Str s, char out[static TYPED_MAX])
{
	char type[16], upper[16];
	size_t len, slash, from;
	const uint8_t *stop = plain_word(bytes(s), bytes(s) + s.len, type, sizeof type, &len);
	for (size_t i = 0; i < len; i++)
		upper[i] = (char)(type[i] - 32);
	slash = (size_t)(stop - bytes(s));
	if (!len || len == sizeof type || slash >= s.len || *stop != '/' || !doc_type_by_key((Str){upper, len}))
		return 0;
	for (from = slash + 1; from < s.len && (plain_is_digit(bytes(s)[from]) || s.ptr[from] == '/');)
		from++;
	if (from - slash < 2 || from >= s.len || s.ptr[from] != '-' || s.ptr[slash + 1] == '/' ||
	    s.ptr[from - 1] == '/')
		return 0;
	int n = snprintf(out, TYPED_MAX, "%.*s/%.*s%.*s", (int)(from - slash - 1), s.ptr + slash + 1, (int)slash, s.ptr,
			 (int)(s.len - from), s.ptr + from);
	return n > 0 && n < TYPED_MAX ? (size_t)n : 0;
}

bool record_number_parse(Str s, RecordNumber *out)
{
	char plain[TYPED_MAX];
	RecordNumber number;
	if (!s.ptr)
		return false;
	size_t len = plain_copy(s, plain, sizeof plain);
	Str copy = {plain, len};
	char turned[TYPED_MAX];
	size_t turned_len = turn_round(copy, turned);
	if (turned_len && find_by_grammar((Str){turned, turned_len}, out))
		return true;
	bool found = find_by_grammar(copy, &number);
	if (mend_digits(plain, len)) { /* "l5/2O19": digits in disguise may make the number longer */
		RecordNumber mended;
		if (find_by_grammar(copy, &mended)) {
			number = mended;
			found = true;
		}
	}
	if (!found && !find_by_words(copy, &number))
		return false;
	*out = number;
	return true;
}
