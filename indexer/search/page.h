/* indexer/search/page.h - the hits, totals and facets of one page of an answer.
 *
 * Owns     everything in the answer lives in the view's arena
 * Errors   those of the index and the archive
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_PAGE_H
#define INDEXER_SEARCH_PAGE_H

#include "indexer/search/compiler.h"
#include "indexer/search/view.h"

/* A search under way. */
typedef struct {
	const SearchRequest *request;
	SearchAnswer *answer;
	ParsedQuery parsed;
	Compiled compiled;
	Query *filter; /* NULL: none */
	Word *words;   /* all words of the query, for snippets */
	size_t word_count;
	Str typed;      /* the first words or phrase of the query, as typed */
	size_t tier;    /* from the cursor: the tier to go on with */
	uint64_t first; /* and how many of its hits to pass over */
	bool relaxed;
	bool other_accents; /* no record has the words as they were typed: other marks count too */
} Search;

/* Fills search->answer, which is empty, from search->compiled. */
Status page_fill(View *view, Search *search);

#endif
