/* indexer/match/plan.h - a query as it is evaluated: a tree of nodes over the lists of all shards.
 *
 * Owns     nodes, leaves and lists live in the plan's arena; match_plan_done frees the values of ranges
 * Errors   ST_LIMIT a query of too many parts; ST_CORRUPT, ST_CONFLICT, ST_IO, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_MATCH_PLAN_H
#define INDEXER_MATCH_PLAN_H

#include "indexer/match/list.h"
#include "indexer/match/matcher.h"
#include "indexer/match/values.h"

/* A term with its lists, or a range. A plan has one leaf for each term, however often the query has it, and fills it
 * once for each window, for the documents that are asked about (`asked`). If a later node asks about more documents, it
 * is filled again. */
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
	MatchValues values; /* RANGE: of the current shard */
	Str low, high;
	MatchSet set; /* the documents of the current window that match */
} MatchNode;

typedef struct {
	Matcher *matcher;
	Arena *arena;
	Err *err;
	MatchNode *ranges[64]; /* whose values are opened for each shard and freed at the end */
	size_t range_count;
	size_t nodes;
	MatchLeaf *leaves;
} MatchPlan;

/* weighed: scores are wanted. The error is in plan->err. */
Status match_plan(MatchPlan *plan, const Query *query, bool weighed, MatchNode **out);
void match_plan_done(MatchPlan *plan);
void match_plan_begin_shard(MatchPlan *plan); /* forgets the windows of the shard before */

#endif
