/* indexer/search/front.h - records that have all words of a long query in a row: they come before those of its tiers.
 *
 * Owns     nothing
 * Errors   those of the index and the archive
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_FRONT_H
#define INDEXER_SEARCH_FRONT_H

#include "indexer/search/grade.h"

enum { FRONT_MOST = 10 };

/* Hits that have all words in a row: of a title, say, that would else be found by some of its words. */
typedef struct {
	QueryHit list[FRONT_MOST];
	PhraseGrade grades[FRONT_MOST];
	size_t count;
} Front;

/* Of no more hits than a page has. */
Status front_find(View *view, const Search *search, Front *out);
bool front_has(const Front *front, const QueryHit *hit);

#endif
