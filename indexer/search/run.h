/* indexer/search/run.h - one run of a search, shared by search.c (what is meant) and search_page.c (what is found). */
#ifndef INDEXER_SEARCH_RUN_H
#define INDEXER_SEARCH_RUN_H

#include "indexer/search/compile.h"
#include "indexer/search/parts.h"

enum { SEARCH_DEEPEST = 1 << 20 }; /* hits that a cursor can pass over */

typedef struct {
	const SearchRequest *request;
	SearchAnswer *answer;
	ParsedQuery parsed;
	Compiled compiled;
	Query *filter; /* NULL: none */
	Word *words;   /* all words of the query, for snippets */
	size_t word_count;
	Str typed;      /* the first run of words or phrase, as typed */
	size_t tier;    /* from the cursor: where to go on … */
	uint64_t first; /* … and the hits of that tier to pass over */
	bool relaxed;
	bool other_accents; /* nothing had the words as they were typed */
} Run;

/* Hits, totals and facets of run->compiled into run->answer, which is empty. */
Status search_fill_page(View *view, Run *run);

#endif
