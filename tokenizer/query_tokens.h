/* tokenizer/query_tokens.h - the words of a query, and of the names it is compared with, as hashes.
 *
 *   "xã Tân Phú"  -->  three words; the hash of a phrase is made of its words', so every run of words is one look-up
 *
 * Units    start and end are byte offsets into the text
 * Owns     nothing; the array is the caller's
 * Errors   ST_NO_MEMORY
 * Threads  pure; the iterator is the caller's
 */
#ifndef TOKENIZER_QUERY_TOKENS_H
#define TOKENIZER_QUERY_TOKENS_H

#include "tokenizer/token.h"

typedef struct {
	uint64_t fold, key; /* hashes of the folded form and of the key */
	uint32_t start, end;
	bool marked, capital; /* written with marks; begins with a capital letter */
	bool all_capitals;
	bool begins_clause; /* punctuation or an empty line stands before it */
} QueryToken;
enum { QUERY_TOKENS_MAX = 96 };

/* The words of a text, spans left out; what is behind QUERY_TOKENS_MAX is not looked at. */
Status query_tokens_read(TokenIter *it, Str text, QueryToken tokens[static QUERY_TOKENS_MAX], size_t *count_out,
			 Err *err);

/* The phrase with one more word behind it; a phrase without words is 0. */
static inline uint64_t phrase_add(uint64_t phrase, uint64_t word)
{
	phrase = (phrase ^ word) * 0x9e3779b97f4a7c15u;
	return phrase ^ phrase >> 29;
}

static inline uint64_t phrase_of(const QueryToken *tokens, size_t count)
{
	uint64_t phrase = 0;
	for (size_t i = 0; i < count; i++)
		phrase = phrase_add(phrase, tokens[i].fold);
	return phrase;
}

#endif
