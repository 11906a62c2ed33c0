/* indexer/match/facets.c - matcher_facets: how many matches have which values, in a hash table for each slot.
 *
 * Where there are more matches than the sample asks for, values of one match in 2^n are looked at, chosen by a hash of
 * its document number, and counts are scaled up to all matches. The matches themselves are counted one by one before,
 * to choose n.
 */
#include "indexer/match/walk.h"

#include <stdlib.h>

/* The values of one slot and their counts: a table that is filled by half at most. */
typedef struct {
	Str value;
	uint64_t count;
} Counted;

typedef struct {
	Counted *table;
	size_t room, used;
} Counts;

typedef struct {
	Counts counts[MATCH_SLOTS_MAX];
	Counts *at; /* of the slot that is read now */
	Arena *arena;
	unsigned sample_bits; /* one in 2^n matches is looked at */
	uint64_t seen;
	bool failed;
} Facets;

static Counted *find(Counts *c, Str value)
{
	size_t at = (size_t)str_hash(value) & (c->room - 1);
	while (c->table[at].count && !str_eq(c->table[at].value, value))
		at = (at + 1) & (c->room - 1);
	return &c->table[at];
}

static bool grow(Facets *f)
{
	Counts old = *f->at, grown = {.room = old.room ? 2 * old.room : 256, .used = old.used};
	grown.table = arena_calloc(f->arena, grown.room, sizeof *grown.table);
	if (!grown.table)
		return false;
	for (size_t i = 0; i < old.room; i++)
		if (old.table[i].count)
			*find(&grown, old.table[i].value) = old.table[i];
	*f->at = grown;
	return true;
}

static void count_value(void *ctx, size_t i, Str value)
{
	Facets *f = ctx;
	(void)i;
	if (2 * f->at->used >= f->at->room && !grow(f)) {
		f->failed = true;
		return;
	}
	Counted *counted = find(f->at, value);
	if (!counted->count) {
		counted->value = arena_copy(f->arena, value);
		f->failed |= !counted->value.ptr;
		f->at->used++;
	}
	counted->count++;
}

/* The choice depends on document numbers alone, so the same question gets the same answer. */
static MatchSet sampled(const MatchSet *matching, uint64_t from, unsigned bits)
{
	MatchSet set = *matching;
	if (bits)
		for (MATCH_EACH(matching, i))
			if ((uint32_t)(from + i) * UINT32_C(0x9E3779B1) >> (32 - bits))
				set.bits[i / 64] &= ~(UINT64_C(1) << i % 64);
	return set;
}

static Status count_window(MatchWalk *walk, size_t tier, const MatchSet *matching, void *ctx, Err *err)
{
	Facets *f = ctx;
	(void)tier;
	MatchSet set = sampled(matching, walk->at.from, f->sample_bits);
	Status st = ST_OK;
	f->seen += match_set_count(&set);
	for (size_t v = 0; st == ST_OK && v < walk->slot_count; v++) {
		f->at = &f->counts[v];
		st = match_values_each(&walk->values[v], &walk->at.source, walk->at.from, &set, count_value, f, err);
	}
	return st == ST_OK && f->failed ? err_no_memory(err) : st;
}

/* All matches: those of the last tier. */
static Status walk_last_tier(MatchWalk *walk, MatchEach *each, void *ctx, Err *err)
{
	if (!walk->ask->tier_count)
		return ST_OK;
	Status st = match_plan(&walk->plan, walk->ask->tiers[walk->ask->tier_count - 1], false, &walk->roots[0]);
	walk->tier_count = 1;
	return st == ST_OK ? match_walk(walk, each, ctx, err) : st;
}

static Status count_matches(Matcher *m, const QueryAsk *ask, Arena *arena, uint64_t *out, Err *err)
{
	MatchWalk *walk = match_walk_new(m, ask, arena, err);
	if (!walk)
		return err->code;
	Status st = walk_last_tier(walk, NULL, NULL, err);
	*out = match_walk_total(walk, 0);
	match_walk_free(walk);
	return st;
}

static Status count_facets(MatchWalk *walk, Facets *f, unsigned slots, Err *err)
{
	for (unsigned slot = 0; slot < 32 && walk->slot_count < MATCH_SLOTS_MAX; slot++)
		if (slots >> slot & 1)
			walk->slots[walk->slot_count++] = slot;
	return walk_last_tier(walk, count_window, f, err);
}

static void report_counts(const MatchWalk *walk, const Facets *f, QueryCount *each, void *ctx)
{
	double each_stands_for = f->seen ? (double)match_walk_total(walk, 0) / (double)f->seen : 0;
	for (size_t v = 0; v < walk->slot_count; v++)
		for (size_t i = 0; i < f->counts[v].room; i++) {
			const Counted *c = &f->counts[v].table[i];
			if (c->count)
				each(ctx, walk->slots[v], c->value,
				     (uint64_t)((double)c->count * each_stands_for + 0.5));
		}
}

Status matcher_facets(Matcher *m, const QueryAsk *ask, unsigned slots, QueryCount *each, void *ctx, uint64_t *all_out,
		      bool *is_exact_out, Err *err)
{
	Arena arena = {0};
	Facets facets = {.arena = &arena};
	uint64_t sample = ask->sample ? ask->sample : QUERY_FACET_SAMPLE, likely = m->documents;
	Status st = likely > sample ? count_matches(m, ask, &arena, &likely, err) : ST_OK;
	MatchWalk *walk = st == ST_OK ? match_walk_new(m, ask, &arena, err) : NULL;
	if (st == ST_OK && !walk)
		st = err->code;
	while (likely >> facets.sample_bits > sample)
		facets.sample_bits++;
	if (st == ST_OK)
		st = count_facets(walk, &facets, slots, err);
	if (st == ST_OK) {
		*all_out = match_walk_total(walk, 0);
		*is_exact_out = match_walk_is_exact(walk) && facets.seen == *all_out;
		report_counts(walk, &facets, each, ctx);
	}
	match_walk_free(walk);
	arena_done(&arena);
	return matcher_end(m, st);
}
