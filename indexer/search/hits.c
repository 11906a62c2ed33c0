/* indexer/search/hits.c - records, texts and snippets of hits are read from the archive, never from the index. */
#include "indexer/search/hits.h"

#include "base/utf8.h"
#include "indexer/search/passage.h"

#include <stdlib.h>

enum {
	BEGINNING_BYTES = PASSAGE_ENOUGH_BYTES + (2 << 10), /* of a text; enough for most snippets */
	REJECTED_MOST = 60,                                 /* texts that are read again for the next page */
};

/* The snippet is made from the beginning of the text; from all of it where a better passage may follow. */
static Status make_snippet(View *view, const Search *search, const Entry *entry, bool is_all, Str *out)
{
	const PassageQuery query = {search->typed, search->words, search->word_count};
	Str text = buf_str(&view->text);
	if (!is_all) /* it may end within a character */
		text.len = utf8_cut(text, text.len - 4);
	Status st = passage_snippet(text, is_all, &query, view->tokens, view->arena, out, view->err);
	if (st != ST_OK || is_all || out->len)
		return st;
	if (!view_may_look(view))
		return passage_snippet(text, true, &query, view->tokens, view->arena, out, view->err);
	st = view_load_text(view, entry, PASSAGE_TEXT_MAX, &is_all);
	return st == ST_OK
		       ? passage_snippet(buf_str(&view->text), true, &query, view->tokens, view->arena, out, view->err)
		       : st;
}

Status hits_load(View *view, const QueryHit *found, bool whole, LoadedHit *out)
{
	Status st = view_load_hit(view, snapshot_sequence(view->snapshot, found->shard, found->docid), &out->hit,
				  &out->entry);
	return st == ST_OK ? view_load_text(view, &out->entry, whole ? PASSAGE_TEXT_MAX : BEGINNING_BYTES, &out->is_all)
			   : st;
}

void hits_add_bare(View *view, Search *search, const QueryHit *found, SearchLabel matched)
{
	search->answer->hits[search->answer->hit_count++] =
		(SearchHit){.sequence = snapshot_sequence(view->snapshot, found->shard, found->docid),
			    .score = found->score,
			    .matched = matched};
}

Status hits_add(View *view, Search *search, const QueryHit *found, LoadedHit *loaded, SearchLabel matched)
{
	Status st = ST_OK;
	if (!search->request->bare)
		st = make_snippet(view, search, &loaded->entry, loaded->is_all, &loaded->hit.snippet);
	loaded->hit.score = found->score;
	loaded->hit.matched = matched;
	if (st == ST_OK)
		search->answer->hits[search->answer->hit_count++] = loaded->hit;
	return st;
}

bool hits_are_shown(const View *view, const Search *search, const QueryHit *hit)
{
	return search->cursor.shown_count &&
	       cursor_has_shown(&search->cursor, snapshot_sequence(view->snapshot, hit->shard, hit->docid));
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Adds the hits of this page. False: too many were shown. */
static bool note_shown(const SearchAnswer *answer, SearchCursor *cursor)
{
	if (cursor->first || cursor->tier || cursor->order_class || /* there were too many before */
	    answer->hit_count > CURSOR_SHOWN_MAX - cursor->shown_count)
		cursor->shown_count = 0;
	bool all =
		!cursor->first && !cursor->tier && !cursor->order_class && (cursor->shown_count || !cursor->position);
	for (size_t i = 0; i < answer->hit_count && cursor->shown_count < CURSOR_SHOWN_MAX; i++)
		cursor->shown[cursor->shown_count++] = answer->hits[i].sequence;
	qsort(cursor->shown, cursor->shown_count, sizeof *cursor->shown, ascending);
	return all;
}

Status hits_set_next(View *view, Search *search, size_t order_class, size_t tier, uint64_t first, size_t rejected)
{
	SearchCursor next = search->cursor;
	char text[CURSOR_TEXT_MAX];
	bool relaxed = search->relaxed && !search->other_accents, all = note_shown(search->answer, &next);
	all &= rejected <= REJECTED_MOST && search->answer->hit_count >= search->request->limit;
	next.relaxed = relaxed;
	next.other_accents = search->other_accents;
	next.parted = search->parted;
	next.order_class = all || relaxed ? 0 : order_class;
	next.tier = all || relaxed ? 0 : tier;
	next.first = all ? 0 : first;
	next.position = search->cursor.position ? search->cursor.position : view->snapshot->position;
	if (first > CURSOR_DEEPEST)
		return ST_OK;
	if (!cursor_write(&next, text)) { /* the place has to do */
		next.shown_count = 0;
		next.order_class = relaxed ? 0 : order_class;
		next.tier = relaxed ? 0 : tier;
		next.first = first;
		cursor_write(&next, text);
	}
	search->answer->next = arena_copy(view->arena, str_from(text));
	return search->answer->next.ptr ? ST_OK : err_no_memory(view->err);
}
