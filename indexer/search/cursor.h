/* indexer/search/cursor.h - where the next page of an answer begins, as a text that goes out and comes back.
 *
 *   "w1240.517.AgME"
 *             w all words as typed, m with other marks, p phrases parted by punctuation, r some of the words; the
 *             class of the order (order.h), the tier that is being read for it, the hits of that tier to pass over;
 *             the sequence that the index had come to on the first page; which hits were shown: sequences, each but
 *             the first less the one before, seven bits a byte, in base64 (RFC 4648 §5)
 *
 * What comes to the archive between two pages changes scores, and with them the order of what was there. So a page
 * begins at the first hit and passes over those that were shown; only when they are too many to be told, at a place.
 *
 * Owns     nothing
 * Errors   false: not a cursor that an answer gave
 * Threads  pure
 */
#ifndef INDEXER_SEARCH_CURSOR_H
#define INDEXER_SEARCH_CURSOR_H

#include "base/str.h"

enum { CURSOR_TEXT_MAX = 900, CURSOR_DEEPEST = 1 << 20 /* hits */, CURSOR_SHOWN_MAX = 200 };

typedef struct {
	bool relaxed, other_accents, parted; /* which of the queries it was */
	size_t order_class;                  /* 0 where the text is not looked at */
	size_t tier;                         /* of a relaxed query: 0 */
	uint64_t first;                      /* hits of that tier to pass over */
	uint64_t position;                   /* records from this sequence on came later: they are left out */
	uint64_t shown[CURSOR_SHOWN_MAX];    /* ascending */
	size_t shown_count;
} SearchCursor;

bool cursor_parse(Str text, SearchCursor *out);
/* first is at most CURSOR_DEEPEST. False: the hits that were shown are too many to be told. */
bool cursor_write(const SearchCursor *cursor, char out[static CURSOR_TEXT_MAX]);
bool cursor_has_shown(const SearchCursor *cursor, uint64_t sequence);

#endif
