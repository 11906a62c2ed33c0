/* indexer/search/question.c - a table of the words and phrases that only ask, compared word by word.
 *
 * In a question typed with marks, each row is compared with its marks; in one typed without, folded. A single unmarked
 * syllable ("ai", "gi") may be another word, so on its own it does not make the words a question.
 */
#include "indexer/search/question.h"

/* Folded, and with its marks as the tokenizer keys them (token.h). A longer row comes before its own beginning. */
static const struct {
	const char *folded, *keys;
} asking[] = {
	{"nhu the nao", "như thê2 nao1"},
	{"the nao", "thê2 nao1"},
	{"nao sau day", "nao1 sau đây"},
	{"nao duoi day", "nao1 dươi2 đây"},
	{"nao", "nao1"},
	{"la gi", "la1 gi1"},
	{"gi", "gi1"},
	{"ai", "ai"},
	{"bao nhieu", "bao nhiêu"},
	{"bao lau", "bao lâu"},
	{"bao gio", "bao giơ1"},
	{"ra sao", "ra sao"},
	{"vi sao", "vi1 sao"},
	{"tai sao", "tai5 sao"},
	{"o dau", "ơ3 đâu"},
};

/* The number of words that the phrase has, if the words begin with it; else 0. */
static size_t starts_with(const Word *words, size_t count, bool marked, const char *phrase)
{
	size_t used = 0;
	for (Str rest = str_from(phrase); rest.len; used++) {
		const char *blank = memchr(rest.ptr, ' ', rest.len);
		size_t len = blank ? (size_t)(blank - rest.ptr) : rest.len;
		if (used == count || words[used].kind > TOKEN_DIGITS)
			return 0;
		Str own = marked && words[used].marked ? words[used].key : words[used].folded;
		if (!str_eq(own, (Str){rest.ptr, len}))
			return 0;
		rest = str_slice(rest, len + (blank != NULL), rest.len);
	}
	return used;
}

bool question_words(const Word *words, size_t count, bool *asks)
{
	bool marked = query_any_marked(words, count), sure = false;
	size_t left = count;
	memset(asks, 0, count * sizeof *asks);
	for (size_t i = 0; i < count;) {
		size_t len = 0;
		for (size_t p = 0; p < sizeof asking / sizeof asking[0] && !len; p++)
			len = starts_with(words + i, count - i, marked, marked ? asking[p].keys : asking[p].folded);
		for (size_t k = i; k < i + len; k++)
			asks[k] = true;
		sure |= len > 1 || (len && words[i].marked);
		left -= len;
		i += len ? len : 1;
	}
	if (left == 0)
		memset(asks, 0, count * sizeof *asks);
	return sure && left > 0;
}
