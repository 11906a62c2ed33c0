/* indexer/shards/index_parts.h - the inside of Index, for the files that make it up (index.c, follow.c, rebuild.c,
 * search*.c). */
#ifndef INDEXER_SHARDS_INDEX_PARTS_H
#define INDEXER_SHARDS_INDEX_PARTS_H

#include "indexer/shards/snapshot.h"

typedef struct Follower Follower;

enum { INDEX_IDLE_TOKENS = 16 };

struct Index {
	Store *store;
	IndexOptions options;
	char dir[4096];
	pthread_rwlock_t live_gate; /* for reading: no commit of the live shard meanwhile */
	pthread_mutex_t mutex;      /* guards what follows */
	pthread_cond_t changed;     /* a new snapshot, or the follower stopped */
	Snapshot *current;
	Follower *follower;          /* NULL: not running */
	Err problem;                 /* why the follower stopped */
	bool check_wanted;           /* shards are to be held against their SHA-256 */
	char (*bad)[SHARD_NAME_MAX]; /* damaged shards: left out of searches until they are built anew */
	size_t bad_count;
	uint64_t settled_at;                       /* the follower had nothing left to do at this position */
	TokenIter *idle_tokens[INDEX_IDLE_TOKENS]; /* large to make: kept from one search to the next */
	size_t idle_token_count;
	uint64_t checked_us; /* when the disk was last looked at */
};

/* A search's view; snapshot_drop it. Never NULL. */
Snapshot *index_take_snapshot(Index *index);
/* Loads what is on disk and makes it current, if it is another state (or force). */
Status index_reload(Index *index, bool force, Err *err);

TokenIter *index_take_tokens(Index *index, Err *err);
void index_give_tokens(Index *index, TokenIter *tokens);
bool index_shard_is_bad(Index *index, const char *name);
void index_mark_bad(Index *index, const char *name);
/* A search met damage: look at all shards soon. */
void index_want_check(Index *index);

/* One process at a time writes the index: an OFD lock on index/LOCK. ST_BUSY: another one does. */
Status index_lock(Index *index, int *fd_out, Err *err);
/* Removes directories that no manifest names (left by a crash, or replaced). Lock held. */
void index_sweep(Index *index, const Manifest *keep);

#endif
