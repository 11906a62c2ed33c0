/* indexer/follow.h - the follower's inside, for rebuild.c; everyone else uses index.h. */
#ifndef INDEXER_FOLLOW_H
#define INDEXER_FOLLOW_H

#include "indexer/index_parts.h"

/* About how many sequences hold `bytes` of texts and originals; at least 1. */
uint64_t follow_sequences_of(Store *store, uint64_t bytes);

enum {
	FOLLOW_LIVE_RECORDS = 256,        /* more than this unsealed: seal */
	FOLLOW_LIVE_BYTES = 4 << 20,
	FOLLOW_SHARD_BYTES = 48 << 20,    /* what a builder waits for while more is coming */
	FOLLOW_SHARD_BYTES_MAX = 192 << 20,
};

#endif
