/* indexer/report/standing.h - what waits and what is shut away in an archive, by the log: pages that wait for
 * recognition, records that are sealed off. No index counts either of them.
 *
 * The log is read once from its start, then what is new. Until it was read to its end, `is_complete` says that the
 * numbers are too small.
 *
 * Owns     standing_open's result until standing_close; the Store must outlive it
 * Errors   ST_BUSY the deadline passed: the next look goes on; those of the archive; ST_NO_MEMORY. What can't be read
 *          is passed over: verify names it
 * Threads  any number at once
 */
#ifndef INDEXER_REPORT_STANDING_H
#define INDEXER_REPORT_STANDING_H

#include "base/deadline.h"
#include "store/record/sealed.h"

typedef struct Standing Standing;

Status standing_open(Standing **out, Store *store, Err *err);
/* Stops the thread of standing_follow. NULL is fine. */
void standing_close(Standing *standing);
/* Reads what is new in the log. */
Status standing_look(Standing *standing, const Deadline *until, Err *err);
/* A thread of low priority looks from now on, every two seconds. Once. */
Status standing_follow(Standing *standing, Err *err);

typedef struct {
	uint64_t waiting_records, waiting_pages;
	uint64_t sealed_off;
	bool is_complete;
} StandingState;
void standing_state(Standing *standing, StandingState *out);

/* Records that are sealed off, in the order of their seals, from the sequence `from` on, at most limit. *next_out:
 * where the next page begins; 0: that was all. */
Status standing_sealed(Standing *standing, uint64_t from, size_t limit, Arena *arena, SealedRecord **out,
		       size_t *count_out, uint64_t *next_out, Err *err);

#endif
