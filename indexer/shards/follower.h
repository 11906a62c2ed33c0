/* indexer/shards/follower.h - the state that a follower's threads share: one coordinator (follow.c) and its builders
 * (builders.c), which also do chores (chores.c).
 *
 * Owns     follow.c: index_follower_start, index_follower_stop
 * Errors   a builder's in `failure`, a chore's in chore.err; the coordinator takes them up
 * Threads  `mutex` guards what stands behind it, up to the coordinator's own; a chore under way is its builder's
 */
#ifndef INDEXER_SHARDS_FOLLOWER_H
#define INDEXER_SHARDS_FOLLOWER_H

#include "base/stop.h"
#include "indexer/glass/sums.h"
#include "indexer/shards/state.h"

enum {
	FOLLOW_BUILDERS_MAX = 16,
	FOLLOW_LOOK_MS = 100, /* between two looks at the log, or at what others do */
};

typedef struct Follower Follower;

/* What a builder works on: [from, to), or all that comes while it is open. */
typedef struct {
	Follower *follower;
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
	CHORE_CHECK,  /* each against its SHA-256; the name of one that differs goes into index->bad */
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
	bool chores_fail; /* one failed: none is done until the next start */
	int lock_fd;
	Manifest manifest; /* as on disk, while the lock is held */
	uint64_t covered;
	Superseded live_superseded;
	XapWriter *live;
	GlassSums *live_sums;  /* of the live shard's files as of its last commit; NULL: it has none */
	uint64_t looked_us;    /* when the files were last looked at (damage.c) */
	uint64_t busy_us;      /* when there was last something to do */
	unsigned commits_left; /* of the live shard; one is earned each second */
	uint64_t earned_us;
};

#endif
