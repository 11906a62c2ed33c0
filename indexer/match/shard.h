/* indexer/match/shard.h - a shard as the matcher sees it: its documents, and where its lists lie.
 *
 * A sealed shard is read from its tables; the live one, a few hundred records that Xapian writes, is read through
 * Xapian.
 *
 * Units    docid: the shard's own; lengths: sums of wdf
 * Owns     counted: match_shard_hold, match_shard_drop
 * Errors   ST_CORRUPT, ST_NOT_FOUND, ST_CONFLICT (the live one was written meanwhile), ST_IO, ST_NO_MEMORY
 * Threads  a sealed shard: any number at a time; the live one: one
 */
#ifndef INDEXER_MATCH_SHARD_H
#define INDEXER_MATCH_SHARD_H

#include "base/arena.h"
#include "indexer/glass/leaves.h"
#include "indexer/match/xapian.h"

enum { MATCH_SPAN_MAX = 1 << 28 }; /* between a shard's first and last document */

typedef struct {
	GlassLeaves *postlist; /* NULL: the live shard */
	GlassSums *sums;       /* of the tables' blocks; NULL: they are not compared */
	XapDb *live;           /* NULL: a sealed one */
	uint32_t documents;
	uint32_t first, last; /* 0, 0: there are none */
	uint64_t total_length;
	uint32_t *lengths; /* of first … last */
	uint64_t *present; /* bits: document first + i is there */
	int users;
} MatchShard;

/* What lists of a shard are read with: one thread's blocks and arena. */
typedef struct {
	const MatchShard *shard;
	GlassBlocks *blocks;
	Arena *arena;
} MatchSource;

/* A sealed one. summed: each block is compared with its sum when it is read; without sums it is ST_CORRUPT. */
Status match_shard_open(MatchShard **out, const char *dir, bool summed, Err *err);
/* The live one. All of it is compared with its sums before Xapian opens it. */
Status match_shard_open_live(MatchShard **out, const char *dir, Err *err);
MatchShard *match_shard_hold(MatchShard *shard);
void match_shard_drop(MatchShard *shard); /* NULL is fine */

#endif
