/* indexer/ingest/content.h - one more file for a record that is archived: its next version.
 *
 * The next version refers to the objects of the newest one by their hashes, so a sixteenth file costs what the first
 * one cost. A text that was given stays the record's text; else what can be extracted from the file follows the text
 * that is there. The version is appended only where the newest is still the one that was read; else it is made again
 * from the newer one.
 *
 * Owns     nothing
 * Errors   ST_NOT_FOUND no such record; ST_CONFLICT others changed it each time, or the version that was asked for is
 *          not the newest; ST_BUSY the deadline passed, nothing is archived;
 *          ST_LIMIT too many objects; the reasons of rejects (ingest.h)
 * Threads  any
 */
#ifndef INDEXER_INGEST_CONTENT_H
#define INDEXER_INGEST_CONTENT_H

#include "base/deadline.h"
#include "indexer/shards/index.h"

typedef struct {
	Str id, name;
	Str bytes; /* the file; or, where ptr is NULL, … */
	int fd;    /* … a descriptor, read from its start; it stays the caller's */
	uint64_t size_bytes;
	uint32_t version; /* the version that must be the newest; 0: whichever is */
	Deadline until;
} ContentInput;

/* Durable when it returns. The same file again gives the receipt of the version that has it (APPEND_DUPLICATE). */
Status ingest_content(Store *store, Index *index, const ContentInput *input, Receipt *out, Err *err);

#endif
