/* store/log/rollback.h - throws away what was appended and not committed: one entry, or the whole batch.
 *
 * Owns     nothing
 * Errors   ST_IO, ST_NO_MEMORY: the writer is poisoned then
 * Threads  with the writer's mutex held
 */
#ifndef STORE_LOG_ROLLBACK_H
#define STORE_LOG_ROLLBACK_H

#include "store/log/state.h"

/* Where the writer stood before an entry. */
typedef struct {
	Segment *live;
	uint32_t frames, leaves;
	uint64_t end, objects, bytes_original;
	uint32_t batch_frames, dict_ordinal;
	size_t tree_nodes_len;
	Frontier frontier;
} Savepoint;
void rollback_save(const Store *store, Savepoint *out);
void rollback_entry(Store *store, const Savepoint *save); /* after a failed append */
/* All that is not committed goes; *err comes in as the cause, which those who wait for the batch are told. */
Status rollback_batch(Store *store, Err *err);
/* Makes the disk agree with the committed state: later segments and torn bytes go. */
Status rollback_cut_tail(Store *store, Err *err);
/* Puts the writer behind the committed state, and behind the MARK that may follow it. */
Status rollback_resume(Store *store, Err *err);

#endif
