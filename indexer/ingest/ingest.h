/* indexer/ingest/ingest.h - from files, folders, packages and JSON lines to the archive.
 *
 * Each item is read, its text extracted (in a process of its own, with limits), its metadata completed from the text,
 * appended; commits come every few megabytes. What can't be taken is rejected with a reason and everything else goes
 * on. May be killed and repeated at any time: what is there already is a duplicate.
 *
 * Threads  one ingest at a time per Store (others wait or get ST_BUSY)
 */
#ifndef INDEXER_INGEST_INGEST_H
#define INDEXER_INGEST_INGEST_H

#include "base/stop.h"
#include "indexer/ingest/report.h"
#include "indexer/shards/index.h"

typedef struct {
	void *ctx;
	/* May be NULL. Called now and then from the ingesting thread. */
	void (*progress)(void *ctx, const IngestReport *so_far);
	/* For each item refused: where it stood ("records.jsonl:17", "a.zip!b/c.pdf") and why. */
	void (*rejected)(void *ctx, Str source, Status code, Str reason);
	void (*warned)(void *ctx, Str source, Str warning);
	const Stop *stop;     /* ends the ingest after the record at hand; what was appended is committed */
	Str fonds, case_code; /* given to records that name none */
	bool no_extraction;   /* originals only */
} IngestOptions;

/* "-" reads JSONL from standard input. The report is filled in also when it fails. */
Status ingest_paths(Store *store, Index *index, const char *const *paths, size_t count, const IngestOptions *options,
		    IngestReport *out, Err *err);
/* The same for bytes that arrive on a descriptor (HTTP): name says what they are by its ending (".jsonl", ".zip" …). */
Status ingest_stream(Store *store, Index *index, int fd, Str name, const IngestOptions *options, IngestReport *out,
		     Err *err);
/* The ending of what is sent with this media type and no name: ".zip"; NULL: such a thing needs a name. */
const char *ingest_body_ending(Str media);
/* One record as JSON (files inline as base64), durable when it returns. */
Status ingest_record(Store *store, Index *index, Str json, Receipt *out, Err *err);

#endif
