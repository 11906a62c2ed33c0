/* indexer/shards/follow.h - the follower's inside, for the files that make it up: follow.c (the coordinator),
 * follow_build.c (builders), follow_chores.c (merging, checking, repairing) and rebuild.c. Everyone else uses index.h.
 */
#ifndef INDEXER_SHARDS_FOLLOW_H
#define INDEXER_SHARDS_FOLLOW_H

#include "indexer/shards/index_parts.h"

enum {
	FOLLOW_BUILDERS_MAX = 16,
	FOLLOW_LOOK_MS = 100,
	FOLLOW_LIVE_RECORDS = 256, /* more than this unsealed: seal */
	FOLLOW_LIVE_BYTES = 4 << 20,
	FOLLOW_SHARD_BYTES_MAX = 192 << 20,
	FOLLOW_BEHIND_BYTES = 96 << 20, /* a builder so far behind the log gives half of it to another */
	FOLLOW_SPLIT_BYTES = 16 << 20,  /* less is not split */
	FOLLOW_RETRY_MS = 2000,         /* after a failure that may pass */
	FOLLOW_OPEN_US = 5000000,       /* a builder that has caught up waits so long for more */
};

/* What a builder works on: [from, to), or all that comes while it is open. */
typedef struct {
	struct Follower *follower;
	uint64_t from, at, to; /* UINT64_MAX: open */
	uint64_t begun_us;
} Claim;

/* A shard that is built and waits to be published. */
typedef struct Built {
	struct Built *next;
	Shard shard;
	Superseded superseded;
} Built;

/* Work on sealed shards that a builder does when nothing else is to be done; one at a time. */
typedef enum { CHORE_NONE, CHORE_WANTED, CHORE_UNDER_WAY, CHORE_DONE } ChoreState;
typedef enum {
	CHORE_MERGE,  /* the shards become one */
	CHORE_CHECK,  /* each against its SHA-256; what differs goes into index->bad */
	CHORE_REPAIR, /* the one shard is built anew from the log */
} ChoreKind;

typedef struct {
	ChoreState state;
	ChoreKind kind;
	Shard *shards; /* copies */
	size_t count;
	Superseded dead;
	Shard result; /* MERGE, REPAIR */
	bool *is_bad; /* CHECK: one for each shard */
	Err err;
} Chore;

struct Follower {
	Index *index;
	pthread_t coordinator, builders[FOLLOW_BUILDERS_MAX];
	unsigned builder_count;
	pthread_mutex_t mutex; /* guards what follows */
	pthread_cond_t look;   /* to the coordinator */
	pthread_cond_t work;   /* to the builders */
	Stop stop;
	bool notified;
	uint64_t wanted;        /* someone waits for this position */
	bool sealing;           /* builders may claim */
	Claim *open;            /* the one that takes what is still to come */
	uint64_t claimed, goal; /* next sequence to claim while none is open, end of the log */
	uint64_t grown_us;      /* when the goal last moved */
	unsigned active;        /* builds under way */
	Built *built;           /* done, in order of range */
	Chore chore;
	Err failure;
	/* the coordinator's own */
	bool chores_fail; /* do without until the next start */
	int lock_fd;
	Manifest manifest; /* as on disk, while the lock is held */
	uint64_t covered;
	Superseded live_superseded;
	XapWriter *live;
	uint64_t busy_us; /* when there was last something to do */
};

/* About how many sequences hold `bytes` of texts and originals; at least 1. */
uint64_t follow_sequences_of(Store *store, uint64_t bytes);
void follow_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, unsigned ms);
Status follow_save(Follower *f, Err *err); /* the manifest, and the index shows it */

void *follow_run_builder(void *follower);
void follow_free_built(Built *built);

bool chore_is_due(Index *index, const Manifest *m);
void chore_want(Follower *f);               /* asks a builder for the next chore, if one is due */
bool chore_is_there(Follower *f);           /* wanted, under way or done */
void chore_do(Follower *f);                 /* builder, under the mutex */
Status chore_finish(Follower *f, Err *err); /* coordinator */
void chore_forget(Chore *chore);

#endif
