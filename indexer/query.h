/* indexer/query.h - a query as a tree of plain structs, so that only the Xapian wrapper knows Xapian's classes.
 *
 * Owns     nodes live in the arena they were made in
 */
#ifndef INDEXER_QUERY_H
#define INDEXER_QUERY_H

#include "base/arena.h"

C_LINKAGE_BEGIN

typedef enum {
	QUERY_NOTHING,
	QUERY_ALL,       /* every document */
	QUERY_TERM,      /* term */
	QUERY_AND, QUERY_OR,
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

/* All return NULL only when out of memory. A node of no children is QUERY_NOTHING, AND/OR/SYNONYM of one is that one. */
Query *query_term(Arena *arena, Str term); /* copies term */
Query *query_node(Arena *arena, QueryOp op, Query **children, size_t count); /* copies the list; NULL children are left out */
Query *query_pair(Arena *arena, QueryOp op, Query *first, Query *second);
Query *query_weighted(Arena *arena, QueryOp op, Query *child, double factor); /* SCALE or BOOST */
/* The same documents without anything that only weighs: AND_MAYBE, SCALE, BOOST and FILTER are resolved. For the right
 * side of AND_NOT: Xapian 1.4.22 leaves documents in that an AND_MAYBE below an AND there should take out. */
Query *query_matching(Arena *arena, const Query *q);
Query *query_range(Arena *arena, unsigned slot, Str low, Str high);

C_LINKAGE_END

#endif
