/* tests/fuzz/tokenizer_tokens.c - any bytes as a text: offsets rise and lie inside, forms are within their bounds, and
 * folding twice is folding once; a part of the tokens too. */
#include "base/utf8.h"
#include "tokenizer/fold.h"
#include "tokenizer/syllable.h"
#include "tokenizer/token.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_tokens(TokenIter *it, Str text, const TokenWanted *wanted)
{
	Token token;
	Err err;
	uint32_t last = 0, plain_end = 0;
	Step step;
	token_iter_set(it, text);
	if (wanted)
		token_iter_skim(it, wanted);
	while ((step = token_next(it, &token, &err)) == STEP_ITEM) {
		bool span = token.kind >= TOKEN_RECORD_NUMBER;
		if (token.kind >= TOKEN_KIND_COUNT || token.start >= token.end || token.end > text.len ||
		    token.start < last)
			abort();
		if (!span && token.start < plain_end)
			abort();
		if (token.folded.len == 0 || token.key.len == 0 || token.fold > syllable_fold_count() ||
		    token.syllable > syllable_count())
			abort();
		if (!span && (token.folded.len > TOKEN_FOLDED_MAX || token.key.len > TOKEN_KEY_MAX))
			abort();
		if (!utf8_is_valid(token.folded) || !utf8_is_valid(token.key))
			abort();
		last = token.start;
		plain_end = span ? plain_end : token.end;
	}
	if (step != STEP_END)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static TokenIter *it;
	Err err;
	Str text = {(const char *)data, size};
	Buf once = {0}, twice = {0};
	if (!it && !(it = token_iter_new(&err)))
		return 0;
	TokenWanted wanted = {.digits = size % 2, .spans = size % 4 == 1};
	memset(wanted.folds, size % 8 ? 0x11 : 0, sizeof wanted.folds);
	check_tokens(it, text, NULL);
	check_tokens(it, text, &wanted);
	fold_text(text, &once);
	fold_text(buf_str(&once), &twice);
	if (!utf8_is_valid(buf_str(&once)) || !str_eq(buf_str(&once), buf_str(&twice)))
		abort();
	check_tokens(it, buf_str(&once), NULL);
	buf_done(&once);
	buf_done(&twice);
	return 0;
}
