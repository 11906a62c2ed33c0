/* indexer/shards/index.h - the search index: a disposable function of the log, kept up by following it.
 *
 *   archive/index/MANIFEST            which shards cover which ranges of the log, with their SHA-256
 *   archive/index/00000000-00008867/  a sealed shard: a Xapian database that never changes
 *   archive/index/live-00008867/      the live shard: what came since, written by Xapian itself
 *
 * All of it may be damaged, or be removed, at any time: nothing is read that does not fit its sum. What is damaged is
 * left out of searches, which say so, and built anew from the log (docs/decisions/0022).
 *
 * Ingest, restart and reindex are the same code: read the log from where the index stands, build shards, swap the
 * manifest. A search never waits for that and never fails because the index changed: it keeps the shards it opened
 * until it is done.
 *
 * Owns     index_open's result until index_close; the Store must outlive it
 * Errors   below; and ST_IO, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  every function may be called from any thread
 */
#ifndef INDEXER_SHARDS_INDEX_H
#define INDEXER_SHARDS_INDEX_H

#include "base/err.h"
#include "base/stop.h"
#include "indexer/shards/options.h"
#include "store/log/store.h"

typedef struct Index Index;

/* Opens what is there; an index that is missing, damaged or of another archive is simply empty (position 0).
 * ST_NO_MEMORY, ST_IO. */
Status index_open(Index **out, Store *store, const IndexOptions *options, Err *err);
void index_close(Index *index); /* stops the follower */
/* Sees what another process has built since; cheap when nothing is new. */
Status index_refresh(Index *index, Err *err);

typedef struct {
	uint64_t position;  /* sequences below are searchable */
	uint64_t documents; /* current record versions among them */
	uint64_t sealed_shards, live_documents, dead_documents;
	uint64_t bytes;          /* on disk */
	bool is_whole;           /* nothing lacks that was searchable before: no damaged shard is left out */
	uint64_t unreadable;     /* entries that the archive could not give, or only in part, when they were indexed */
	uint64_t damaged_shards; /* left out until they are built anew */
	const char *problem; /* why the follower stopped, NULL: nothing wrong; static or lives as long as the index */
} IndexState;
void index_state(Index *index, IndexState *out);

/* Starts the thread that follows the log. Only one process follows at a time: where another does, this one refreshes.
 */
Status index_follower_start(Index *index, Err *err);
void index_follower_stop(Index *index);
void index_notify(Index *index); /* the log has grown: look now */
/* Waits until every sequence below `position` is searchable. ST_BUSY after timeout_ms; what stopped the follower. */
Status index_wait(Index *index, uint64_t position, uint64_t timeout_ms, Err *err);

/* Waits until all of the log is searchable and every chore is done: neighbouring shards are merged, and searches are at
 * their fastest. ST_BUSY after timeout_ms. */
Status index_settle(Index *index, uint64_t timeout_ms, Err *err);

/* Builds the whole index anew beside the old one, checks it and swaps. `progress` (may be NULL) is called with the
 * position now and the goal; stop ends it early with ST_BUSY, leaving the old index in place. */
Status index_rebuild(Index *index, void (*progress)(void *ctx, uint64_t position, uint64_t goal), void *ctx,
		     const Stop *stop, Err *err);

#endif
