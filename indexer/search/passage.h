/* indexer/search/passage.h - looks at the stored text of a hit: does it hold the phrase, and which passage shows the
 * match best.
 *
 * Offsets come from the same tokenizer that built the index, so marks sit on the text's own bytes whatever form they
 * have. Long texts are looked at up to PASSAGE_TEXT_MAX.
 *
 * Owns     results live in the arena
 * Errors   those of the tokenizer, ST_NO_MEMORY
 * Threads  as the TokenIter
 */
#ifndef INDEXER_SEARCH_PASSAGE_H
#define INDEXER_SEARCH_PASSAGE_H

#include "indexer/search/parse.h"

enum {
	PASSAGE_TEXT_MAX = 1 << 20,
	PASSAGE_BYTES = 280,
	PASSAGE_ENOUGH_BYTES = 16 << 10, /* with matches so far, no more of the text is looked at */
};

/* Is the token this word: without regard to accents, or, where the word was typed with marks, with them? */
bool passage_word_matches(const Token *token, const Word *word);
bool passage_word_matches_exactly(const Token *token, const Word *word);
/* PHRASE: the words in a row, those with marks exactly; NEAR: all within the distance. */
Status passage_check(Str text, const Clause *clause, TokenIter *tokens, bool *holds_out, Err *err);
/* What a snippet is made for. */
typedef struct {
	Str typed; /* a run of the words as it was typed ("" for none): where the text has it so, no more is looked at
		    */
	const Word *words;
	size_t word_count;
} PassageQuery;
/* The best window as HTML-escaped text with <mark>; the beginning of the text where nothing matches. text may be only a
 * beginning (is_all false): then *out stays "" where what follows might have a better window. */
Status passage_snippet(Str text, bool is_all, const PassageQuery *query, TokenIter *tokens, Arena *arena, Str *out,
		       Err *err);

#endif
