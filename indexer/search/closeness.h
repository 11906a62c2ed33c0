/* indexer/search/closeness.h - how close together the words of a question stand in a text.
 *
 * A long record may have all words of a question scattered over twenty articles. The record that answers has them
 * within a few lines, or in its subject and a few lines (docs/decisions/0014).
 *
 * Units    worth: what the caller gives each word and pair; the result is a sum of these
 * Owns     nothing
 * Errors   those of the tokenizer
 * Threads  as the TokenIter
 */
#ifndef INDEXER_SEARCH_CLOSENESS_H
#define INDEXER_SEARCH_CLOSENESS_H

#include "indexer/search/parse.h"

enum { CLOSE_WINDOW = 50 }; /* words */

/* A word of the question, and the pair it makes with the word before it. */
typedef struct {
	uint16_t fold;     /* the syllable's number (token.h); 0: not looked for */
	double word, pair; /* what they are worth; 0: they do not count */
} CloseTerm;

/* The greatest worth that the subject and one window of the text have together; each different word and pair counts
 * once. */
Status closeness(Str subject, Str text, const CloseTerm *terms, size_t count, TokenIter *tokens, double *out, Err *err);

#endif
