/* indexer/shards/live.h - the live shard: the newest records, written by Xapian itself, a few at a time.
 *
 * It stands behind the sealed shards and is replaced by one of them when it has grown. Along with its documents it
 * keeps how far it goes and which versions its documents replace, so that one commit changes all of it.
 *
 * Xapian must not open damaged files: it may crash. So the sums of all blocks (glass/sums.h) are written behind every
 * commit and compared before every opening and every commit. A live shard that does not fit its sums, or has none, is
 * dropped and built anew from the log: it is small. So the sums need no sync of their own.
 *
 * Owns     nothing; the caller opens and closes the writer and frees the sums
 * Errors   ST_CORRUPT, ST_NOT_FOUND, ST_CONFLICT, ST_IO, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  one writer; readers in any thread
 */
#ifndef INDEXER_SHARDS_LIVE_H
#define INDEXER_SHARDS_LIVE_H

#include "indexer/glass/sums.h"
#include "indexer/match/xapian.h"
#include "indexer/shards/superseded.h"
#include "store/log/store.h"

#include <pthread.h>

/* The live shard as its writer knows it. */
typedef struct {
	const char *dir;
	XapWriter *writer;
	GlassSums *sums;        /* as of the last commit; NULL: there was none */
	uint64_t from;          /* the sequence of document 1 */
	Superseded *superseded; /* all that its documents replace */
} LiveShard;

/* Appends the entries [from, to) in one transaction; `gate` is held for writing while it is committed and summed. */
Status live_append(Store *store, LiveShard *live, uint64_t from, uint64_t to, pthread_rwlock_t *gate, Err *err);
/* Compares all files with their sums. is_writer: nobody else writes, so the sums must fit exactly; they are the
 * caller's. Else ST_CONFLICT where a commit is under way. sums_out may be NULL. */
Status live_check(const char *dir, bool is_writer, GlassSums **sums_out, Err *err);
/* What the live shard at dir says of itself: sequences below *to_out are in it. It was checked before. */
Status live_state(const char *dir, uint64_t *to_out, uint64_t *documents_out, Superseded *superseded, Err *err);

#endif
