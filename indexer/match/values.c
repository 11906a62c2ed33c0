/* indexer/match/values.c - steps from chunk to chunk of a slot's values, then from value to value.
 *
 * A chunk's key has its first document and not its last, so the first document of the chunk behind it is read ahead: it
 * tells whether the current chunk can hold the document that is wanted.
 */
#include "indexer/match/values.h"

#include "indexer/glass/entry.h"

static Status damaged(Err *err)
{
	return err_set(err, ST_CORRUPT, "values in the index are damaged");
}

void match_values_open(MatchValues *v, unsigned slot)
{
	*v = (MatchValues){.slot = slot, .key = {0, GLASS_VALUES_KEY}};
	v->key_len = (size_t)(glass_put_varint(v->key + 2, slot) - v->key);
}

void match_values_done(MatchValues *v)
{
	buf_done(&v->chunk);
}

typedef struct {
	GlassList list;
	bool failed;
} Collected;

static void collect(void *ctx, uint32_t docid, Str value)
{
	Collected *c = ctx;
	c->failed |= !glass_list_add_string(&c->list, docid, value);
}

static Status keep_chunk(MatchValues *v, GlassPiece piece, Err *err)
{
	buf_clear(&v->chunk);
	buf_add_str(&v->chunk, piece.body);
	piece.body = buf_str(&v->chunk);
	glass_list_begin(&v->it, GLASS_STRINGS, piece);
	if (!buf_ok(&v->chunk))
		return err_no_memory(err);
	return glass_list_next(&v->it) ? ST_OK : damaged(err);
}

static Status open_live(MatchValues *v, const MatchSource *source, Err *err)
{
	Collected c = {0};
	Status st = xap_values(source->shard->live, v->slot, collect, &c, err);
	if (st == ST_OK && (c.failed || !buf_ok(&c.list.body)))
		st = err_no_memory(err);
	v->ended = c.list.body.len == 0;
	if (st == ST_OK && !v->ended)
		st = keep_chunk(v, glass_list_piece(&c.list), err);
	glass_list_done(&c.list);
	return st;
}

/* Moves to the chunk that could hold `wanted`, or to the first one behind it. */
static Status find_chunk(MatchValues *v, const MatchSource *source, uint32_t wanted, Err *err)
{
	uint8_t bytes[sizeof v->key + GLASS_DID_MAX];
	Str key, tag, list = {(const char *)v->key, v->key_len};
	GlassEntry entry;
	memcpy(bytes, v->key, v->key_len);
	uint8_t *end = glass_put_did(bytes + v->key_len, wanted);
	Str at = {(const char *)bytes, (size_t)(end - bytes)};
	Step step = glass_find_last(source->shard->postlist, source->blocks, at, &v->place, &key, &tag, err);
	if (step == STEP_END || (step == STEP_ITEM && !(str_starts(key, list) && key.len > list.len)))
		step = glass_find(source->shard->postlist, source->blocks, at, &v->place, &key, &tag, err);
	if (step == STEP_ERROR)
		return err->code;
	v->ended = step == STEP_END || !str_starts(key, list);
	if (v->ended)
		return ST_OK;
	if (!glass_entry_read(key, tag, &entry) || entry.kind != GLASS_VALUES || entry.list.len != list.len)
		return damaged(err);
	Status st = keep_chunk(v, entry.chunk, err);
	GlassPlace next = v->place;
	if (st == ST_OK)
		step = glass_find_next(source->shard->postlist, source->blocks, &next, &key, &tag, err);
	if (st != ST_OK || step == STEP_ERROR)
		return st != ST_OK ? st : err->code;
	bool more = step == STEP_ITEM && str_starts(key, list) && glass_entry_read(key, tag, &entry) &&
		    entry.kind == GLASS_VALUES;
	v->next_first = more ? entry.chunk.first : 0;
	return ST_OK;
}

/* Moves to the first value that is not before document `wanted`. */
static Status skip_to(MatchValues *v, const MatchSource *source, uint32_t wanted, Err *err)
{
	Status st = ST_OK;
	if (!v->opened) {
		v->opened = true;
		st = source->shard->live ? open_live(v, source, err) : find_chunk(v, source, wanted, err);
	}
	while (st == ST_OK && !v->ended && v->it.did < wanted) {
		uint32_t before = v->it.did;
		if (v->next_first && v->next_first <= wanted) {
			st = find_chunk(v, source, wanted, err);
		} else if (!glass_list_at_end(&v->it)) {
			st = glass_list_next(&v->it) ? ST_OK : damaged(err);
		} else if (v->next_first) {
			st = find_chunk(v, source, v->next_first, err);
		} else {
			v->ended = true;
		}
		if (st == ST_OK && !v->ended &&
		    v->it.did <= before) /* documents out of order would let this run in a circle */
			st = damaged(err);
	}
	return st;
}

Status match_values_each(MatchValues *v, const MatchSource *source, uint64_t from, const MatchSet *within,
			 void (*each)(void *ctx, size_t i, Str value), void *ctx, Err *err)
{
	for (MATCH_EACH(within, i)) {
		Status st = skip_to(v, source, (uint32_t)(from + i), err);
		if (st != ST_OK || v->ended)
			return st;
		if (v->it.did == from + i)
			each(ctx, i, v->it.string);
	}
	return ST_OK;
}
