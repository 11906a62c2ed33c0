/* indexer/match/rank.c - matcher_search: the best hits of a query, in a heap of as many as are asked for.
 *
 * Once the heap is full, its worst hit says what is still wanted: hits of a better tier, or with a higher score; the
 * walk skips the rest. With a second query, the best QUERY_SECOND_LOOK hits are scored again, and only they: it may
 * have many common terms and still costs little.
 */
#include "indexer/match/walk.h"

#include <stdlib.h>

enum {
	COUNT_OF = 32768, /* so many documents are enough for an estimate */
	COUNT_FEW = 4096, /* so few matches are always counted one by one */
};

typedef struct {
	uint32_t tier;
	uint64_t value; /* the first eight bytes of the value to sort by; 0: sorted by relevance */
	double score;
	uint32_t shard, docid;
} Ranked;

typedef struct {
	const QueryAsk *ask;
	Ranked *heap; /* the best so far, the worst of them on top */
	size_t held, room;
	uint64_t values[MATCH_WINDOW]; /* of the slot to sort by, for the current window */
} Best;

/* Below 0: a is better. Equal ones stand in the order of the log. */
static int compare(const QueryAsk *ask, const Ranked *a, const Ranked *b)
{
	if (a->tier != b->tier)
		return a->tier < b->tier ? -1 : 1;
	if (a->value != b->value)
		return (a->value < b->value) == ask->sort_descending ? 1 : -1;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->shard != b->shard)
		return a->shard < b->shard ? -1 : 1;
	return (a->docid > b->docid) - (a->docid < b->docid);
}

static void sink(Best *best, size_t at)
{
	Ranked *heap = best->heap, moved = heap[at];
	for (size_t child; (child = 2 * at + 1) < best->held; at = child) {
		if (child + 1 < best->held && compare(best->ask, &heap[child + 1], &heap[child]) > 0)
			child++;
		if (compare(best->ask, &heap[child], &moved) <= 0)
			break;
		heap[at] = heap[child];
	}
	heap[at] = moved;
}

static void rise(Best *best, size_t at)
{
	Ranked *heap = best->heap, moved = heap[at];
	for (; at > 0 && compare(best->ask, &moved, &heap[(at - 1) / 2]) > 0; at = (at - 1) / 2)
		heap[at] = heap[(at - 1) / 2];
	heap[at] = moved;
}

static void offer(Best *best, const Ranked *one)
{
	if (best->held < best->room) {
		best->heap[best->held++] = *one;
		rise(best, best->held - 1);
	} else if (compare(best->ask, one, &best->heap[0]) < 0) {
		best->heap[0] = *one;
		sink(best, 0);
	}
}

/* Sorts the heap, best first. */
static void unheap(Best *best)
{
	size_t count = best->held;
	while (best->held > 1) {
		Ranked worst = best->heap[0];
		best->heap[0] = best->heap[--best->held];
		sink(best, 0);
		best->heap[best->held] = worst;
	}
	best->held = count;
}

static void take_value(void *ctx, size_t i, Str value)
{
	uint64_t *values = ctx;
	for (size_t b = 0; b < 8; b++)
		values[i] |= (uint64_t)(b < value.len ? (uint8_t)value.ptr[b] : 0) << (56 - 8 * b);
}

/* The heap is full: only better hits are wanted from now on. */
static void want_less(MatchWalk *walk, const Best *best)
{
	bool sorted = best->ask->sort_slot >= 0;
	if (best->held < best->room)
		return;
	walk->wanted_tiers = best->heap[0].tier + 1;
	walk->prunes = !sorted && walk->tier_count == 1 && walk->roots[0]->op == QUERY_OR;
	walk->least = best->heap[0].score;
}

/* 1: every match is counted, as they are few or must all be seen. Else the windows counted hold about COUNT_OF
 * documents. */
static size_t choose_stride(const MatchWalk *walk, bool all)
{
	uint64_t documents = walk->matcher->documents;
	const MatchNode *last = walk->roots[walk->tier_count - 1];
	return all || last->documents <= COUNT_FEW ? 1 : (size_t)(1 + documents / COUNT_OF);
}

