/* indexer/match_walk.c - window after window, shard after shard. See match_parts.h. */
#include "indexer/match_parts.h"

#include <stdlib.h>

#include "base/clock.h"

enum { WINDOWS_BETWEEN_LOOKS = 64 }; /* at the clock */

MatchWalk *match_walk_new(Matcher *m, const QueryAsk *ask, Arena *arena, Err *err)
{
	MatchWalk *walk = malloc(sizeof *walk);
	if (!walk) {
		err_no_memory(err);
		return NULL;
	}
	walk->matcher = m;
	walk->ask = ask;
	walk->plan = (MatchPlan){.matcher = m, .arena = arena, .err = err};
	walk->tier_count = walk->slot_count = 0;
	memset(walk->matches, 0, sizeof walk->matches);
	walk->documents_seen = 0;
	walk->gave_up = false;
	walk->give_up_us = ask->deadline_seconds > 0 ? clock_monotonic_us() + (uint64_t)(ask->deadline_seconds * 1e6) : 0;
	return walk;
}

void match_walk_free(MatchWalk *walk)
{
	if (walk)
		match_plan_done(&walk->plan);
	free(walk);
}

void match_walk_go_to(MatchWalk *walk, size_t shard, uint64_t docid)
{
	MatchShard *s = walk->matcher->shards[shard];
	walk->at.shard = shard;
	walk->at.source = (MatchSource){s, walk->matcher->blocks, walk->plan.arena};
	walk->at.from = docid - (docid - s->first) % MATCH_WINDOW;
}

/* The documents of the window at hand that are there and alive. */
static void living(const MatchWalk *walk, const QueryDead *dead, size_t *dead_at, MatchSet *out)
{
	const MatchShard *s = walk->at.source.shard;
	size_t word = (size_t)(walk->at.from - s->first) / 64, words = ((size_t)s->last - s->first) / 64 + 1;
	for (size_t w = 0; w < MATCH_WORDS; w++)
		out->bits[w] = word + w < words ? s->present[word + w] : 0;
	if (!dead)
		return;
	while (*dead_at < dead->count && dead->docids[*dead_at] < walk->at.from)
		++*dead_at;
	for (size_t d = *dead_at; d < dead->count && dead->docids[d] < walk->at.from + MATCH_WINDOW; d++) {
		size_t i = (size_t)(dead->docids[d] - walk->at.from);
		out->bits[i / 64] &= ~(UINT64_C(1) << i % 64);
	}
}

/* The last tier first: the others look among what it matches. */
static Status walk_window(MatchWalk *walk, const MatchSet *within, MatchEach *each, void *ctx, Err *err)
{
	Status st = ST_OK;
	MatchSet matching[QUERY_TIERS_MAX];
	for (size_t tier = walk->tier_count; st == ST_OK && tier-- > 0; within = &walk->roots[tier]->set)
		st = match_window(walk->roots[tier], &walk->at, within, err);
	for (size_t tier = 0; st == ST_OK && tier < walk->tier_count; tier++) {
		matching[tier] = walk->roots[tier]->set;
		for (size_t w = 0; tier > 0 && w < MATCH_WORDS; w++)
			matching[tier].bits[w] &= ~walk->roots[tier - 1]->set.bits[w];
		size_t found = match_set_count(&matching[tier]);
		walk->matches[tier] += found;
		if (found && each)
			st = each(walk, tier, &matching[tier], ctx, err);
	}
	return st;
}

static Status walk_windows(MatchWalk *walk, MatchEach *each, void *ctx, Err *err)
{
	const MatchShard *s = walk->matcher->shards[walk->at.shard];
	const QueryDead *dead = walk->ask->dead ? &walk->ask->dead[walk->at.shard] : NULL;
	size_t dead_at = 0;
	for (uint64_t next = s->first, looked = 1; next <= s->last; looked++) {
		MatchSet within;
		match_walk_go_to(walk, walk->at.shard, next);
		living(walk, dead, &dead_at, &within);
		Status st = walk_window(walk, &within, each, ctx, err);
		if (st != ST_OK)
			return st;
		if (looked % WINDOWS_BETWEEN_LOOKS == 0 && walk->give_up_us && clock_monotonic_us() > walk->give_up_us) {
			walk->gave_up = true;
			walk->documents_seen += walk->at.from - s->first;
			return ST_OK;
		}
		next = match_next(walk->roots[walk->tier_count - 1], walk->at.shard, walk->at.from + MATCH_WINDOW);
	}
	walk->documents_seen += s->documents;
	return ST_OK;
}

Status match_walk(MatchWalk *walk, MatchEach *each, void *ctx, Err *err)
{
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && !walk->gave_up && i < walk->matcher->count; i++) {
		if (!walk->matcher->shards[i]->documents)
			continue;
		walk->at.shard = i;
		match_plan_begin_shard(&walk->plan);
		for (size_t v = 0; v < walk->slot_count; v++)
			match_values_open(&walk->values[v], walk->slots[v]);
		st = walk_windows(walk, each, ctx, err);
		for (size_t v = 0; v < walk->slot_count; v++)
			match_values_done(&walk->values[v]);
	}
	return st;
}

uint64_t match_walk_total(const MatchWalk *walk, size_t tier)
{
	if (!walk->gave_up || !walk->documents_seen)
		return walk->matches[tier];
	return (uint64_t)((double)walk->matches[tier] / (double)walk->documents_seen * (double)walk->matcher->documents);
}
