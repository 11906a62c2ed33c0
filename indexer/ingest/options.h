/* indexer/ingest/options.h - what whoever starts an ingest wants of it, and what it is told while it runs.
 *
 * Owns     nothing: ctx, until.stop and the strings must outlive the ingest
 * Threads  every function here is called from the thread that ingests
 */
#ifndef INDEXER_INGEST_OPTIONS_H
#define INDEXER_INGEST_OPTIONS_H

#include "base/deadline.h"
#include "indexer/ingest/plan.h"
#include "indexer/ingest/report.h"

/* Functions may be NULL. Sources read "records.jsonl:17" or "a.zip!b/c.pdf". */
typedef struct {
	void *ctx;
	void (*progress)(void *ctx, const IngestReport *so_far); /* a few times a second */
	void (*rejected)(void *ctx, Str source, Status code, Str reason);
	void (*warned)(void *ctx, Str source, const char *code, Str warning); /* code: as ingest_warning_write */
	void (*planned)(void *ctx, const IngestPlan *plan);                   /* a register was read to its end */
	Deadline until;       /* ends the ingest: the document at hand is given up, what was appended is committed */
	Str fonds, case_code; /* given to records that name none */
	bool dry_run;         /* nothing is written; texts are not extracted */
	bool amend;           /* what is given takes the place of what the holder of the same original says */
	bool unique_numbers;  /* a number that another record of its agency and year bears is refused */
	bool as_document;     /* lists are documents, whatever their headings say */
	const Str *maps;      /* "Column=field", for registers */
	size_t map_count;
} IngestOptions;

#endif
