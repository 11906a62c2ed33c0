/* indexer/shards/shard.h - what a sealed shard is: a directory with a Xapian database of one range of the log.
 *
 * A shard covers sequences [from, to). Its document of a sequence is number sequence - from + 1, so nothing else need
 * be stored to get from a hit to the archive.
 *
 * Units    sequences of the log; bytes on disk
 * Owns     a Shard holds all its bytes
 * Errors   ST_IO, ST_NO_MEMORY
 * Threads  pure, or on files that nobody writes
 */
#ifndef INDEXER_SHARDS_SHARD_H
#define INDEXER_SHARDS_SHARD_H

#include "base/err.h"
#include "store/format/hash.h"

enum { SHARD_NAME_MAX = 64 };

typedef struct {
	uint64_t from, to;         /* sequences */
	char name[SHARD_NAME_MAX]; /* directory below index/ */
	uint64_t documents, bytes;
	Hash sha256; /* over the names and bytes of its tables, in the order of their names */
} Shard;

/* What a shard takes: [from, to), or from `from` on as long as `takes` says so. `takes` is asked for each sequence in
 * turn, may wait until the log has it, and is not asked again once it has said no. */
typedef struct {
	uint64_t from, to;
	bool (*takes)(void *ctx, uint64_t sequence); /* NULL: up to `to` */
	void *ctx;
} ShardRange;

static inline bool shard_range_takes(const ShardRange *range, uint64_t sequence)
{
	return range->takes ? range->takes(range->ctx, sequence) : sequence < range->to;
}

/* A new name, which no shard had before, for a directory that covers the shard's range. */
void shard_name(Shard *shard);
/* Size and SHA-256 of the tables that are there now. */
Status shard_sum(const char *dir, uint64_t *bytes_out, Hash *out, Err *err);
/* Of a directory that was just built: writes its blocks' sums beside them and fills in bytes and sha256. */
Status shard_seal(const char *dir, Shard *shard, Err *err);
/* Are its tables and their sums still as they were sealed? Reads all of it. */
bool shard_is_sound(const char *dir, const Shard *shard);
/* Are its files there, without a look at their bytes? */
bool shard_is_there(const char *dir);

#endif
