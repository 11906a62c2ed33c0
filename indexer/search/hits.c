/* indexer/search/hits.c - records, texts and snippets of hits are read from the archive, never from the index. */
#include "indexer/search/hits.h"

#include "base/utf8.h"
#include "indexer/search/cursor.h"
#include "indexer/search/passage.h"

enum { BEGINNING_BYTES = PASSAGE_ENOUGH_BYTES + (2 << 10) /* of a text; enough for most snippets */ };

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

Status hits_set_next(View *view, Search *search, size_t order_class, size_t tier, uint64_t first)
{
	bool relaxed = search->relaxed && !search->other_accents;
	SearchCursor cursor = {.relaxed = relaxed,
			       .other_accents = search->other_accents,
			       .parted = search->parted,
			       .order_class = relaxed ? 0 : order_class,
			       .tier = relaxed ? 0 : tier,
			       .first = first};
	char text[CURSOR_TEXT_MAX];
	if (first > CURSOR_DEEPEST)
		return ST_OK;
	cursor_write(&cursor, text);
	search->answer->next = arena_copy(view->arena, str_from(text));
	return search->answer->next.ptr ? ST_OK : err_no_memory(view->err);
}
