/* indexer/search/view.c - opens a view, runs the request on it, and runs it again where the index changed meanwhile.
 *
 * A snapshot can lose its files to a newer one while it is used: by a merge, or by two commits of the live shard. Then
 * the request is run again on the newest snapshot; this is the only place that does so. Records that come in fast could
 * win that race each time. So from the third try on, this process does not commit its live shard meanwhile (live_gate),
 * and another process's commits are waited out.
 */
#include "indexer/search/view.h"

#include "indexer/search/passage.h"
#include "indexer/shards/current.h"
#include "indexer/shards/tokens.h"
#include "indexer/shards/wait.h"
#include "store/record/entry_json.h"

enum {
	TRIES = 20,
	TRIES_UNGUARDED = 2,
	TRIES_OF_DAMAGED = 4,
	LOOK_BYTES = 32 << 20, /* of texts: some 0.5 s of one core */
	LATER_MOST = 1 << 22,  /* records that came after the first page of an answer; more are not told apart */
};

/* The dead and the later documents of a shard that holds the sequences [from, end). */
static Status add_later(View *view, size_t shard, uint64_t from, uint64_t end, uint64_t position, QueryDead *out)
{
	const QueryDead *dead = &view->snapshot->dead_docids[shard];
	uint64_t first = (position > from ? position - from : 0) + 1, last = end - from;
	uint32_t *docids = arena_calloc(view->arena, dead->count + (size_t)(last - first + 1), sizeof *docids);
	size_t count = 0;
	if (!docids)
		return err_no_memory(view->err);
	while (count < dead->count && dead->docids[count] < first) {
		docids[count] = dead->docids[count];
		count++;
	}
	for (uint64_t docid = first; docid <= last; docid++)
		docids[count++] = (uint32_t)docid;
	*out = (QueryDead){docids, count};
	return ST_OK;
}

Status view_end_at(View *view, uint64_t position)
{
	const Snapshot *s = view->snapshot;
	if (position >= s->position || s->position - position > LATER_MOST)
		return ST_OK;
	QueryDead *dead = arena_calloc(view->arena, s->dir_count + 1, sizeof *dead);
	if (!dead)
		return err_no_memory(view->err);
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < s->dir_count; i++) {
		uint64_t end = i + 1 < s->dir_count ? s->from[i + 1] : s->position;
		dead[i] = s->dead_docids[i];
		if (end > position && end > s->from[i])
			st = add_later(view, i, s->from[i], end, position, &dead[i]);
	}
	if (st == ST_OK)
		view->dead = dead;
	return st;
}

Status view_run(View *view, QueryAsk *ask, QueryFound *out)
{
	ask->dead = view->dead;
	ask->until = view->until;
	return view->xapian ? xap_search(view->xapian, ask, view->arena, out, view->err)
			    : matcher_search(view->matcher, ask, view->arena, out, view->err);
}

Status view_facets(View *view, QueryAsk *ask, unsigned slots,
		   void (*each)(void *view, unsigned slot, Str value, uint64_t count), uint64_t *all_out,
		   bool *is_exact_out)
{
	ask->dead = view->dead;
	ask->until = view->until;
	return view->xapian ? xap_facets(view->xapian, ask, slots, each, view, all_out, is_exact_out, view->err)
			    : matcher_facets(view->matcher, ask, slots, each, view, all_out, is_exact_out, view->err);
}

bool view_may_look(const View *view)
{
	return view->looked_bytes < LOOK_BYTES && !deadline_passed(view->until);
}

static Status open_view(View *view, Index *index, const Deadline *until, Arena *arena, Err *err)
{
	*view = (View){.index = index, .until = until, .arena = arena, .err = err, .shard_at = SIZE_MAX};
	if (deadline_passed(until))
		return err_set(err, ST_BUSY, "no time was left to look anything up");
	view->tokens = index_take_tokens(index, err);
	if (!view->tokens)
		return err->code;
	view->snapshot = index_take_snapshot(index);
	view->dead = view->snapshot->dead_docids;
	view->is_whole = index_is_whole(index, view->snapshot);
	Err lost;
	if (!view->is_whole && view->snapshot->dir_count == 0 && store_damage(index->store, &lost) != ST_OK)
		return err_set(err, ST_CORRUPT,
			       "records of the archive are damaged or missing, and nothing of it can be "
			       "searched: hoso verify names what");
	if (!view->is_whole && view->snapshot->dir_count == 0)
		return err_set(err, ST_BUSY, "the index is being built: nothing can be searched yet");
	Status st = snapshot_take_matcher(view->snapshot, &view->matcher, &view->shard_at, err);
	if (st == ST_OK && index->options.xapian_answers)
		st = xap_open(&view->xapian, (const char *const *)view->snapshot->dirs, view->snapshot->dir_count, err);
	return st;
}

