/* indexer/match/parts.h - the inside of the matcher, for the files that make it up (match*.c). */
#ifndef INDEXER_MATCH_PARTS_H
#define INDEXER_MATCH_PARTS_H

#include "indexer/match/match.h"
#include "indexer/match/list.h"

struct Matcher {
	MatchShard **shards; /* the live one last */
	size_t count;
	GlassBlocks *blocks;
	uint64_t documents;
	double average_length;
};

/* A term and its lists, once in a plan however often the query has it, or a range. Of a window it is filled once, if
 * those who ask first ask for most; who asks for more later has it filled anew. */
typedef struct MatchLeaf {
	struct MatchLeaf *next;
	Str term; /* not of a range */
	uint64_t hash;
	double documents;    /* that have it, in all shards */
	MatchList *lists;    /* of each shard; NULL: a range */
	uint64_t from;       /* the window it is filled for; UINT64_MAX: none yet of this shard */
	MatchSet asked, set; /* of that window: what it was filled within, what has the term */
	uint16_t *wdf;       /* in the documents of `set`; NULL: nobody wants it */
} MatchLeaf;

typedef struct MatchNode {
	QueryOp op;                  /* without SCALE and BOOST's factor, which are in `weight` */
	struct MatchNode **children; /* of AND: the rarest first */
	size_t child_count;
	bool weighed;       /* adds to scores (of a synonym's children: their wdf is wanted) */
	double weight;      /* TERM, SYNONYM: the score at a wdf without end; BOOST: the score */
	double bound;       /* no document's score is above it */
	double documents;   /* about so many match */
	MatchLeaf *leaf;    /* TERM, RANGE */
	MatchValues values; /* RANGE: of the shard at hand */
	Str low, high;
	MatchSet set; /* what matches, of the window at hand */
} MatchNode;

typedef struct {
	Matcher *matcher;
	Arena *arena;
	Err *err;
	MatchNode *ranges[64]; /* their values are to be opened and freed */
	size_t range_count;
	size_t nodes;
	MatchLeaf *leaves;
} MatchPlan;

/* NULL: failed, err says why. weighed: scores are wanted. */
MatchNode *match_plan(MatchPlan *plan, const Query *query, bool weighed);
void match_plan_done(MatchPlan *plan);
void match_plan_begin_shard(MatchPlan *plan);

/* The window at hand. */
typedef struct {
	MatchSource source;
	size_t shard;
	uint64_t from;             /* its first document */
	double length_factor;      /* one by the average length */
	double norm[MATCH_WINDOW]; /* BM25's part that depends on the length */
	double score[MATCH_WINDOW];
	double wdf[MATCH_WINDOW];
} MatchAt;

/* Leaves in node->set those of `within` that match. */
Status match_window(MatchNode *node, MatchAt *at, const MatchSet *within, Err *err);
/* Adds to at->score of the documents in `among`, which all match: match_score_begin first. */
void match_score(MatchNode *node, MatchAt *at, const MatchSet *among);
/* Of an OR whose children stand in the order of their bounds: matches and scores, in one, the documents of `within`
 * that can have a score above `least`; others are left out of node->set, some of them unseen. */
Status match_best(MatchNode *node, MatchAt *at, const MatchSet *within, double least, Err *err);
void match_score_begin(MatchAt *at, const MatchSet *among);
/* No document below it matches; UINT32_MAX and above: none does any more. */
uint64_t match_next(const MatchNode *node, size_t shard, uint64_t from);

/* ---- walking all windows ----------------------------------------------------------------------------------------- */

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
	MatchValues values[MATCH_SLOTS_MAX]; /* of the shard at hand */
	size_t stride; /* every so-manyth window is counted whole; the others are only looked at for the best hits */
	size_t wanted_tiers; /* of which hits are still wanted: the ranker lowers it */
	bool prunes;  /* an OR whose hits must have a score above `least`: in windows that are not counted, the … */
	double least; /* … ranker is called without matches, and finds those that may be (match_best) */
	MatchSet within; /* what there is in the window at hand */
	struct {
		uint64_t matches, counted; /* in all windows that were evaluated; in those that are counted */
		double likely;             /* in all windows, by those that are counted of each shard */
		bool partly;               /* some windows were not */
	} tiers[QUERY_TIERS_MAX];
	uint64_t counted_documents;
	uint64_t give_up_us; /* 0: never */
	bool gave_up;
} MatchWalk;

MatchWalk *match_walk_new(Matcher *m, const QueryAsk *ask, Arena *arena, Err *err); /* NULL: out of memory */
void match_walk_free(MatchWalk *walk);
/* Counts the matches of walk->roots and calls `each` (may be NULL) with those of every window and tier that have some.
 * matching is NULL: see MatchWalk. */
typedef Status MatchEach(MatchWalk *walk, size_t tier, const MatchSet *matching, void *ctx, Err *err);
Status match_walk(MatchWalk *walk, MatchEach *each, void *ctx, Err *err);
/* Makes the window that holds a document the one at hand. */
void match_walk_go_to(MatchWalk *walk, size_t shard, uint64_t docid);
uint64_t match_walk_total(const MatchWalk *walk, size_t tier); /* estimated where not all was counted */
bool match_walk_is_exact(const MatchWalk *walk);

#endif
