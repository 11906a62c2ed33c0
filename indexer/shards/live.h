/* indexer/shards/live.h - the live shard: the newest records, written by Xapian itself, a few at a time.
 *
 * It stands behind the sealed shards and is replaced by one of them when it has grown. Along with its documents it
 * keeps how far it goes and which versions its documents replace, so that one commit changes all of it.
 *
 * Owns     nothing; the caller opens and closes the writer
 * Errors   ST_CORRUPT, ST_NOT_FOUND, ST_IO, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  one writer; readers in any thread
 */
#ifndef INDEXER_SHARDS_LIVE_H
#define INDEXER_SHARDS_LIVE_H

#include "indexer/match/xapian.h"
#include "indexer/shards/superseded.h"
#include "store/log/store.h"

#include <pthread.h>

/* Appends [from, to) in one transaction; `gate` is held for writing while it is committed. live_from: the sequence of
 * document 1. superseded: all that the live shard's documents replace, before and now. */
Status live_append(Store *store, XapWriter *writer, uint64_t live_from, uint64_t from, uint64_t to,
		   Superseded *superseded, pthread_rwlock_t *gate, Err *err);
/* What the live shard at dir says of itself: sequences below *to_out are in it. */
Status live_state(const char *dir, uint64_t *to_out, uint64_t *documents_out, Superseded *superseded, Err *err);

#endif
