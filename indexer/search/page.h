/* indexer/search/page.h - the hits, totals and facets of one page of an answer.
 *
 * Owns     everything in the answer lives in the view's arena
 * Errors   those of the index and the archive
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_PAGE_H
#define INDEXER_SEARCH_PAGE_H

#include "indexer/search/hits.h"

/* Fills search->answer, which is empty, from search->compiled. */
Status page_fill(View *view, Search *search);

#endif
