/* indexer/recognise/record.h - recognises what waits of one record and appends its next version.
 *
 *   originals ─▶ page by page: its text layer where that is good, else what is recognised ─▶ text, layout
 *             ─▶ gate for secrets ─▶ metadata from the letterhead ─▶ next version, "reason":"recognised"
 *
 * Originals are never touched. The text of before stays: as that of the version before, and as an object of role
 * "layer" where a part of it was replaced. The version is appended only where the newest is still the one that was
 * read.
 *
 * Owns     nothing
 * Errors   ST_BUSY the deadline passed, or another program writes: nothing is archived; ST_UNSUPPORTED recognition is
 *          not installed any more; those of the archive; ST_NO_MEMORY. What is wrong with a page is told in the record
 * Threads  any, each with its own Recogniser
 */
#ifndef INDEXER_RECOGNISE_RECORD_H
#define INDEXER_RECOGNISE_RECORD_H

#include "base/deadline.h"
#include "indexer/extract/recogniser.h"
#include "store/log/store.h"

#include <stdatomic.h>

typedef enum {
	RECOGNISED,
	RECOGNISED_SECRET,    /* it bears a stamp of secrecy: sealed off, nothing of its text is kept */
	RECOGNISED_BY_OTHERS, /* it is another version meanwhile, or is destroyed */
} RecogniseOutcome;

typedef struct {
	RecogniseOutcome outcome;
	uint32_t failed_pages;
	Receipt receipt; /* of RECOGNISED and RECOGNISED_SECRET */
} RecogniseResult;

/* pages_done counts up with each page. */
Status recognise_record(Store *store, Recogniser *recogniser, uint64_t sequence, const Deadline *until,
			_Atomic uint64_t *pages_done, RecogniseResult *out, Err *err);

#endif