static Status rank_window(MatchWalk *walk, size_t tier, const MatchSet *matching, void *ctx, Err *err)
{
	Best *best = ctx;
	Status st = ST_OK;
	bool sorted = best->ask->sort_slot >= 0;
	if (best->room == 0 || tier < best->ask->first_tier || tier >= walk->wanted_tiers)
		return ST_OK;
	if (walk->prunes) {
		st = match_best(walk->roots[tier], &walk->at, &walk->within, walk->least, err);
		matching = &walk->roots[tier]->set;
	} else {
		match_score_begin(&walk->at, matching);
		match_score(walk->roots[tier], &walk->at, matching);
	}
	if (st == ST_OK && sorted) {
		memset(best->values, 0, sizeof best->values);
		st = match_values_each(&walk->values[0], &walk->at.source, walk->at.from, matching, take_value,
				       best->values, err);
	}
	if (st != ST_OK)
		return st;
	double least = -1; /* of equal scores the earlier document stays */
	for (MATCH_EACH(matching, i)) {
		if (!sorted && best->held == best->room && best->heap[0].tier == tier)
			least = best->heap[0].score;
		if (walk->at.score[i] > least)
			offer(best, &(Ranked){(uint32_t)tier, sorted ? best->values[i] : 0, walk->at.score[i],
					      (uint32_t)walk->at.shard, (uint32_t)(walk->at.from + i)});
	}
	want_less(walk, best);
	return ST_OK;
}

static Status rank_all(MatchWalk *walk, Best *best, uint64_t most, Err *err)
{
	uint64_t documents = walk->matcher->documents;
	best->room = (size_t)(most < documents ? most : documents);
	best->heap = arena_alloc(walk->plan.arena, (best->room + 1) * sizeof *best->heap);
	if (!best->heap)
		return err_no_memory(err);
	if (best->ask->sort_slot >= 0)
		walk->slots[walk->slot_count++] = (unsigned)best->ask->sort_slot;
	for (; walk->tier_count < best->ask->tier_count; walk->tier_count++) {
		Status st = match_plan(&walk->plan, best->ask->tiers[walk->tier_count], best->room > 0,
				       &walk->roots[walk->tier_count]);
		if (st != ST_OK)
			return st;
	}
	if (!walk->tier_count)
		return ST_OK;
	walk->stride = choose_stride(walk, best->ask->sort_slot >= 0);
	walk->wanted_tiers = best->room ? walk->tier_count : 0;
	Status st = match_walk(walk, rank_window, best, err);
	unheap(best);
	return st;
}

/* ---- the second look ------------------------------------------------------------------------------------------- */

static int in_order_of_the_log(const void *a, const void *b)
{
	const Ranked *x = a, *y = b;
	if (x->shard != y->shard)
		return x->shard < y->shard ? -1 : 1;
	return (x->docid > y->docid) - (x->docid < y->docid);
}

/* Those of the best that lie in the current window. */
static Status score_again(MatchWalk *walk, MatchNode *root, Ranked *best, size_t count, Err *err)
{
	MatchAt *at = &walk->at;
	MatchSet those = {0};
	for (size_t i = 0; i < count; i++)
		those.bits[(best[i].docid - at->from) / 64] |= UINT64_C(1) << (best[i].docid - at->from) % 64;
	Status st = match_window(root, at, &those, err);
	match_score_begin(at, &those);
	if (st == ST_OK)
		match_score(root, at, &root->set);
	for (size_t i = 0; i < count; i++)
		best[i].score += at->score[best[i].docid - at->from];
	return st;
}

static int best_first(const void *a, const void *b)
{
	return compare(&(QueryAsk){.sort_slot = -1}, a, b);
}

