/* indexer/shards/snapshot.h - the index as one search sees it: a fixed list of shards, kept until the last user is
 * done.
 *
 * Every new state of the index is a new Snapshot. Files that an old one has open stay readable after they are removed.
 * Each search takes a Matcher of its own and gives it back for the next search. Sealed shards that the snapshot before
 * has open are shared with it.
 *
 * Owns     counted: snapshot_hold, snapshot_drop
 * Errors   ST_IO, ST_NO_MEMORY; where the manifest is missing or unusable the one of the snapshot before is kept, or
 *          the index is empty, and that is no error
 * Threads  any number
 */
#ifndef INDEXER_SHARDS_SNAPSHOT_H
#define INDEXER_SHARDS_SNAPSHOT_H

#include "indexer/match/match.h"
#include "indexer/shards/bad.h"
#include "indexer/shards/manifest.h"

#include <pthread.h>

enum { SNAPSHOT_IDLE_MAX = 8 };

typedef struct {
	Manifest manifest;
	uint64_t position;      /* sequences below are searchable */
	uint64_t documents;     /* in shards, dead ones too */
	Superseded dead;        /* sorted: of the sealed shards and the live one */
	char **dirs;            /* shards in order, the live one last; damaged ones are left out */
	uint64_t *from;         /* first sequence of each */
	QueryDead *dead_docids; /* of each: `dead` as its own docids */
	size_t dir_count;
	bool has_live;
	size_t left_out;                     /* damaged shards, the live one too */
	bool manifest_lost;                  /* MANIFEST is gone or damaged; this is what it was */
	bool live_damaged;                   /* it was read and does not fit its sums */
	uint64_t manifest_stamp, live_stamp; /* change when the files do: MANIFEST, sums of the live shard */
	uint64_t live_table_stamp;           /* the same of what Xapian reads of the live shard */
	pthread_mutex_t mutex;
	int users;
	Shard *shards;       /* the sealed ones that are not left out */
	MatchShard **sealed; /* and opened for searching; NULL: not yet */
	Matcher *idle[SNAPSHOT_IDLE_MAX];
	size_t idle_count;
} Snapshot;

/* What is on disk now, without the bad shards. before: the snapshot to share open shards with, or NULL. */
Status snapshot_load(Snapshot **out, const char *index_dir, Store *store, BadShards *bad, Snapshot *before, Err *err);
void snapshot_hold(Snapshot *s);
void snapshot_drop(Snapshot *s); /* NULL is fine */
bool snapshot_is_current(const Snapshot *s, const char *index_dir);

/* A Matcher belongs to the search that took it until it gives it back. ST_NOT_FOUND, ST_CONFLICT, ST_CORRUPT: the files
 * changed; take a new snapshot and try again. *at_out: the shard that was being opened. reusable: it met no error. */
Status snapshot_take_matcher(Snapshot *s, Matcher **out, size_t *at_out, Err *err);
void snapshot_give_matcher(Snapshot *s, Matcher *matcher, bool reusable);

/* The name of the shard at a position. */
const char *snapshot_shard_name(const Snapshot *s, size_t at);

static inline uint64_t snapshot_sequence(const Snapshot *s, uint32_t shard, uint32_t docid)
{
	return s->from[shard] + docid - 1;
}

#endif
