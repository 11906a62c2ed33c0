/* store/care/scrub.h - checks the archive in the background while it serves: segment after segment, at a pace, for
 * ever.
 *
 * Where it stands is kept in catalogue/scrub, so that a restart goes on there. Every byte, body and hash of a segment
 * is checked as store_verify does; what is wrong is counted and the last finding kept for metrics and doctor.
 *
 * Owns     scrub_start's result until scrub_stop; the Store must outlive it
 * Errors   scrub_start: ST_NO_MEMORY, or no thread can be started. Later ones are findings
 * Threads  one of its own; the calls from any
 */
#ifndef STORE_CARE_SCRUB_H
#define STORE_CARE_SCRUB_H

#include "store/care/finding.h"
#include "store/log/store.h"

typedef struct Scrub Scrub;

typedef struct {
	uint64_t rounds;          /* whole rounds since the start */
	uint32_t segment;         /* being looked at, or looked at next */
	uint64_t bytes, findings; /* since the start */
	uint64_t round_ended_ms;  /* UTC; 0: none ended yet */
	VerifyFinding last;       /* where findings > 0 */
} ScrubState;

/* pause_ms between two rounds. */
Status scrub_start(Scrub **out, Store *store, uint64_t bytes_per_second, uint64_t pause_ms, Err *err);
void scrub_stop(Scrub *scrub);
void scrub_state(Scrub *scrub, ScrubState *out);

#endif
