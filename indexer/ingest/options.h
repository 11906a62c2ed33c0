/* indexer/ingest/options.h - what whoever starts an ingest wants of it, and what it is told while it runs.
 *
 * Owns     nothing: ctx, stop and the strings must outlive the ingest
 * Threads  every function here is called from the thread that ingests
 */
#ifndef INDEXER_INGEST_OPTIONS_H
#define INDEXER_INGEST_OPTIONS_H

#include "base/stop.h"
#include "indexer/ingest/report.h"

/* Functions may be NULL. Sources read "records.jsonl:17" or "a.zip!b/c.pdf". */
typedef struct {
	void *ctx;
	void (*progress)(void *ctx, const IngestReport *so_far); /* a few times a second */
	void (*rejected)(void *ctx, Str source, Status code, Str reason);
	void (*warned)(void *ctx, Str source, Str warning);
	const Stop *stop;     /* ends the ingest after the record at hand; what was appended is committed */
	Str fonds, case_code; /* given to records that name none */
} IngestOptions;

#endif
