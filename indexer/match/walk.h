/* indexer/match/walk.h - evaluates a query's tiers window after window, shard after shard, and counts.
 *
 * Owns     match_walk_free frees a walk; its nodes live in the arena
 * Errors   those of the lists; where the deadline passes the walk ends early (gave_up), and that is no error
 * Threads  one at a time
 */
#ifndef INDEXER_MATCH_WALK_H
#define INDEXER_MATCH_WALK_H

#include "indexer/match/window.h"

enum { MATCH_SLOTS_MAX = 8 };

typedef struct {
	Matcher *matcher;
	const QueryAsk *ask;
	MatchPlan plan;
	MatchNode *roots[QUERY_TIERS_MAX];
	size_t tier_count;
	MatchAt at;
	unsigned slots[MATCH_SLOTS_MAX]; /* whose values each window wants */
	size_t slot_count;
	MatchValues values[MATCH_SLOTS_MAX]; /* of the current shard */
	size_t stride;       /* one window in so many is counted; the others are only searched for the best hits */
	size_t wanted_tiers; /* of which hits are still wanted: the ranker lowers it */
	/* Set by the ranker for an OR: only hits above `least` are wanted. In a window that is not counted, `each` is
	 * then called without matches and finds those that may score higher itself (match_best). */
	bool prunes;
	double least;
	MatchSet within; /* the documents of the window that exist and are not dead */
	struct {
		uint64_t matches, counted; /* in the windows that were evaluated; in those that are counted */
		double likely;             /* estimate for all windows, from the counted ones of each shard */
		bool partly;               /* some windows were not evaluated */
	} tiers[QUERY_TIERS_MAX];
	uint64_t counted_documents;
	bool gave_up; /* the deadline passed */
} MatchWalk;

MatchWalk *match_walk_new(Matcher *m, const QueryAsk *ask, Arena *arena, Err *err); /* NULL: out of memory */
void match_walk_free(MatchWalk *walk);
/* Counts the matches of walk->roots and calls `each` (may be NULL) for every window and tier that has some. `matching`
 * is NULL where walk->prunes. */
typedef Status MatchEach(MatchWalk *walk, size_t tier, const MatchSet *matching, void *ctx, Err *err);
Status match_walk(MatchWalk *walk, MatchEach *each, void *ctx, Err *err);
/* Goes to the window that has the document. */
void match_walk_go_to(MatchWalk *walk, size_t shard, uint64_t docid);
uint64_t match_walk_total(const MatchWalk *walk, size_t tier); /* estimated where not all was counted */
bool match_walk_is_exact(const MatchWalk *walk);

#endif
