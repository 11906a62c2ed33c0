/* indexer/search/front.h - hits that stand before those of the tiers: records that bear the number asked for, else its
 * variants with their reasons; records whose title is what was typed; records that have a long query as a row of words.
 *
 * Owns     nothing
 * Errors   those of the index and the archive
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_FRONT_H
#define INDEXER_SEARCH_FRONT_H

#include "indexer/search/hits.h"

/* Of no more hits than a page has. The same on every page of an answer: there they are passed over. */
Status front_find(View *view, const Search *search, Front *out);
bool front_has(const Front *front, const QueryHit *hit);

#endif
