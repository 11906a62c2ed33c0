/* indexer/match/values.h - reads the values of a slot in one shard, a window of documents at a time, forward only.
 *
 * Owns     match_values_done frees the current chunk
 * Errors   ST_CORRUPT, ST_CONFLICT, ST_IO, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_MATCH_VALUES_H
#define INDEXER_MATCH_VALUES_H

#include "base/buf.h"
#include "indexer/glass/list.h"
#include "indexer/match/set.h"
#include "indexer/match/shard.h"

typedef struct {
	unsigned slot;
	uint8_t key[2 + GLASS_VARINT_MAX];
	size_t key_len;
	bool opened, ended;
	GlassListIter it; /* in the current chunk */
	Buf chunk;        /* match_values_done */
	GlassPlace place;
	uint32_t next_first; /* 0: not known */
} MatchValues;

void match_values_open(MatchValues *values, unsigned slot);
void match_values_done(MatchValues *values);
/* Calls `each` for the documents of `within` that have a value; i counts from the window's first document. */
Status match_values_each(MatchValues *values, const MatchSource *source, uint64_t from, const MatchSet *within,
			 void (*each)(void *ctx, size_t i, Str value), void *ctx, Err *err);

#endif
