/* indexer/match/plan.c - turns a Query into nodes: opens the lists, weighs terms, orders children.
 *
 * Weights are BM25 as Xapian 1.4 computes it, with k1 = 1, k2 = 0, k3 = 1 and b of query.h, from the statistics of all
 * shards together. SCALE and BOOST have no node: their factors are part of the weights below them. The children of an
 * AND are ordered rarest first, since what one leaves is all that the next is asked about; those of an OR by the
 * highest score they can give, as match_best needs them.
 */
#include "indexer/match/plan.h"

#include <math.h>

enum { NODES_MAX = 8192 };

static MatchNode *failed(MatchPlan *p, Status st)
{
	if (st == ST_NO_MEMORY)
		err_no_memory(p->err);
	return NULL;
}

double matcher_rarity(const Matcher *m, double documents)
{
	double ratio = ((double)m->documents - documents + 0.5) / (documents + 0.5);
	return log(ratio < 2 ? ratio * 0.5 + 1 : ratio);
}

static double term_weight(const Matcher *m, double documents)
{
	return 2 * matcher_rarity(m, documents); /* k1 + 1 */
}

static MatchNode *new_node(MatchPlan *p, QueryOp op, size_t children)
{
	if (p->nodes++ >= NODES_MAX) {
		err_set(p->err, ST_LIMIT, "the query has too many parts");
		return NULL;
	}
	MatchNode *n = arena_alloc(p->arena, sizeof *n);
	MatchNode **list = children ? arena_calloc(p->arena, children, sizeof *list) : NULL;
	if (!n || (children && !list))
		return failed(p, ST_NO_MEMORY);
	*n = (MatchNode){.op = op, .children = list};
	return n;
}

static MatchNode *plan(MatchPlan *p, const Query *q, bool weighed, double factor);

static MatchLeaf *new_leaf(MatchPlan *p, Str term, uint64_t hash)
{
	Matcher *m = p->matcher;
	MatchLeaf *leaf = arena_calloc(p->arena, 1, sizeof *leaf);
	MatchList *lists = arena_alloc(p->arena, (m->count + 1) * sizeof *lists);
	if (!leaf || !lists) {
		err_no_memory(p->err);
		return NULL;
	}
	*leaf = (MatchLeaf){.next = p->leaves, .term = term, .hash = hash, .lists = lists, .from = UINT64_MAX};
	for (size_t i = 0; i < m->count; i++) {
		MatchSource source = {m->shards[i], m->blocks, p->arena};
		m->at = i;
		if (match_list_open(&lists[i], &source, term, p->err) != ST_OK)
			return NULL;
		leaf->documents += lists[i].documents;
	}
	p->leaves = leaf;
	return leaf;
}

static MatchNode *plan_term(MatchPlan *p, const Query *q, bool weighed, double factor)
{
	MatchNode *n = new_node(p, QUERY_TERM, 0);
	if (!n)
		return NULL;
	uint64_t hash = str_hash(q->term);
	MatchLeaf *leaf = p->leaves;
	while (leaf && (!leaf->lists || leaf->hash != hash || !str_eq(leaf->term, q->term)))
		leaf = leaf->next;
	if (!leaf && !(leaf = new_leaf(p, q->term, hash)))
		return NULL;
	if (weighed && !leaf->wdf && !(leaf->wdf = arena_alloc(p->arena, MATCH_WINDOW * sizeof *leaf->wdf)))
		return failed(p, ST_NO_MEMORY);
	n->leaf = leaf;
	n->weighed = weighed;
	n->documents = leaf->documents;
	n->bound = n->weight = n->documents ? factor * term_weight(p->matcher, n->documents) : 0;
	return n;
}

static MatchNode *plan_range(MatchPlan *p, const Query *q)
{
	MatchNode *n = new_node(p, QUERY_RANGE, 0);
	if (!n)
		return NULL;
	if (p->range_count == sizeof p->ranges / sizeof p->ranges[0]) {
		err_set(p->err, ST_LIMIT, "the query has too many ranges");
		return NULL;
	}
	n->leaf = arena_calloc(p->arena, 1, sizeof *n->leaf);
	if (!n->leaf)
		return failed(p, ST_NO_MEMORY);
	*n->leaf = (MatchLeaf){.next = p->leaves, .from = UINT64_MAX};
	p->leaves = n->leaf;
	n->low = q->low;
	n->high = q->high;
	n->documents = (double)p->matcher->documents;
	match_values_open(&n->values, q->slot);
	p->ranges[p->range_count++] = n;
	return n;
}

