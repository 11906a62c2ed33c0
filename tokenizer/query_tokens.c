/* tokenizer/query_tokens.c - the token stream without its spans; only hashes of the forms are kept, since phrases are
 * compared by hash. */
#include "tokenizer/query_tokens.h"
#include "tokenizer/plain.h"

Status query_tokens_read(TokenIter *it, Str text, QueryToken tokens[static QUERY_TOKENS_MAX], size_t *count_out,
			 Err *err)
{
	const uint8_t *base = (const uint8_t *)text.ptr;
	Token token;
	Step step = STEP_END;
	size_t count = 0;
	token_iter_set(it, text);
	while (count < QUERY_TOKENS_MAX && (step = token_next(it, &token, err)) == STEP_ITEM) {
		if (token.kind >= TOKEN_RECORD_NUMBER)
			continue;
		unsigned width;
		uint32_t first = plain_next(base + token.start, base + token.end, &width);
		tokens[count++] = (QueryToken){.all_capitals = token.flags & TOKEN_CAPITALS,
					       .begins_clause = token.flags & TOKEN_BREAK_BEFORE,
					       .fold = str_hash(token.folded),
					       .key = str_hash(token.key),
					       .start = token.start,
					       .end = token.end,
					       .marked = token.flags & TOKEN_MARKED,
					       .capital = plain_is_letter(first) && plain_upper(first) == first};
	}
	*count_out = count;
	return step == STEP_ERROR ? err->code : ST_OK;
}
