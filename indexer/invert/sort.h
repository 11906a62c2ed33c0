/* indexer/invert/sort.h - a batch becomes a sorted run in memory.
 *
 * Owns     the run's memory is the caller's (run_free_bytes, spill_add)
 * Errors   ST_NO_MEMORY, ST_LIMIT a spelled term is too long
 * Threads  one at a time
 */
#ifndef INDEXER_INVERT_SORT_H
#define INDEXER_INVERT_SORT_H

#include "indexer/invert/batch.h"
#include "indexer/invert/invert.h"
#include "indexer/invert/run.h"

/* Empties the batch. With `spell`, codes are written as terms. */
Status batch_to_run(Batch *b, InvertSpell *spell, void *spell_ctx, Run *out, Err *err);

#endif