static void close_view(View *view, Status st)
{
	xap_close(view->xapian);
	if (view->matcher)
		snapshot_give_matcher(view->snapshot, view->matcher, st == ST_OK);
	snapshot_drop(view->snapshot);
	index_give_tokens(view->index, view->tokens);
	buf_done(&view->text);
}

/* A shard that can't be read is left out from now on. A sealed one never changes, so it is damaged or was replaced, and
 * no shard gets a name twice. The live one may have been committed meanwhile, and a failing read may pass. */
static void note_damage(View *view, Status st, int tries)
{
	const Snapshot *s = view->snapshot;
	size_t at = view->matcher ? matcher_failed_at(view->matcher) : view->shard_at;
	if (!s || at >= s->dir_count)
		return;
	bool is_sealed = at + s->has_live < s->dir_count;
	if (st != ST_CORRUPT && st != ST_IO && !(st == ST_NOT_FOUND && is_sealed))
		return;
	if ((st != ST_IO && is_sealed) || tries >= TRIES_UNGUARDED)
		index_leave_out(view->index, snapshot_shard_name(s, at), view->err->text);
}

static bool is_stale(Status st)
{
	return st == ST_CONFLICT || st == ST_NOT_FOUND || st == ST_CORRUPT || st == ST_IO;
}

Status view_with(Index *index, const Deadline *until, Arena *arena, Status (*body)(View *view, void *ctx), void *ctx,
		 Err *err)
{
	Status st = ST_OK;
	bool lost = false;
	for (int i = 0; i < TRIES; i++) {
		View view;
		Err ignored;
		bool guarded = i >= TRIES_UNGUARDED && pthread_rwlock_rdlock(&index->live_gate) == 0;
		if (i > 0)
			index_reload(index, true, &ignored);
		st = open_view(&view, index, until, arena, err);
		if (st == ST_OK)
			st = body(&view, ctx);
		bool of_index = !view.matcher || matcher_failed_at(view.matcher) != SIZE_MAX;
		note_damage(&view, st, i);
		close_view(&view, st);
		if (guarded)
			pthread_rwlock_unlock(&index->live_gate);
		lost = of_index;
		if (!is_stale(st) || (st != ST_CONFLICT && i >= TRIES_OF_DAMAGED))
			break;
	}
	if (!is_stale(st) || !lost)
		return st;
	Err cause = *err; /* no fault of the request, and it passes: the follower mends the index */
	return err_set(err, ST_BUSY, "the index can't be read at present: %.150s", cause.text);
}

/* Block checksums are enough for a snippet; get and download check the text against its SHA-256. */
/* Damage of the archive, which is not the index's: what it holds is left out, and the answer says so. */
static bool archive_lacks(View *view, Status st)
{
	if (st != ST_CORRUPT && st != ST_NOT_FOUND)
		return false;
	view->is_whole = false;
	buf_clear(&view->text);
	return true;
}

/* All texts of a record, as the index has them: a form feed keeps words of two texts apart. */
Status view_load_text(View *view, const Entry *entry, size_t most, bool *is_all_out)
{
	buf_clear(&view->text);
	*is_all_out = true;
	for (size_t i = 0; i < entry->object_count; i++) {
		const ObjectRef *object = &entry->objects[i];
		if (strcmp(object->role, "text") != 0 || !object->size_bytes)
			continue;
		if (view->text.len)
			buf_add_char(&view->text, '\f');
		size_t room = most - view->text.len,
		       len = object->size_bytes < room ? (size_t)object->size_bytes : room;
		*is_all_out = len == object->size_bytes || most == PASSAGE_TEXT_MAX;
		view->looked_bytes += len;
		char *bytes = buf_extend(&view->text, len);
		if (!bytes && len)
			return err_no_memory(view->err);
		Status st =
			len ? store_object_read(view->index->store, &object->hash, 0, bytes, len, view->err) : ST_OK;
		if (st != ST_OK)
			return archive_lacks(view, st) ? ST_OK : st;
		if (view->text.len >= most)
			return ST_OK;
	}
	return ST_OK;
}

Status view_load_hit(View *view, uint64_t sequence, SearchHit *out, Entry *entry)
{
	Status st = store_entry(view->index->store, sequence, view->arena, entry, view->err);
	if (archive_lacks(view, st))
		return err_set(view->err, ST_FORBIDDEN, "damaged");
	if (st == ST_OK && entry->destroyed) /* the index still has it */
		st = err_set(view->err, ST_FORBIDDEN, "destroyed");
	if (st != ST_OK)
		return st;
	*out = (SearchHit){.sequence = sequence, .version = entry->version, .id = entry->key};
	for (size_t i = 0; i < entry->object_count && !out->file_name.len; i++)
		if (strcmp(entry->objects[i].role, "original") == 0)
			out->file_name = entry->objects[i].name;
	st = record_parse_stored(entry->metadata, view->arena, &out->record, view->err);
	if (st == ST_OK)
		out->text_state = text_state_of(&out->record, entry_text_object(entry) >= 0);
	return st;
}
