/* indexer/search/holders.c - one exact term, and the living records that have it. */
#include "indexer/search/holders.h"

#include "indexer/search/view.h"
#include "indexer/terms/schema.h"

typedef struct {
	Buf term;
	NumberAnswer answer;
} Look;

static Status look_up(View *view, void *ctx)
{
	Look *look = ctx;
	QueryHit hits[HOLDERS_MAX];
	uint64_t all = 0;
	NumberAnswer *answer = &look->answer;
	Status st = matcher_term_hits(view->matcher, buf_str(&look->term), hits, HOLDERS_MAX, &all, view->err);
	if (st != ST_OK)
		return st;
	*answer = (NumberAnswer){.degraded = !view->is_whole};
	answer->exact = arena_calloc(view->arena, HOLDERS_MAX, sizeof *answer->exact);
	if (!answer->exact)
		return err_no_memory(view->err);
	for (size_t i = 0; st == ST_OK && i < all && i < HOLDERS_MAX; i++) {
		uint64_t sequence = snapshot_sequence(view->snapshot, hits[i].shard, hits[i].docid);
		Entry entry;
		if (superseded_has(&view->snapshot->dead, sequence))
			continue;
		st = view_load_hit(view, sequence, &answer->exact[answer->exact_count].hit, &entry);
		answer->exact_count += st == ST_OK;
		st = st == ST_FORBIDDEN ? ST_OK : st;
	}
	return st;
}

Status search_holders(Index *index, const Hash *sha256, Arena *arena, NumberAnswer *out, Err *err)
{
	Look look = {0};
	schema_file(&look.term, sha256);
	Status st = buf_ok(&look.term) ? view_with(index, NULL, arena, look_up, &look, err) : err_no_memory(err);
	buf_done(&look.term);
	if (st == ST_OK)
		*out = look.answer;
	return st;
}

Status search_write_same_original(Index *index, const Entry *entry, Arena *arena, JsonOut *j, Err *err)
{
	enum { ORIGINALS_MAX = 8 };
	Status st = ST_OK;
	bool is_open = false;
	size_t looked = 0;
	for (size_t i = 0; st == ST_OK && i < entry->object_count && looked < ORIGINALS_MAX; i++) {
		NumberAnswer holders = {0};
		if (strcmp(entry->objects[i].role, "original") != 0)
			continue;
		looked++;
		st = search_holders(index, &entry->objects[i].hash, arena, &holders, err);
		for (size_t h = 0; st == ST_OK && h < holders.exact_count; h++) {
			if (str_eq(holders.exact[h].hit.id, entry->key))
				continue;
			if (!is_open) {
				jout_key(j, "same_original");
				jout_open(j, '[');
			}
			is_open = true;
			jout_str(j, holders.exact[h].hit.id);
		}
	}
	if (is_open)
		jout_close(j, ']');
	return st;
}
