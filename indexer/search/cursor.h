/* indexer/search/cursor.h - where the next page of an answer begins, as a text that goes out and comes back.
 *
 *   "w1240"   w all words as typed, m with other marks, p phrases parted by punctuation, r some of the words; the
 *             class of the order (order.h), the tier that is being read for it, the hits of that tier to pass over
 *
 * Owns     nothing
 * Errors   false: not a cursor that an answer gave
 * Threads  pure
 */
#ifndef INDEXER_SEARCH_CURSOR_H
#define INDEXER_SEARCH_CURSOR_H

#include "base/str.h"

enum { CURSOR_TEXT_MAX = 24, CURSOR_DEEPEST = 1 << 20 /* hits */ };

typedef struct {
	bool relaxed, other_accents, parted; /* which of the queries it was */
	size_t order_class;                  /* 0 where the text is not looked at */
	size_t tier;                         /* of a relaxed query: 0 */
	uint64_t first;                      /* hits of that tier to pass over */
} SearchCursor;

bool cursor_parse(Str text, SearchCursor *out);
/* first is at most CURSOR_DEEPEST. */
void cursor_write(const SearchCursor *cursor, char out[static CURSOR_TEXT_MAX]);

#endif
