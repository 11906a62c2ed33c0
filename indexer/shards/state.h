/* indexer/shards/state.h - the inside of Index: what the files of this room and searches share. Others use index.h.
 *
 * Owns     index.h: index_open, index_close
 * Errors   none of its own
 * Threads  what stands behind `mutex` is read and written under it
 */
#ifndef INDEXER_SHARDS_STATE_H
#define INDEXER_SHARDS_STATE_H

#include "base/file.h"
#include "indexer/shards/bad.h"
#include "indexer/shards/index.h"
#include "indexer/shards/snapshot.h"
#include "indexer/terms/terms.h"

enum { INDEX_IDLE_TOKENS = 16 };

struct Index {
	Store *store;
	IndexOptions options;
	FilePath dir;
	BadShards bad;
	pthread_rwlock_t live_gate; /* held for reading: the live shard is not committed meanwhile */
	pthread_mutex_t mutex;      /* guards what follows */
	pthread_cond_t changed;     /* a new snapshot, or the follower stopped */
	Snapshot *current;
	uint64_t promised; /* sequences below were searchable before, or were archived when the index was opened */
	struct Follower *follower;                 /* NULL: not running */
	Err problem;                               /* why the follower stopped */
	bool check_wanted;                         /* the shards are to be checked against their SHA-256 */
	uint64_t idle_at;                          /* up to this position the follower had nothing left to do */
	TokenIter *idle_tokens[INDEX_IDLE_TOKENS]; /* large to make: kept from one search to the next */
	size_t idle_token_count;
	uint64_t checked_us; /* when the disk was last looked at */
};

#endif
