/* indexer/match/walk.c - which windows are evaluated, which are counted, and what the totals are.
 *
 * Every stride-th window of a shard is counted for all tiers. Another window is evaluated only for the tiers whose hits
 * the ranker still wants, and skipped where no list has a document. So totals of large archives are estimates: the
 * counted share of each shard stands for that shard.
 */
#include "indexer/match/walk.h"

#include <stdlib.h>

enum { WINDOWS_BETWEEN_LOOKS = 4 }; /* at the clock: a window of thousands of lists takes milliseconds */

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
	walk->at.length_factor = m->average_length > 0 ? 1 / m->average_length : 0;
	walk->tier_count = walk->slot_count = 0;
	walk->stride = 1;
	walk->wanted_tiers = QUERY_TIERS_MAX;
	walk->prunes = walk->gave_up = false;
	memset(walk->tiers, 0, sizeof walk->tiers);
	walk->counted_documents = 0;
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
	walk->matcher->at = walk->at.shard = shard;
	walk->at.source = (MatchSource){s, walk->matcher->blocks, walk->plan.arena};
	walk->at.from = docid - (docid - s->first) % MATCH_WINDOW;
}

/* The documents of the window that exist and are not dead. */
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

/* The last tier first: each tier before it is evaluated only among what the next one matches. */
static Status match_tiers(MatchWalk *walk, size_t count, bool counted, MatchEach *each, void *ctx, Err *err)
{
	Status st = ST_OK;
	MatchSet matching;
	const MatchSet *within = &walk->within;
	for (size_t tier = count; st == ST_OK && tier-- > 0; within = &walk->roots[tier]->set)
		st = match_window(walk->roots[tier], &walk->at, within, err);
	for (size_t tier = 0; st == ST_OK && tier < count; tier++) {
		matching = walk->roots[tier]->set;
		for (size_t w = 0; tier > 0 && w < MATCH_WORDS; w++)
			matching.bits[w] &= ~walk->roots[tier - 1]->set.bits[w];
		size_t found = match_set_count(&matching);
		walk->tiers[tier].matches += found;
		walk->tiers[tier].counted += counted ? found : 0;
		if (found && each)
			st = each(walk, tier, &matching, ctx, err);
	}
	return st;
}

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

static Status look_at_window(MatchWalk *walk, MatchEach *each, void *ctx, Err *err)
{
	const MatchShard *s = walk->at.source.shard;
	bool counted = (walk->at.from - s->first) / MATCH_WINDOW % walk->stride == 0, prunes = !counted && walk->prunes;
	size_t count = counted ? walk->tier_count : least_of(walk->wanted_tiers, walk->tier_count);
	walk->counted_documents += counted ? match_set_count(&walk->within) : 0;
	for (size_t tier = prunes ? 0 : count; tier < walk->tier_count; tier++)
		walk->tiers[tier].partly = true;
	return prunes ? each(walk, 0, NULL, ctx, err) : match_tiers(walk, count, counted, each, ctx, err);
}

/* The next window that may have matches of a tier that is still wanted, or that is counted. */
static uint64_t next_window(MatchWalk *walk)
{
	const MatchShard *s = walk->at.source.shard;
	uint64_t behind = walk->at.from + MATCH_WINDOW, step = (uint64_t)walk->stride * MATCH_WINDOW, next = UINT64_MAX;
	size_t count = walk->stride == 1 ? walk->tier_count : least_of(walk->wanted_tiers, walk->tier_count);
	if (count)
		next = match_next(walk->roots[count - 1], walk->at.shard, behind);
	if (walk->stride == 1)
		return next;
	for (size_t tier = count; behind <= s->last && tier < walk->tier_count; tier++)
		walk->tiers[tier].partly = true;
	uint64_t counted = s->first + (behind - s->first + step - 1) / step * step;
	return counted < next ? counted : next;
}

static Status walk_windows(MatchWalk *walk, MatchEach *each, void *ctx, Err *err)
{
	const MatchShard *s = walk->matcher->shards[walk->at.shard];
	const QueryDead *dead = walk->ask->dead ? &walk->ask->dead[walk->at.shard] : NULL;
	size_t dead_at = 0;
	for (uint64_t next = s->first, looked = 1; next <= s->last; looked++) {
		match_walk_go_to(walk, walk->at.shard, next);
		living(walk, dead, &dead_at, &walk->within);
		Status st = look_at_window(walk, each, ctx, err);
		if (st != ST_OK)
			return st;
		next = next_window(walk);
		if (next <= s->last && looked % WINDOWS_BETWEEN_LOOKS == 0 && deadline_passed(walk->ask->until)) {
			walk->gave_up = true;
			return ST_OK;
		}
	}
	return ST_OK;
}

/* A shard's counted windows stand for that shard alone: others may be quite different. */
static Status walk_shard(MatchWalk *walk, MatchEach *each, void *ctx, Err *err)
{
	uint64_t before[QUERY_TIERS_MAX], documents_before = walk->counted_documents;
	for (size_t tier = 0; tier < walk->tier_count; tier++)
		before[tier] = walk->tiers[tier].counted;
	Status st = walk_windows(walk, each, ctx, err);
	double counted = (double)(walk->counted_documents - documents_before),
	       all = walk->matcher->shards[walk->at.shard]->documents;
	for (size_t tier = 0; counted > 0 && tier < walk->tier_count; tier++)
		walk->tiers[tier].likely += (double)(walk->tiers[tier].counted - before[tier]) * all / counted;
	return st;
}

Status match_walk(MatchWalk *walk, MatchEach *each, void *ctx, Err *err)
{
	Status st = ST_OK;
	bool any = false; /* documents were looked at */
	for (size_t i = 0; st == ST_OK && !walk->gave_up && i < walk->matcher->count; i++) {
		if (!walk->matcher->shards[i]->documents)
			continue;
		if (any && deadline_passed(walk->ask->until)) {
			walk->gave_up = true;
			break;
		}
		any = true;
		walk->matcher->at = walk->at.shard = i;
		match_plan_begin_shard(&walk->plan);
		for (size_t v = 0; v < walk->slot_count; v++)
			match_values_open(&walk->values[v], walk->slots[v]);
		st = walk_shard(walk, each, ctx, err);
		for (size_t v = 0; v < walk->slot_count; v++)
			match_values_done(&walk->values[v]);
	}
	return st;
}

uint64_t match_walk_total(const MatchWalk *walk, size_t tier)
{
	if ((!walk->gave_up && !walk->tiers[tier].partly) || !walk->counted_documents)
		return walk->tiers[tier].matches;
	uint64_t likely = (uint64_t)walk->tiers[tier].likely;
	if (walk->gave_up)
		likely = (uint64_t)((double)walk->tiers[tier].counted / (double)walk->counted_documents *
				    (double)walk->matcher->documents);
	return likely > walk->tiers[tier].matches ? likely : walk->tiers[tier].matches;
}

bool match_walk_is_exact(const MatchWalk *walk)
{
	bool exact = !walk->gave_up;
	for (size_t tier = 0; tier < walk->tier_count; tier++)
		exact &= !walk->tiers[tier].partly;
	return exact;
}
