/* indexer/match/window.c - matching and scoring of a tree of nodes in one window.
 *
 * Each node gets the set of documents that can still match (`within`) and narrows it. An AND passes on what its rarer
 * children left, so the lists of common words are read only there. Scores are computed afterwards, for the documents
 * that match as a whole.
 */
#include "indexer/match/window.h"

/* What a term adds to a score is rounded to a multiple of 2^-30. Sums are then exact in any order, so equal documents
 * get equal scores. Adding and subtracting `rounder` drops the bits behind the 30th. */
static const double rounder = 1.5 * (1 << 22), slack = 1e-6;

static inline double rounded(double part)
{
	return part + rounder - rounder;
}

static Status match_children(MatchNode *n, MatchAt *at, const MatchSet *within, Err *err)
{
	for (size_t c = 0; c < n->child_count; c++) {
		Status st = match_window(n->children[c], at, within, err);
		if (st != ST_OK)
			return st;
		for (size_t w = 0; w < MATCH_WORDS; w++)
			n->set.bits[w] |= n->children[c]->set.bits[w];
	}
	return ST_OK;
}

static Status match_all(MatchNode *n, MatchAt *at, const MatchSet *within, Err *err)
{
	const MatchSet *left = within;
	for (size_t c = 0; c < n->child_count; c++) {
		Status st = match_window(n->children[c], at, left, err);
		if (st != ST_OK)
			return st;
		left = &n->children[c]->set;
		if (!match_set_any(left))
			return ST_OK;
	}
	if (n->child_count)
		n->set = *left;
	return ST_OK;
}

static Status match_without(MatchNode *n, MatchAt *at, const MatchSet *within, Err *err)
{
	Status st = match_window(n->children[0], at, within, err);
	n->set = n->children[0]->set;
	if (st != ST_OK || !match_set_any(&n->set))
		return st;
	st = match_window(n->children[1], at, &n->set, err);
	for (size_t w = 0; w < MATCH_WORDS; w++)
		n->set.bits[w] &= ~n->children[1]->set.bits[w];
	return st;
}

static void take_in_range(void *ctx, size_t i, Str value)
{
	MatchNode *n = ctx;
	if (str_cmp(value, n->low) >= 0 && (!n->high.len || str_cmp(value, n->high) <= 0))
		n->leaf->set.bits[i / 64] |= UINT64_C(1) << i % 64;
}

static Status fill(MatchNode *n, const MatchAt *at, bool again, Err *err)
{
	MatchLeaf *leaf = n->leaf;
	if (leaf->lists) {
		MatchList *list = &leaf->lists[at->shard];
		Status st = again ? match_list_rewind(list, &at->source, at->from, err) : ST_OK;
		return st == ST_OK
			       ? match_list_fill(list, &at->source, at->from, &leaf->asked, &leaf->set, leaf->wdf, err)
			       : st;
	}
	if (again) {
		unsigned slot = n->values.slot;
		match_values_done(&n->values);
		match_values_open(&n->values, slot);
	}
	memset(&leaf->set, 0, sizeof leaf->set);
	return match_values_each(&n->values, &at->source, at->from, &leaf->asked, take_in_range, n, err);
}

static Status match_leaf(MatchNode *n, const MatchAt *at, const MatchSet *within, Err *err)
{
	MatchLeaf *leaf = n->leaf;
	Status st = ST_OK;
	uint64_t more = 0;
	bool again = leaf->from == at->from;
	for (size_t w = 0; again && w < MATCH_WORDS; w++) {
		more |= within->bits[w] & ~leaf->asked.bits[w];
		leaf->asked.bits[w] |= within->bits[w];
	}
	if (!again) {
		leaf->from = at->from;
		leaf->asked = *within;
	}
	if (!again || more)
		st = fill(n, at, again, err);
	for (size_t w = 0; w < MATCH_WORDS; w++)
		n->set.bits[w] = leaf->set.bits[w] & within->bits[w];
	return st;
}

/* children[1] only adds to scores; it is matched here, as scoring needs its set. */
static Status match_maybe(MatchNode *n, MatchAt *at, const MatchSet *within, Err *err)
{
	Status st = match_window(n->children[0], at, within, err);
	n->set = n->children[0]->set;
	if (st == ST_OK && n->weighed && match_set_any(&n->set))
		st = match_window(n->children[1], at, &n->set, err);
	return st;
}

Status match_window(MatchNode *n, MatchAt *at, const MatchSet *within, Err *err)
{
	if (n->leaf)
		return match_leaf(n, at, within, err);
	memset(&n->set, 0, sizeof n->set);
	Status st = ST_OK;
	switch (n->op) {
	case QUERY_OR:
	case QUERY_SYNONYM:
		return match_children(n, at, within, err);
	case QUERY_AND:
	case QUERY_FILTER:
		return match_all(n, at, within, err);
	case QUERY_AND_NOT:
		return match_without(n, at, within, err);
	case QUERY_AND_MAYBE:
		return match_maybe(n, at, within, err);
	case QUERY_BOOST:
		st = match_window(n->children[0], at, within, err);
		n->set = n->children[0]->set;
		return st;
	case QUERY_ALL:
		n->set = *within; /* `within` has only documents that exist */
		return ST_OK;
	default:
		return ST_OK;
	}
}

