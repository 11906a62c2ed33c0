/* indexer/search/passage.h - reads the stored text of a hit: whether it has a phrase, and which passage to show.
 *
 * Offsets come from the tokenizer that built the index, so <mark> encloses the text's own bytes, whatever Unicode form
 * they have. Of a long text the first PASSAGE_TEXT_MAX bytes are read.
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
/* How well a text has words in a row, from not at all to as they were typed. */
typedef enum {
	PHRASE_NONE,
	PHRASE_OTHER_MARKS, /* a word typed with marks has others there */
	PHRASE_UNMARKED,    /* words typed with marks exactly, or without any in the text */
	PHRASE_TYPED,       /* words typed with marks exactly, words typed without in any accentuation */
	PHRASE_LITERAL,     /* every word exactly, those typed without marks without any */
} PhraseGrade;
/* The best grade that the text has the clause's row with; once `enough` is found, no more of it is read. parted:
 * punctuation between its words does not matter. */
Status passage_grade(Str text, const Clause *clause, PhraseGrade enough, bool parted, TokenIter *tokens,
		     PhraseGrade *out, Err *err);
/* Is the text nothing but the clause's row, marks apart? */
Status passage_is_row(Str text, const Clause *clause, TokenIter *tokens, bool *is_row_out, Err *err);
/* Has the text all words of a NEAR within its distance? */
Status passage_near(Str text, const Clause *clause, TokenIter *tokens, bool *holds_out, Err *err);
/* What a snippet is made for. */
typedef struct {
	Str typed; /* a run of the words as it was typed, or "": where the text has it so, nothing else is searched */
	const Word *words;
	size_t word_count;
} PassageQuery;
/* The best window as HTML-escaped text with <mark>; the beginning of the text where nothing matches. If `text` is only
 * the beginning of the text (is_all false), *out stays "" where the rest may have a better window. */
Status passage_snippet(Str text, bool is_all, const PassageQuery *query, TokenIter *tokens, Arena *arena, Str *out,
		       Err *err);

#endif
