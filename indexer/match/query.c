/* indexer/match/query.c - makes nodes of a query in an arena. A list of no children becomes QUERY_NOTHING, a list of
 * one that child, so evaluation meets neither. */
#include "indexer/match/query.h"

static Query *make(Arena *arena, QueryOp op)
{
	Query *node = arena_calloc(arena, 1, sizeof *node);
	if (node)
		node->op = op;
	return node;
}

Query *query_term(Arena *arena, Str term)
{
	Query *node = make(arena, QUERY_TERM);
	if (!node)
		return NULL;
	node->term = arena_copy(arena, term);
	return node->term.ptr ? node : NULL;
}

Query *query_node(Arena *arena, QueryOp op, Query **children, size_t count)
{
	Query *node = make(arena, op);
	if (!node)
		return NULL;
	node->children = arena_calloc(arena, count + 1, sizeof *node->children);
	if (!node->children)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (children[i])
			node->children[node->child_count++] = children[i];
	bool joins = op == QUERY_AND || op == QUERY_OR || op == QUERY_SYNONYM;
	if (joins && node->child_count == 0)
		node->op = QUERY_NOTHING;
	else if (joins && node->child_count == 1 && (op != QUERY_SYNONYM || node->children[0]->op == QUERY_TERM))
		return node->children[0];
	return node;
}

Query *query_pair(Arena *arena, QueryOp op, Query *first, Query *second)
{
	if (!first || !second)
		return NULL;
	return query_node(arena, op, (Query *[]){first, second}, 2);
}

Query *query_weighted(Arena *arena, QueryOp op, Query *child, double factor)
{
	Query *node = child ? query_node(arena, op, &child, 1) : NULL;
	if (node)
		node->factor = factor;
	return node;
}

Query *query_range(Arena *arena, unsigned slot, Str low, Str high)
{
	Query *node = make(arena, QUERY_RANGE);
	if (!node)
		return NULL;
	node->slot = slot;
	node->low = arena_copy(arena, low);
	node->high = arena_copy(arena, high);
	return node->low.ptr && node->high.ptr ? node : NULL;
}

Query *query_matching(Arena *arena, const Query *q)
{
	if (q->op == QUERY_AND_MAYBE || q->op == QUERY_SCALE || q->op == QUERY_BOOST)
		return query_matching(arena, q->children[0]);
	Query *copy = make(arena, q->op == QUERY_FILTER ? QUERY_AND : q->op);
	if (!copy)
		return NULL;
	copy->term = q->term;
	copy->low = q->low;
	copy->high = q->high;
	copy->slot = q->slot;
	copy->children = arena_calloc(arena, q->child_count + 1, sizeof *copy->children);
	if (!copy->children)
		return NULL;
	for (size_t i = 0; i < q->child_count; i++) {
		copy->children[i] = query_matching(arena, q->children[i]);
		if (!copy->children[i])
			return NULL;
	}
	copy->child_count = q->child_count;
	return copy;
}