/* ---- scores ---------------------------------------------------------------------------------------------------- */

void match_score_begin(MatchAt *at, const MatchSet *among)
{
	const MatchShard *shard = at->source.shard;
	const uint32_t *lengths = shard->lengths + (at->from - shard->first);
	for (MATCH_EACH(among, i)) {
		at->norm[i] = lengths[i] * at->length_factor * QUERY_LENGTH_WEIGHT + (1 - QUERY_LENGTH_WEIGHT);
		at->score[i] = 0;
	}
}

static MatchSet both(const MatchSet *a, const MatchSet *b)
{
	MatchSet set;
	for (size_t w = 0; w < MATCH_WORDS; w++)
		set.bits[w] = a->bits[w] & b->bits[w];
	return set;
}

static void score_synonym(MatchNode *n, MatchAt *at, const MatchSet *among)
{
	for (MATCH_EACH(among, i))
		at->wdf[i] = 0;
	for (size_t c = 0; c < n->child_count; c++) {
		MatchSet have = both(among, &n->children[c]->set);
		const uint16_t *wdf = n->children[c]->leaf ? n->children[c]->leaf->wdf : NULL;
		for (MATCH_EACH(&have, i))
			at->wdf[i] += wdf ? wdf[i] : 0;
	}
	for (MATCH_EACH(among, i))
		at->score[i] += rounded(n->weight * (at->wdf[i] / (at->wdf[i] + at->norm[i])));
}

static void score_term(const MatchNode *n, MatchAt *at, const MatchSet *among)
{
	const uint16_t *wdf = n->leaf->wdf;
	for (MATCH_EACH(among, i))
		at->score[i] += rounded(n->weight * (wdf[i] / (wdf[i] + at->norm[i])));
}

void match_score(MatchNode *n, MatchAt *at, const MatchSet *among)
{
	switch (n->op) {
	case QUERY_TERM:
		score_term(n, at, among);
		break;
	case QUERY_SYNONYM:
		score_synonym(n, at, among);
		break;
	case QUERY_BOOST:
		for (MATCH_EACH(among, i))
			at->score[i] += rounded(n->weight);
		break;
	default:
		for (size_t c = 0; c < n->child_count; c++) {
			MatchSet have = both(among, &n->children[c]->set);
			if (n->children[c]->weighed)
				match_score(n->children[c], at, &have);
		}
	}
}

static void keep_possible(MatchSet *set, const MatchAt *at, double least)
{
	for (MATCH_EACH(set, i))
		if (at->score[i] <= least)
			set->bits[i / 64] &= ~(UINT64_C(1) << i % 64);
}

/* The children with the lowest bounds that together cannot reach `least` are left aside first: a document that has none
 * of the others cannot be a hit. Then they are looked up one by one, the highest bound first, only in documents that
 * can still reach `least` with them. (Known as MaxScore.) */
Status match_best(MatchNode *n, MatchAt *at, const MatchSet *within, double least, Err *err)
{
	double below = 0;
	size_t first = 0;
	Status st = ST_OK;
	while (first < n->child_count && below + n->children[first]->bound + slack <= least)
		below += n->children[first++]->bound;
	memset(&n->set, 0, sizeof n->set);
	for (size_t c = first; st == ST_OK && c < n->child_count; c++) {
		st = match_window(n->children[c], at, within, err);
		for (size_t w = 0; w < MATCH_WORDS; w++)
			n->set.bits[w] |= n->children[c]->set.bits[w];
	}
	if (st != ST_OK || !match_set_any(&n->set))
		return st;
	match_score_begin(at, &n->set);
	for (size_t c = first; c < n->child_count; c++)
		match_score(n->children[c], at, &n->children[c]->set);
	while (st == ST_OK && first > 0) {
		keep_possible(&n->set, at, least - below - slack);
		if (!match_set_any(&n->set))
			break;
		st = match_window(n->children[--first], at, &n->set, err);
		if (st == ST_OK)
			match_score(n->children[first], at, &n->children[first]->set);
		below -= n->children[first]->bound;
	}
	return st;
}

/* ---- the next window ------------------------------------------------------------------------------------------- */

uint64_t match_next(const MatchNode *n, size_t shard, uint64_t from)
{
	uint64_t next = n->op == QUERY_OR || n->op == QUERY_SYNONYM ? UINT64_MAX : from;
	switch (n->op) {
	case QUERY_NOTHING:
		return UINT64_MAX;
	case QUERY_TERM:
		return n->leaf->lists[shard].did == UINT32_MAX ? UINT64_MAX
		       : n->leaf->lists[shard].did > from      ? n->leaf->lists[shard].did
							       : from;
	case QUERY_RANGE:
	case QUERY_ALL:
		return from;
	case QUERY_AND:
	case QUERY_FILTER:
		for (size_t c = 0; c < n->child_count; c++) {
			uint64_t of_child = match_next(n->children[c], shard, from);
			next = of_child > next ? of_child : next;
		}
		return next;
	case QUERY_OR:
	case QUERY_SYNONYM:
		for (size_t c = 0; c < n->child_count && next > from; c++) {
			uint64_t of_child = match_next(n->children[c], shard, from);
			next = of_child < next ? of_child : next;
		}
		return next;
	default:
		return match_next(n->children[0], shard, from);
	}
}
