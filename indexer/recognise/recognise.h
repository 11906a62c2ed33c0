/* indexer/recognise/recognise.h - recognition of scans: all that waits (`hoso ocr`), and what comes in while the
 * service runs.
 *
 * What waits follows from the archive alone; each record is archived by itself as soon as its pages are done. So it may
 * be killed at any time: what was archived is never recognised again, what was not is begun again. `hoso ocr` takes the
 * newest first and the service the oldest: where both run they meet in the middle.
 *
 * Owns     a RecogniseService until recognise_service_stop; Store and Index must outlive it
 * Errors   ST_UNSUPPORTED recognition is not installed, and what is missing; those of the archive; ST_NO_MEMORY
 * Threads  as said; progress and told are called from the thread that called
 */
#ifndef INDEXER_RECOGNISE_RECOGNISE_H
#define INDEXER_RECOGNISE_RECOGNISE_H

#include "indexer/shards/index.h"

typedef struct {
	uint64_t records, pages; /* done */
	uint64_t failed_pages;   /* of these, the ones that can't be read */
	uint64_t sealed_off;     /* records that bear a stamp of secrecy */
	uint64_t records_left, pages_left;
	double seconds;
} RecogniseReport;

typedef struct {
	void *ctx;
	void (*progress)(void *ctx, const RecogniseReport *so_far); /* twice a second */
	unsigned workers;                                           /* 0: one a core */
	const Stop *stop;
} RecogniseOptions;

/* What waits now. */
Status recognise_count(Store *store, const Stop *stop, uint64_t *records_out, uint64_t *pages_out, Err *err);
/* Recognises it, and what comes meanwhile. index (may be NULL) is told of each new version. */
Status recognise_waiting(Store *store, Index *index, const RecogniseOptions *options, RecogniseReport *out, Err *err);

/* One thread of low priority that looks for what waits. */
typedef struct RecogniseService RecogniseService;
Status recognise_service_start(RecogniseService **out, Store *store, Index *index, Err *err);
void recognise_service_stop(RecogniseService *service);
void recognise_service_state(RecogniseService *service, RecogniseReport *out);

#endif
