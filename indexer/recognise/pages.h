/* indexer/recognise/pages.h - the pages of a record: as images, and the words on them, so that a hit can be shown
 * where it stands.
 *
 * Pages are counted through all originals that have any, from 1. Words come from the record's layout where it has the
 * page, else, for a PDF, out of the document itself.
 *
 * Shapes   boxes in parts of the page as it lies in the document, 0–1, from its upper left corner
 * Units    start and end are byte offsets into the record's text; both 0: not known
 * Owns     words lie in the arena; an image is appended to the Buf
 * Errors   ST_NOT_FOUND no such page; ST_INVALID, ST_LIMIT, ST_UNSUPPORTED the document's fault; ST_BUSY the deadline
 *          passed; those of the archive; ST_NO_MEMORY
 * Threads  any
 */
#ifndef INDEXER_RECOGNISE_PAGES_H
#define INDEXER_RECOGNISE_PAGES_H

#include "base/deadline.h"
#include "store/log/store.h"

enum { VIEW_WIDTH_LEAST = 100, VIEW_WIDTH_MOST = 2400 };

/* A JPEG of so many pixels' width. */
Status page_view(Store *store, const Entry *entry, unsigned page, unsigned width, const Deadline *until, Buf *jpeg_out,
		 Err *err);

typedef struct {
	Str text;
	uint64_t start, end;
	double x, y, width, height;
} ViewWord;
/* text: the record's; "" where it has none. */
Status page_view_words(Store *store, const Entry *entry, unsigned page, Str text, const Deadline *until, Arena *arena,
		       ViewWord **words_out, size_t *count_out, Err *err);

#endif
