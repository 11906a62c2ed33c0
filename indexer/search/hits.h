/* indexer/search/hits.h - a search under way, and what is shown of its hits.
 *
 * Owns     everything in the answer lives in the view's arena
 * Errors   those of the index and the archive
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_HITS_H
#define INDEXER_SEARCH_HITS_H

#include "indexer/search/compiler.h"
#include "indexer/search/cursor.h"
#include "indexer/search/view.h"

/* Hits that stand before those of the tiers (front.h). */
enum { FRONT_MOST = 10 };

typedef struct {
	struct {
		QueryHit hit;
		SearchLabel label;
		int rank; /* the greatest comes first */
	} list[FRONT_MOST];
	size_t count;
} Front;

/* A search under way. */
typedef struct {
	const SearchRequest *request;
	SearchAnswer *answer;
	ParsedQuery parsed;
	Compiled compiled;
	Query *filter; /* NULL: none */
	Word *words;   /* all words of the query, for snippets */
	size_t word_count;
	Str typed;           /* the first words or phrase of the query, as typed */
	size_t order_class;  /* from the cursor: the class of the order to go on with */
	size_t tier;         /* the tier */
	uint64_t first;      /* and how many of its hits to pass over */
	SearchCursor cursor; /* of the page before; empty: this is the first page */
	bool relaxed;
	bool parted; /* no record has the phrases as they were typed: punctuation in the text may part them */
	Front front;
	bool other_accents; /* no record has the words as they were typed: other marks count too */
} Search;

/* Was it shown on a page before this one? */
bool hits_are_shown(const View *view, const Search *search, const QueryHit *hit);
/* A hit's record and the beginning of its text, which view->text holds. */
typedef struct {
	SearchHit hit;
	Entry entry;
	bool is_all; /* the text has no more than that */
} LoadedHit;
/* whole: all of the text is needed. ST_FORBIDDEN: the hit is left out. */
Status hits_load(View *view, const QueryHit *found, bool whole, LoadedHit *out);
/* Adds what hits_load loaded: with its snippet, or bare. */
Status hits_add(View *view, Search *search, const QueryHit *found, LoadedHit *loaded, SearchLabel matched);
/* Adds sequence and score only. */
void hits_add_bare(View *view, Search *search, const QueryHit *found, SearchLabel matched);
/* answer->next becomes the cursor that leads there. rejected: so many texts were read in vain for this page. Where they
 * are few, the next page begins at the first hit again and passes over what was shown. */
Status hits_set_next(View *view, Search *search, size_t order_class, size_t tier, uint64_t first, size_t rejected);

#endif
