/* indexer/match/query.h - a query as a tree of plain structs, what is asked with it and what comes back.
 *
 * Two answer it alike: the matcher (match.h) and Xapian (xapian.h).
 *
 * Units    shard: position in the list that was opened; docid: the shard's own, from 1
 * Owns     nodes and hits live in the arena they were made in
 * Errors   NULL: out of memory
 * Threads  pure; a query is not changed once it is made
 */
#ifndef INDEXER_MATCH_QUERY_H
#define INDEXER_MATCH_QUERY_H

#include "base/arena.h"
#include "base/deadline.h"

C_LINKAGE_BEGIN

typedef enum {
	QUERY_NOTHING,
	QUERY_ALL,  /* every document */
	QUERY_TERM, /* term */
	QUERY_AND,
	QUERY_OR,
	QUERY_SYNONYM,   /* like OR, but weighted as one term */
	QUERY_AND_NOT,   /* children[0] without children[1] */
	QUERY_AND_MAYBE, /* children[0]; children[1] adds to the score only */
	QUERY_FILTER,    /* children[0] restricted to children[1], which adds nothing to the score */
	QUERY_SCALE,     /* children[0], its score times factor */
	QUERY_BOOST,     /* factor for each document that children[0] matches, whatever its own score */
	QUERY_RANGE,     /* the value in slot is >= low and <= high; high "" is open */
} QueryOp;

typedef struct Query {
	QueryOp op;
	Str term, low, high;
	unsigned slot;
	double factor;
	struct Query **children;
	size_t child_count;
} Query;

/* All return NULL only when out of memory. A node of no children is QUERY_NOTHING, AND/OR/SYNONYM of one is that one.
 */
Query *query_term(Arena *arena, Str term); /* copies term */
Query *query_node(Arena *arena, QueryOp op, Query **children,
		  size_t count); /* copies the list; NULL children are left out */
Query *query_pair(Arena *arena, QueryOp op, Query *first, Query *second);
Query *query_weighted(Arena *arena, QueryOp op, Query *child, double factor); /* SCALE or BOOST */
/* The query without what only weighs: AND_MAYBE, SCALE, BOOST and FILTER are resolved; it matches the same documents.
 * Needed on the right side of AND_NOT, where Xapian 1.4.22 goes wrong on an AND_MAYBE below an AND: documents that
 * should be excluded stay. */
Query *query_matching(Arena *arena, const Query *q);
Query *query_range(Arena *arena, unsigned slot, Str low, Str high);

/* BM25's b: how much a document's length counts (docs/decisions/0014). */
#define QUERY_LENGTH_WEIGHT 0.6

/* ---- asking ---------------------------------------------------------------------------------------------------- */

/* Documents of a shard that are left out of results. */
typedef struct {
	const uint32_t *docids; /* ascending */
	size_t count;
} QueryDead;

enum { QUERY_TIERS_MAX = 6, QUERY_SECOND_LOOK = 60, QUERY_FACET_SAMPLE = 1 << 16 };

/* Tiers are given best first; each must match only what the next one matches too. A hit belongs to the first that
 * matches it and stands before all hits of the next; within a tier the order is by score, or by value. */
typedef struct {
	const Query *tiers[QUERY_TIERS_MAX];
	size_t tier_count;
	const Query *second; /* of one tier: adds to the scores of the QUERY_SECOND_LOOK best, which are ordered anew;
				NULL: nothing */
	size_t first_tier;   /* hits of tiers before it are counted only, */
	uint64_t first;      /* and so many of its own; */
	uint64_t limit;      /* then so many are given */
	uint64_t count_to;   /* totals up to this are exact (the matcher's: as far as an estimate tells) */
	int sort_slot;       /* -1: by relevance; else there is one tier */
	bool sort_descending;
	const Deadline *until; /* NULL: none */
	const QueryDead *dead; /* one for each shard; NULL: none are */
	uint64_t sample; /* facets, which are those of the last tier: with more matches, about so many are looked at; 0:
			    QUERY_FACET_SAMPLE */
} QueryAsk;

typedef struct {
	uint32_t shard, docid;
	uint32_t tier;
	double score;
} QueryHit;

typedef struct {
	QueryHit *hits;
	size_t count;
	uint64_t totals[QUERY_TIERS_MAX], total; /* of each tier; together */
	bool total_is_exact;
	bool gave_up; /* the deadline passed: there may be better hits than these */
} QueryFound;

/* A facet's value and how many matches have it. */
typedef void QueryCount(void *ctx, unsigned slot, Str value, uint64_t count);

C_LINKAGE_END

#endif
