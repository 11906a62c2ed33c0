/* indexer/search/compile_words.h - words, pairs and numbers of a query as terms, and runs of them.
 *
 * Owns     everything lives in the arena
 * Errors   NULL: the compiler has failed
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_COMPILE_WORDS_H
#define INDEXER_SEARCH_COMPILE_WORDS_H

#include "indexer/search/compiler.h"

/* q itself; where q is NULL, the compiler has failed for want of memory. */
Query *compile_checked(Compiler *c, Query *q);
Query *compile_term(Compiler *c, const Buf *bytes);
Query *compile_exact_term(Compiler *c, TermPrefix prefix, Str value);
Query *compile_unmarked(Compiler *c, const Word *word); /* the word written without marks, and no other */
/* A number or date: the record that bears it first, then those whose text says it. */
Query *compile_span(Compiler *c, const Word *word);
Query *compile_pair(Compiler *c, TermPrefix prefix, const Word *first, const Word *second);
Sides compile_word(Compiler *c, TermPrefix prefix, const Word *word);
/* Does word i stand side by side with the word before it, so that the two are a pair? */
bool compile_makes_pair(const Clause *clause, size_t i);

/* Sides of several words or clauses, to be joined. */
typedef struct {
	Query *folded[3 * SEARCH_TERMS_MAX], *exact[3 * SEARCH_TERMS_MAX], *likely[3 * SEARCH_TERMS_MAX],
		*literal[3 * SEARCH_TERMS_MAX];
	Query *pairs[SEARCH_TERMS_MAX]; /* that add to the score */
	size_t count, pair_count;
	bool marked, guessed, unmarked; /* some have an exact side; a likely one; a literal one */
} Gathered;
void gathered_add(Gathered *g, Sides sides);
Sides gathered_join(Compiler *c, QueryOp op, Gathered *g);

/* All of the words [first, end) of a clause; with `pairs`, every pair of neighbours too, which makes a phrase. */
Sides compile_tight(Compiler *c, TermPrefix prefix, const Clause *clause, size_t first, size_t end, bool pairs);

#endif
