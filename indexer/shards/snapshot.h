/* indexer/shards/snapshot.h - the index as one search sees it: a fixed list of shards, kept until the last user is
 * done.
 *
 * A new state of the index is a new Snapshot; files that an old one has open stay readable though they are gone.
 * Each search takes a Matcher of its own and gives it back for the next. Sealed shards that the snapshot before has
 * open are not opened anew.
 *
 * Owns     counted: snapshot_hold, snapshot_drop
 * Threads  any number
 */
#ifndef INDEXER_SHARDS_SNAPSHOT_H
#define INDEXER_SHARDS_SNAPSHOT_H

#include "indexer/shards/manifest.h"
#include "indexer/match/match.h"

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
	uint64_t manifest_stamp, live_stamp; /* change when the files do */
	pthread_mutex_t mutex;
	int users;
	Shard *shards;       /* the sealed ones that are not left out */
	MatchShard **sealed; /* and opened for searching; NULL: not yet */
	Matcher *idle[SNAPSHOT_IDLE_MAX];
	size_t idle_count;
} Snapshot;

/* What is on disk now. A manifest that is missing or unusable gives an empty index; *problem_out says why (or ST_OK).
 */
Status snapshot_load(Snapshot **out, Index *index, Snapshot *before, Status *problem_out,
		     Err *err); /* before: may be NULL */
void snapshot_hold(Snapshot *s);
void snapshot_drop(Snapshot *s); /* NULL is fine */
bool snapshot_is_current(const Snapshot *s, const char *index_dir);

/* ST_NOT_FOUND, ST_CONFLICT, ST_CORRUPT: the files changed; take a new snapshot and try again. */
Status snapshot_take_matcher(Snapshot *s, Matcher **out, Err *err);
void snapshot_give_matcher(Snapshot *s, Matcher *matcher, bool reusable);

static inline uint64_t snapshot_sequence(const Snapshot *s, uint32_t shard, uint32_t docid)
{
	return s->from[shard] + docid - 1;
}

#endif
