/* indexer/search/sift.h - a page whose hits come class by class (order.h): words side by side before words apart.
 *
 * Owns     everything in the answer lives in the view's arena
 * Errors   those of the index and the archive
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_SIFT_H
#define INDEXER_SEARCH_SIFT_H

#include "indexer/search/hits.h"

bool sift_is_needed(const Search *search);
/* Fills hits, totals and cursor of search->answer. ask: its tiers, restricted by the filters. */
Status sift_fill(View *view, Search *search, QueryAsk *ask);

#endif
