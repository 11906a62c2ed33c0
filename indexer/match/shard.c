/* indexer/match/shard.c - opens a shard: its tables' branches and, in memory, the length of every document.
 *
 * Lengths are needed for every score. A bit for each document tells those that exist from the gaps, as a document may
 * have length 0.
 */
#include "indexer/match/shard.h"

#include <stdlib.h>

#include "indexer/glass/entry.h"

static Status make_room(MatchShard *s, uint32_t first, uint32_t last, Err *err)
{
	size_t span = (size_t)last - first + 1;
	if (last < first || last == UINT32_MAX || span > MATCH_SPAN_MAX) /* UINT32_MAX marks the end of a list */
		return err_set(err, ST_CORRUPT, "a shard with documents from %u to %u", first, last);
	s->first = first;
	s->last = last;
	s->lengths = calloc(span, sizeof *s->lengths);
	s->present = calloc(span / 64 + 1, sizeof *s->present);
	return s->lengths && s->present ? ST_OK : err_no_memory(err);
}

static void add_length(MatchShard *s, uint32_t docid, uint32_t length)
{
	uint32_t at = docid - s->first;
	s->lengths[at] = length;
	s->present[at / 64] |= UINT64_C(1) << at % 64;
	s->documents++;
}

static Status damaged(const char *dir, Err *err)
{
	return err_set(err, ST_CORRUPT, "%s: the list of lengths is damaged", dir);
}

static bool add_chunk(MatchShard *s, GlassPiece chunk)
{
	GlassListIter it;
	glass_list_begin(&it, GLASS_NUMBERS, chunk);
	while (!glass_list_at_end(&it)) {
		if (!glass_list_next(&it) || it.did < s->first || it.did > s->last)
			return false;
		add_length(s, it.did, it.number);
	}
	return true;
}

static const char lengths_key[] = {0, (char)GLASS_LENGTHS_KEY};

static Status read_lengths(MatchShard *s, const char *dir, const GlassVersion *version, GlassBlocks *blocks, Err *err)
{
	Str key, tag, list = {lengths_key, sizeof lengths_key};
	GlassPlace place;
	GlassEntry entry;
	Step step = glass_find(s->postlist, blocks, list, &place, &key, &tag, err);
	if (step == STEP_END || (step == STEP_ITEM && !str_eq(key, list)))
		return version->stats.documents ? damaged(dir, err) : ST_OK;
	for (bool first = true; step == STEP_ITEM && str_starts(key, list); first = false) {
		if (!glass_entry_read(key, tag, &entry) || entry.first != first)
			return damaged(dir, err);
		Status st = first ? make_room(s, entry.chunk.first, version->stats.last_docid, err) : ST_OK;
		if (st != ST_OK)
			return st;
		if (!add_chunk(s, entry.chunk))
			return damaged(dir, err);
		step = glass_find_next(s->postlist, blocks, &place, &key, &tag, err);
	}
	return step == STEP_ERROR ? err->code : s->documents == version->stats.documents ? ST_OK : damaged(dir, err);
}

Status match_shard_open(MatchShard **out, const char *dir, bool summed, Err *err)
{
	GlassVersion version;
	MatchShard *s = calloc(1, sizeof *s);
	GlassBlocks *blocks = glass_blocks_new();
	Status st = s && blocks ? ST_OK : err_no_memory(err);
	if (st == ST_OK && summed)
		st = glass_sums_read(&s->sums, dir, err);
	if (st == ST_OK && summed)
		st = glass_sums_check_version(s->sums, dir, err);
	if (st == ST_OK)
		st = glass_version_read(dir, &version, err);
	if (st == ST_OK)
		st = glass_leaves_open(&s->postlist, dir, GLASS_POSTLIST, &version, s->sums, err);
	if (st == ST_OK) {
		s->users = 1;
		s->total_length = version.stats.total_length;
		st = read_lengths(s, dir, &version, blocks, err);
	}
	glass_blocks_free(blocks);
	/* A sealed shard never changes, and we write one version of the format only: anything else is damage. */
	if (st == ST_UNSUPPORTED || st == ST_CONFLICT || st == ST_NOT_FOUND)
		st = err->code = ST_CORRUPT;
	if (st == ST_OK)
		*out = s;
	else if (s) {
		s->users = 1;
		match_shard_drop(s);
	}
	return st;
}

typedef struct {
	uint32_t *pairs; /* docid, length, docid … */
	size_t count, room;
	bool failed, disordered;
} Lengths;

static void take_length(void *ctx, uint32_t docid, uint32_t length)
{
	Lengths *l = ctx;
	l->disordered |= l->count && docid <= l->pairs[2 * l->count - 2];
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 256;
		uint32_t *grown = realloc(l->pairs, room * 2 * sizeof *grown);
		l->failed |= !grown;
		if (!grown)
			return;
		l->pairs = grown;
		l->room = room;
	}
	l->pairs[2 * l->count] = docid;
	l->pairs[2 * l->count++ + 1] = length;
}

/* What Xapian opens is what was checked: the same revision stands in iamglass before and after. */
static Status open_checked(MatchShard *s, const char *dir, Err *err)
{
	GlassSums *sums = NULL;
	Status st = glass_sums_read(&sums, dir, err);
	if (st == ST_OK)
		st = glass_sums_check(sums, dir, false, err);
	if (st == ST_OK)
		st = xap_open(&s->live, &dir, 1, err);
	if (st == ST_OK)
		st = glass_sums_check_version(sums, dir, err);
	glass_sums_free(sums);
	return st;
}

Status match_shard_open_live(MatchShard **out, const char *dir, Err *err)
{
	Lengths lengths = {0};
	MatchShard *s = calloc(1, sizeof *s);
	if (!s)
		return err_no_memory(err);
	s->users = 1;
	Status st = open_checked(s, dir, err);
	if (st == ST_OK)
		st = xap_postings(s->live, (Str){0}, take_length, &lengths, err);
	if (st == ST_OK && lengths.failed)
		st = err_no_memory(err);
	if (st == ST_OK && lengths.disordered)
		st = damaged(dir, err);
	if (st == ST_OK && lengths.count)
		st = make_room(s, lengths.pairs[0], lengths.pairs[2 * lengths.count - 2], err);
	for (size_t i = 0; st == ST_OK && i < lengths.count; i++) {
		add_length(s, lengths.pairs[2 * i], lengths.pairs[2 * i + 1]);
		s->total_length += lengths.pairs[2 * i + 1];
	}
	free(lengths.pairs);
	if (st == ST_OK)
		*out = s;
	else
		match_shard_drop(s);
	return st;
}

MatchShard *match_shard_hold(MatchShard *s)
{
	__atomic_add_fetch(&s->users, 1, __ATOMIC_RELAXED);
	return s;
}

void match_shard_drop(MatchShard *s)
{
	if (!s || __atomic_sub_fetch(&s->users, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	glass_leaves_close(s->postlist);
	glass_sums_free(s->sums);
	xap_close(s->live);
	free(s->lengths);
	free(s->present);
	free(s);
}
