/* indexer/ingest/complete.h - what the sender left out: the text, from the files; the metadata, from the text.
 *
 * What was given always wins. What was found stands under "extra" beside it: "extraction" says why there is no text,
 * "extracted" what the letterhead says and how certain that is.
 *
 * Owns     an ItemText points into the record or into the Buf that was passed
 * Errors   ST_FORBIDDEN the letterhead bears a stamp of secrecy; ST_NO_MEMORY; those of reading the files
 * Threads  one
 */
#ifndef INDEXER_INGEST_COMPLETE_H
#define INDEXER_INGEST_COMPLETE_H

#include "indexer/ingest/item.h"
#include "store/record/text_state.h"

typedef struct {
	Str text;
	char from[48]; /* as Extraction.from */
	bool has_text;
	TextState state;
	uint32_t waiting_pages; /* for recognition */
	bool first_waits;       /* the page with the letterhead is among them */
	/* Of a text that was recognised: how certain its words between two offsets are, 0–1, the mean or the least of
	 * them. NULL: it was written. */
	double (*certainty)(const void *ctx, uint32_t start, uint32_t end, bool least);
	const void *certainty_ctx;
	bool keep_file; /* item->text_file was decoded: its own bytes are kept too */
} ItemText;

/* The text that was given, else the file beside it, else what can be extracted. */
Status item_find_text(IngestRun *run, IngestItem *item, Buf *text_buf, ItemText *out, Err *err);
Status item_complete_metadata(IngestRun *run, IngestItem *item, const ItemText *text, Err *err);

#endif
