/* indexer/shards/shard.h - builds one shard of the index from a range of the log.
 *
 * A sealed shard covers sequences [from, to): document sequence - from + 1, so nothing else need be stored to get from
 * a hit to the archive. It is built in a directory of its own and named in the manifest only when it is whole and
 * synced.
 *
 * Threads  any number of builds side by side
 */
#ifndef INDEXER_SHARDS_SHARD_H
#define INDEXER_SHARDS_SHARD_H

#include "indexer/shards/index.h"
#include "indexer/terms/terms.h"
#include "indexer/match/xapian.h"

#include <pthread.h>

enum { SHARD_NAME_MAX = 64, SHARD_TEXT_MAX = 256 << 20 /* bytes of one text that are indexed */ };

typedef struct {
	uint64_t from, to;         /* sequences */
	char name[SHARD_NAME_MAX]; /* directory below index/ */
	uint64_t documents, bytes;
	Hash sha256; /* over the names, sizes and bytes of its files, in order of name */
} Shard;

/* Sequences of versions that later ones replace or that were destroyed. Grows by malloc; free `list`. */
typedef struct {
	uint64_t *list;
	size_t count, capacity;
	bool destroyed; /* some of them by a decision to destroy: their terms must go as well */
} Superseded;
bool superseded_add(Superseded *s, uint64_t sequence);       /* false: out of memory */
void superseded_sort(Superseded *s);                         /* and drops doubles */
bool superseded_has(const Superseded *s, uint64_t sequence); /* sorted */

/* Reads log entries: shard_load one, then, if it is a document, shard_emit its terms. *is_document_out is false for
 * what has nothing to be found by (case files, destroyed records). */
typedef struct ShardReader ShardReader;
ShardReader *shard_reader_new(Store *store, Err *err);
void shard_reader_free(ShardReader *reader);
Status shard_load(ShardReader *reader, uint64_t sequence, Superseded *superseded, bool *is_document_out, Err *err);
Status shard_emit(ShardReader *reader, const TermSink *sink, Err *err);

/* What a shard takes: [from, to), or from `from` on as long as `takes` says so. It is asked for each sequence in turn,
 * may wait until the log has it, and says no once. */
typedef struct {
	uint64_t from, to;
	bool (*takes)(void *ctx, uint64_t sequence); /* NULL: to `to` */
	void *ctx;
} ShardRange;

/* Builds index_dir/<name> and fills in *out; adds to superseded. ST_BUSY when stop is raised. */
Status shard_build(Store *store, const char *index_dir, const ShardRange *range, const IndexOptions *options,
		   const Stop *stop, Shard *out, Superseded *superseded, Err *err);
/* A new name for a directory that covers the shard's range. */
void shard_name(Shard *shard);
/* Size and SHA-256 of what is there now. */
Status shard_sum(const char *dir, uint64_t *bytes_out, Hash *out, Err *err);

/* Appends [from, to) to the live shard, one transaction; `gate` is held for writing while that is committed.
 * superseded: all that its documents replace, before and now. */
Status shard_live_append(Store *store, XapWriter *writer, uint64_t live_from, uint64_t from, uint64_t to,
			 Superseded *superseded, pthread_rwlock_t *gate, Err *err);
/* What the live shard at dir says of itself: sequences below *to_out are in it. ST_CORRUPT, ST_NOT_FOUND. */
Status shard_live_state(const char *dir, uint64_t *to_out, uint64_t *documents_out, Superseded *superseded, Err *err);

#endif
