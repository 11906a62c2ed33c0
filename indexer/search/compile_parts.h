/* indexer/search/compile_parts.h - what compile.c (clauses), compile_words.c (words and terms) and compile_fields.c
 * share. */
#ifndef INDEXER_SEARCH_COMPILE_PARTS_H
#define INDEXER_SEARCH_COMPILE_PARTS_H

#include "indexer/search/compile.h"

typedef struct {
	Matcher *matcher;
	Arena *arena;
	Err *err;
	CompileOptions options;
	TokenIter *tokens;
	bool failed; /* err says why; nothing that is made afterwards is used */
	Compiled *out;
} Compiler;

typedef struct {
	Query *folded, *exact; /* exact NULL: like folded */
	Query *likely;         /* of a word typed without marks: the accentuation most records have; NULL: itself */
	Query *strict;         /* exact (or likely) and every pair of neighbours; NULL: there are no pairs */
} Sides;

/* q itself; where it is NULL, the compiler has failed for want of memory. */
Query *compile_checked(Compiler *c, Query *q);
Query *compile_term(Compiler *c, const Buf *bytes);
Query *compile_exact_term(Compiler *c, TermPrefix prefix, Str value);
Query *compile_unmarked(Compiler *c, const Word *word); /* just as it is written without marks */
/* A number or date: the record that bears it first, then those that say it. */
Query *compile_span(Compiler *c, const Word *word);
Query *compile_pair(Compiler *c, TermPrefix prefix, const Word *first, const Word *second);
Sides compile_word(Compiler *c, TermPrefix prefix, const Word *word);
/* All of the words, and (pairs) every pair of neighbours too. */
Sides compile_tight(Compiler *c, TermPrefix prefix, const Clause *clause, bool pairs);
Sides compile_field_sides(Compiler *c, const Clause *clause);

#endif