static bool is_rarer(const MatchNode *a, const MatchNode *b)
{
	return a->documents < b->documents;
}
static bool is_lower(const MatchNode *a, const MatchNode *b)
{
	return a->bound < b->bound;
}

static void order_children(MatchNode *n, bool (*is_before)(const MatchNode *a, const MatchNode *b))
{
	for (size_t i = 1; i < n->child_count; i++) {
		MatchNode *child = n->children[i];
		size_t at = i;
		for (; at > 0 && is_before(child, n->children[at - 1]); at--)
			n->children[at] = n->children[at - 1];
		n->children[at] = child;
	}
}

static bool is_weighed(const Query *q, size_t child, bool weighed)
{
	return weighed && !(child > 0 && (q->op == QUERY_AND_NOT || q->op == QUERY_FILTER));
}

/* What a node has from its children: bound, documents, and their order. */
static void sum_up(MatchPlan *p, MatchNode *n, double factor)
{
	double all = (double)p->matcher->documents, none = 1;
	for (size_t i = 0; i < n->child_count; i++)
		n->bound += n->children[i]->weighed ? n->children[i]->bound : 0;
	switch (n->op) {
	case QUERY_AND:
	case QUERY_FILTER: /* the rarest first */
		order_children(n, is_rarer);
		n->documents = n->child_count ? n->children[0]->documents : 0;
		break;
	case QUERY_OR:
		order_children(n, is_lower);
		for (size_t i = 0; i < n->child_count; i++)
			n->documents += n->children[i]->documents;
		break;
	case QUERY_SYNONYM: /* weighed as one term; its documents estimated as if the words were independent */
		for (size_t i = 0; i < n->child_count; i++)
			none *= all ? 1 - n->children[i]->documents / all : 1;
		n->documents = all * (1 - none);
		n->bound = n->weight = n->documents ? factor * term_weight(p->matcher, n->documents) : 0;
		break;
	default:
		n->documents = n->children[0]->documents;
	}
}

static MatchNode *plan_children(MatchPlan *p, const Query *q, bool weighed, double factor)
{
	MatchNode *n = new_node(p, q->op, q->child_count);
	if (!n)
		return NULL;
	n->weighed = weighed;
	for (size_t i = 0; i < q->child_count; i++) {
		MatchNode *child = plan(p, q->children[i], is_weighed(q, i, weighed), factor);
		if (!child)
			return NULL;
		n->children[n->child_count++] = child;
	}
	sum_up(p, n, factor);
	return n;
}

static MatchNode *plan(MatchPlan *p, const Query *q, bool weighed, double factor)
{
	MatchNode *n;
	switch (q->op) {
	case QUERY_NOTHING:
		return new_node(p, QUERY_NOTHING, 0);
	case QUERY_ALL:
		n = new_node(p, QUERY_ALL, 0);
		if (n)
			n->documents = (double)p->matcher->documents;
		return n;
	case QUERY_TERM:
		return plan_term(p, q, weighed, factor);
	case QUERY_RANGE:
		return plan_range(p, q);
	case QUERY_SCALE:
		return plan(p, q->children[0], weighed, factor * q->factor);
	case QUERY_BOOST:
		n = plan_children(p, q, false, factor);
		if (n) {
			n->weighed = weighed;
			n->bound = n->weight = factor * q->factor;
		}
		return n;
	default:
		return plan_children(p, q, weighed, factor);
	}
}

Status match_plan(MatchPlan *p, const Query *query, bool weighed, MatchNode **out)
{
	MatchNode *root = plan(p, query, weighed, 1);
	if (!root)
		return p->err->code;
	*out = root;
	return ST_OK;
}

void match_plan_begin_shard(MatchPlan *p)
{
	for (MatchLeaf *leaf = p->leaves; leaf; leaf = leaf->next)
		leaf->from = UINT64_MAX;
	for (size_t i = 0; i < p->range_count; i++) {
		unsigned slot = p->ranges[i]->values.slot;
		match_values_done(&p->ranges[i]->values);
		match_values_open(&p->ranges[i]->values, slot);
	}
}

void match_plan_done(MatchPlan *p)
{
	for (size_t i = 0; i < p->range_count; i++)
		match_values_done(&p->ranges[i]->values);
	p->range_count = 0;
}