/* The best are ordered anew, with what the second query adds to their scores. */
static Status look_again(MatchWalk *walk, Best *best, Err *err)
{
	size_t count = best->held < QUERY_SECOND_LOOK ? best->held : QUERY_SECOND_LOOK, done = 0;
	MatchPlan plan = {.matcher = walk->matcher, .arena = walk->plan.arena, .err = err};
	MatchNode *root = NULL;
	Status st = match_plan(&plan, best->ask->second, true, &root);
	qsort(best->heap, count, sizeof *best->heap, in_order_of_the_log);
	while (st == ST_OK && done < count) {
		Ranked *next = best->heap + done;
		if (done == 0 || next->shard != walk->at.shard)
			match_plan_begin_shard(&plan);
		match_walk_go_to(walk, next->shard, next->docid);
		size_t here = 1;
		while (done + here < count && next[here].shard == next->shard &&
		       next[here].docid < walk->at.from + MATCH_WINDOW)
			here++;
		st = score_again(walk, root, next, here, err);
		done += here;
	}
	match_plan_done(&plan);
	qsort(best->heap, count, sizeof *best->heap, best_first);
	return st;
}

/* An estimate is given with two digits: more are not known. */
static uint64_t two_digits(uint64_t guess)
{
	uint64_t unit = 1;
	while (guess / unit >= 100)
		unit *= 10;
	return (guess + unit / 2) / unit * unit;
}

static void set_totals(const MatchWalk *walk, QueryFound *out)
{
	out->total = 0;
	for (size_t tier = 0; tier < walk->tier_count; tier++)
		out->total += out->totals[tier] = match_walk_total(walk, tier);
	out->total_is_exact = match_walk_is_exact(walk);
	out->gave_up = walk->gave_up;
	if (!out->total_is_exact)
		out->total = two_digits(out->total);
}

/* A low total must be exact: everything is counted after all. */
static Status count_all(const MatchWalk *before, Arena *arena, QueryFound *out, Err *err)
{
	Status st = ST_OK;
	const QueryAsk *ask = before->ask;
	MatchWalk *walk = match_walk_new(before->matcher, ask, arena, err);
	if (!walk)
		return err->code;
	for (; st == ST_OK && walk->tier_count < ask->tier_count; walk->tier_count++)
		st = match_plan(&walk->plan, ask->tiers[walk->tier_count], false, &walk->roots[walk->tier_count]);
	if (st == ST_OK)
		st = match_walk(walk, NULL, NULL, err);
	if (st == ST_OK)
		set_totals(walk, out);
	match_walk_free(walk);
	return st;
}

static Status search(MatchWalk *walk, Best *best, Arena *arena, QueryFound *out, Err *err)
{
	const QueryAsk *ask = best->ask;
	bool again = ask->second && ask->tier_count == 1 && ask->limit && ask->first < QUERY_SECOND_LOOK &&
		     ask->sort_slot < 0;
	uint64_t most = ask->limit ? ask->first + ask->limit : 0;
	Status st = rank_all(walk, best, again && most < QUERY_SECOND_LOOK ? QUERY_SECOND_LOOK : most, err);
	if (st == ST_OK && again)
		st = look_again(walk, best, err);
	out->hits = arena_calloc(arena, ask->limit + 1, sizeof *out->hits);
	if (st == ST_OK && !out->hits)
		st = err_no_memory(err);
	for (uint64_t i = ask->first; st == ST_OK && i < best->held && out->count < ask->limit; i++)
		out->hits[out->count++] =
			(QueryHit){best->heap[i].shard, best->heap[i].docid, best->heap[i].tier, best->heap[i].score};
	set_totals(walk, out);
	bool too_low = !out->total_is_exact && !walk->gave_up && out->total < 4 * ask->count_to;
	return st == ST_OK && too_low ? count_all(walk, arena, out, err) : st;
}

Status matcher_search(Matcher *m, const QueryAsk *ask, Arena *arena, QueryFound *out, Err *err)
{
	*out = (QueryFound){0};
	MatchWalk *walk = match_walk_new(m, ask, arena, err);
	Best *best = malloc(sizeof *best);
	Status st = walk && best ? ST_OK : err_no_memory(err);
	if (st == ST_OK) {
		*best = (Best){.ask = ask};
		st = search(walk, best, arena, out, err);
	}
	free(best);
	match_walk_free(walk);
	return matcher_end(m, st);
}
