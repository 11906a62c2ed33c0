/* indexer/search/question.c - see question.h. */
#include "indexer/search/question.h"

/* Folded, and as the tokenizer keys the marks (token.h). Longer ones first where one begins another. */
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

static bool any_marks(const Word *words, size_t count)
{
	bool any = false;
	for (size_t i = 0; i < count; i++)
		any |= words[i].marked;
	return any;
}

/* How many of the words, from the first on, are the phrase; 0: they are not. */
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
	bool marked = any_marks(words, count), sure = false;
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
