/* indexer/shards/ranges.h - how many sequences of the log make up so many bytes.
 *
 * Units    bytes of texts and originals, as the archive counts them
 * Owns     nothing
 * Errors   none
 * Threads  any
 */
#ifndef INDEXER_SHARDS_RANGES_H
#define INDEXER_SHARDS_RANGES_H

#include "store/log/store.h"

enum { RANGES_SHARD_BYTES_MAX = 192 << 20 /* of the log in one shard that is built */ };

/* By the archive's average, so only about; at least 1. */
uint64_t ranges_sequences_of(Store *store, uint64_t bytes);

#endif
