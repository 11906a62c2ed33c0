/* store/care/destroy.h - lawful destruction: the content of records goes, the proof that they were there stays.
 *
 * Owns     nothing
 * Errors   ST_FORBIDDEN a record is held (named); ST_INVALID, ST_LIMIT the decision is incomplete or names too many;
 *          ST_NOT_FOUND no such record; ST_BUSY another process writes; as store_append
 * Threads  any; one of these at a time over all processes
 */
#ifndef STORE_CARE_DESTROY_H
#define STORE_CARE_DESTROY_H

#include "store/log/store.h"

typedef struct {
	Str decision; /* its number: the key of the entry that records it */
	Str decided;  /* civil date, "2026-11-22" */
	Str reason;
	Str approved_by[2]; /* two different people */
	const Str *record_ids;
	size_t record_count;
} DestructionInput;

enum { DESTRUCTION_RECORDS_MAX = 10000 };

typedef struct {
	Receipt receipt;
	uint64_t payloads, objects; /* whose bodies are gone */
	uint32_t segments;          /* written anew */
} DestructionReport;

/* Records the decision in the log, commits, then removes payload, case files and objects of all versions of these
 * records from the segments and look-ups; objects that other records name stay. Descriptors and proofs stay valid.
 * Interrupted, it is carried on by store_destroy_resume; until then every other call meets a whole archive. It takes
 * the writer's lock itself. The index must be told: the entry is in the log. */
Status store_destroy(Store *store, const DestructionInput *input, DestructionReport *out, Err *err);
/* Was a destruction interrupted? */
bool store_destroy_is_pending(Store *store);
/* Carries on with it, or takes it back where its decision is not in the log; nothing to do is ST_OK. Takes the writer's
 * lock itself. */
Status store_destroy_resume(Store *store, DestructionReport *out, Err *err);

/* Around replacing segments by older copies of them, which may still have what was destroyed since. */

/* Before: notes all that decisions in the log destroyed as what is being destroyed, so that an interruption can't leave
 * it. *any_out: there is any. */
Status store_destroy_expect(Store *store, bool *any_out, Err *err);
/* After: it goes once more, and with it what these segments hold that no record names. Takes the writer's lock
 * itself. */
Status store_destroy_again(Store *store, const uint32_t *segments, size_t count, DestructionReport *out, Err *err);

#endif
