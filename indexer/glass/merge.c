/* indexer/glass/merge.c - several databases into one, list by list.
 *
 * All inputs are read side by side in the order of their keys. Those that stand on the smallest list give their chunks,
 * first input first, and the list is written. An input without dead documents has its lists measured (which finds
 * damage) and copied; otherwise they are put together anew from the live entries. */
#include "indexer/glass/merge.h"

#include <stdlib.h>

#include "indexer/glass/bounds.h"
#include "indexer/glass/entry.h"
#include "indexer/glass/reader.h"

typedef struct {
	const GlassMergeInput *input;
	GlassVersion version;
	GlassReader *reader;
	bool at_end;
	GlassEntry entry; /* the one it stands on; views live until the next one */
	Str term;         /* of position.glass */
	uint32_t did;
	Str tag;
	uint64_t *dead; /* bits from dead_from on; NULL: none */
	uint32_t dead_from, dead_to;
	uint32_t documents; /* counted */
} Source;

typedef struct {
	Source *sources;
	size_t count;
	GlassWriter *writer;
	const Stop *stop;
	GlassBounds bounds;
	GlassList list; /* being put together */
	GlassList live; /* what is left of a chunk */
	uint8_t key[GLASS_KEY_MAX];
	size_t key_len;
	GlassStats stats;
} Merge;

static Status damaged(const Source *s, const char *what, Err *err)
{
	return err_set(err, ST_CORRUPT, "%s: %s", s->input->dir, what);
}

static bool is_dead(const Source *s, uint32_t did)
{
	if (did < s->dead_from || did > s->dead_to || !s->dead)
		return false;
	uint32_t at = did - s->dead_from;
	return s->dead[at / 64] >> at % 64 & 1;
}

static Status read_dead(Source *s, Err *err)
{
	const GlassMergeInput *in = s->input;
	if (in->dead_count == 0)
		return ST_OK;
	s->dead_from = in->dead[0];
	s->dead_to = in->dead[in->dead_count - 1];
	for (size_t i = 1; i < in->dead_count; i++)
		if (in->dead[i] <= in->dead[i - 1])
			return err_set(err, ST_INVALID, "%s: dead documents are not in ascending order", in->dir);
	s->dead = calloc((s->dead_to - s->dead_from) / 64 + 1, sizeof *s->dead);
	if (!s->dead)
		return err_no_memory(err);
	for (size_t i = 0; i < in->dead_count; i++) {
		uint32_t at = in->dead[i] - s->dead_from;
		s->dead[at / 64] |= UINT64_C(1) << at % 64;
	}
	return ST_OK;
}

static Status next_entry(Source *s, Err *err)
{
	Str key, tag;
	Step step = glass_reader_next(s->reader, &key, &tag, err);
	s->at_end = step == STEP_END;
	if (step == STEP_ERROR)
		return err->code;
	if (step == STEP_ITEM && !glass_entry_read(key, tag, &s->entry))
		return damaged(s, "an entry of postlist.glass cannot be read", err);
	return ST_OK;
}

static Status next_positions(Source *s, Err *err)
{
	Str key;
	Step step = glass_reader_next(s->reader, &key, &s->tag, err);
	s->at_end = step == STEP_END;
	if (step == STEP_ERROR)
		return err->code;
	if (step == STEP_ITEM && !glass_entry_read_position_key(key, &s->term, &s->did))
		return damaged(s, "an entry of position.glass cannot be read", err);
	return ST_OK;
}

static Status open_tables(Merge *m, GlassTableKind kind, Status (*next)(Source *, Err *), Err *err)
{
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < m->count; i++) {
		Source *s = &m->sources[i];
		glass_reader_close(s->reader);
		s->reader = glass_reader_open(s->input->dir, kind, &s->version, s->input->sums, err);
		st = s->reader ? next(s, err) : err->code;
	}
	return st;
}

/* Takes the smallest list of all sources as the one to be written next; false at the end of all. */
static bool choose(Merge *m, Str (*list_of)(const Source *))
{
	const Source *least = NULL;
	for (size_t i = 0; i < m->count; i++) {
		const Source *s = &m->sources[i];
		if (!s->at_end && (!least || str_cmp(list_of(s), list_of(least)) < 0))
			least = s;
	}
	if (!least)
		return false;
	Str key = list_of(least);
	memcpy(m->key, key.ptr, key.len);
	m->key_len = key.len;
	return true;
}

static Str list_of_entry(const Source *s)
{
	return s->entry.list;
}
static Str list_of_positions(const Source *s)
{
	return s->term;
}

static bool stands_on(const Merge *m, const Source *s, Str list)
{
	return !s->at_end && str_eq(list, (Str){(const char *)m->key, m->key_len});
}

/* What a chunk holds, and what of it goes into the result. */
typedef struct {
	GlassListFacts all, live;
	GlassPiece piece; /* with docids of the result, in the source's tag or in m->live; empty: nothing is live */
} Taken;

static Status take_live(Merge *m, const Source *s, GlassEntries kind, Taken *t, Err *err)
{
	GlassListIter it;
	t->live = (GlassListFacts){0};
	glass_list_clear(&m->live);
	glass_list_begin(&it, kind, s->entry.chunk);
	while (!glass_list_at_end(&it) && glass_list_next(&it)) {
		uint32_t did = it.did + s->input->docid_offset;
		if (is_dead(s, it.did))
			continue;
		if (!(kind == GLASS_NUMBERS ? glass_list_add_number(&m->live, did, it.number)
					    : glass_list_add_string(&m->live, did, it.string)))
			return err_no_memory(err);
		t->live.entries++;
		t->live.sum += it.number;
		if (it.number > t->live.greatest)
			t->live.greatest = it.number;
		if (it.number && (t->live.least == 0 || it.number < t->live.least))
			t->live.least = it.number;
	}
	t->piece = glass_list_piece(&m->live);
	return ST_OK;
}

static Status take_chunk(Merge *m, const Source *s, GlassEntries kind, Taken *t, Err *err)
{
	GlassPiece chunk = s->entry.chunk;
	uint32_t offset = s->input->docid_offset;
	if (!glass_list_measure(kind, chunk, &t->all) || (chunk.last && t->all.last != chunk.last))
		return damaged(s, "a list cannot be read", err);
	if (t->all.last > UINT32_MAX - offset)
		return err_set(err, ST_LIMIT, "%s: docids become larger than 32 bits", s->input->dir);
	if (s->dead && t->all.last >= s->dead_from && chunk.first <= s->dead_to)
		return take_live(m, s, kind, t, err);
	t->live = t->all;
	t->piece = (GlassPiece){chunk.first + offset, t->all.last + offset, chunk.body};
	return ST_OK;
}

static Status take_values(Merge *m, Source *s, Err *err)
{
	Taken t;
	Status st = take_chunk(m, s, GLASS_STRINGS, &t, err);
	if (st == ST_OK && t.piece.body.len)
		st = glass_writer_values(m->writer, s->entry.slot, t.piece, err);
	return st;
}

static Status take_lengths(Merge *m, Source *s, Err *err)
{
	Taken t;
	Status st = take_chunk(m, s, GLASS_NUMBERS, &t, err);
	if (st != ST_OK)
		return st;
	s->documents += t.all.entries;
	if (t.piece.body.len == 0)
		return ST_OK;
	GlassStats *all = &m->stats;
	all->documents += t.live.entries;
	all->total_length += t.live.sum;
	all->last_docid = t.piece.last;
	if (t.live.greatest > all->length_max)
		all->length_max = t.live.greatest;
	if (t.live.least && (all->length_min == 0 || t.live.least < all->length_min))
		all->length_min = t.live.least;
	return glass_writer_lengths(m->writer, t.piece, err);
}

static Status take_postings(Merge *m, Source *s, uint32_t *seen, uint64_t *seen_cf, Err *err)
{
	Taken t;
	Status st = take_chunk(m, s, GLASS_NUMBERS, &t, err);
	if (st != ST_OK)
		return st;
	*seen += t.all.entries;
	*seen_cf += t.all.sum;
	if (t.piece.body.len == 0)
		return ST_OK;
	if (t.live.greatest > m->stats.wdf_max)
		m->stats.wdf_max = t.live.greatest;
	if (!glass_list_append(&m->list, t.piece, t.live.entries, t.live.sum))
		return buf_ok(&m->list.body) ? damaged(s, "chunks are out of order", err) : err_no_memory(err);
	return ST_OK;
}

/* All chunks that a source has of the list. */
static Status take_list(Merge *m, Source *s, Err *err)
{
	Status st = ST_OK;
	uint32_t tf = s->entry.tf, seen = 0;
	uint64_t cf = s->entry.cf, seen_cf = 0;
	bool chunked = s->entry.kind >= GLASS_LENGTHS, last = false;
	if (chunked && !s->entry.first)
		return damaged(s, "a list lacks its first chunk", err);
	do {
		if (chunked && last)
			return damaged(s, "a list goes on behind its last chunk", err);
		last = s->entry.last;
		if (s->entry.kind == GLASS_VALUES)
			st = take_values(m, s, err);
		else if (s->entry.kind == GLASS_LENGTHS)
			st = take_lengths(m, s, err);
		else if (s->entry.kind == GLASS_POSTINGS)
			st = take_postings(m, s, &seen, &seen_cf, err);
		bool postings = s->entry.kind == GLASS_POSTINGS;
		if (st == ST_OK)
			st = next_entry(s, err);
		if (st == ST_OK && postings && last && (seen != tf || seen_cf != cf))
			st = damaged(s, "a term's frequencies are not those of its list", err);
	} while (st == ST_OK && stands_on(m, s, s->entry.list));
	if (st == ST_OK && chunked && !last)
		return damaged(s, "a list lacks its last chunk", err);
	return st;
}

static Status merge_postlists(Merge *m, Err *err)
{
	Status st = open_tables(m, GLASS_POSTLIST, next_entry, err);
	while (st == ST_OK && choose(m, list_of_entry)) {
		if (stop_raised(m->stop))
			return err_set(err, ST_BUSY, "the merge was stopped");
		glass_list_clear(&m->list);
		for (size_t i = 0; st == ST_OK && i < m->count; i++)
			if (stands_on(m, &m->sources[i], m->sources[i].entry.list))
				st = take_list(m, &m->sources[i], err);
		if (st == ST_OK && m->list.body.len)
			st = glass_writer_postings(m->writer, (Str){(const char *)m->key, m->key_len}, m->list.tf,
						   m->list.cf, glass_list_piece(&m->list), err);
	}
	for (size_t i = 0; st == ST_OK && i < m->count; i++)
		if (m->sources[i].documents != m->sources[i].version.stats.documents)
			st = damaged(&m->sources[i], "the number of documents is not that of the list of lengths", err);
	return st;
}

static Status merge_positions(Merge *m, Err *err)
{
	Status st = open_tables(m, GLASS_POSITION, next_positions, err);
	while (st == ST_OK && choose(m, list_of_positions)) {
		if (stop_raised(m->stop))
			return err_set(err, ST_BUSY, "the merge was stopped");
		for (size_t i = 0; st == ST_OK && i < m->count; i++) {
			Source *s = &m->sources[i];
			while (st == ST_OK && stands_on(m, s, s->term)) {
				uint32_t did = s->did + s->input->docid_offset;
				if (!is_dead(s, s->did))
					st = glass_writer_positions(m->writer, s->term, did, s->tag, err);
				if (st == ST_OK)
					st = next_positions(s, err);
			}
		}
	}
	return st;
}

static Status note_values(Merge *m, const Source *s, Err *err)
{
	GlassListIter it;
	glass_list_begin(&it, GLASS_STRINGS, s->entry.chunk);
	while (!glass_list_at_end(&it)) {
		if (!glass_list_next(&it))
			return damaged(s, "values cannot be read", err);
		if (!is_dead(s, it.did) && !glass_bounds_add(&m->bounds, s->entry.slot, 1, it.string, it.string))
			return err_no_memory(err);
	}
	return ST_OK;
}

/* Bounds stand before the values in the table. Where documents are dead the values themselves are looked at first. */
static Status find_bounds(Merge *m, Err *err)
{
	Status st = open_tables(m, GLASS_POSTLIST, next_entry, err);
	for (size_t i = 0; st == ST_OK && i < m->count; i++) {
		Source *s = &m->sources[i];
		while (st == ST_OK && !s->at_end && s->entry.kind <= GLASS_VALUES) {
			const GlassEntry *e = &s->entry;
			if (e->kind == GLASS_BOUNDS && !s->dead &&
			    !glass_bounds_add(&m->bounds, e->slot, e->count, e->least, e->greatest))
				st = err_no_memory(err);
			else if (e->kind == GLASS_VALUES && s->dead)
				st = note_values(m, s, err);
			if (st == ST_OK)
				st = next_entry(s, err);
		}
	}
	return st;
}

static Status open_sources(Merge *m, const GlassMergeInput *inputs, size_t count, Err *err)
{
	m->sources = calloc(count + 1, sizeof *m->sources);
	if (!m->sources)
		return err_no_memory(err);
	uint64_t end = 0;
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < count; i++) {
		Source *s = &m->sources[m->count++];
		s->input = &inputs[i];
		st = glass_version_read(inputs[i].dir, &s->version, err);
		if (st == ST_OK && inputs[i].docid_offset < end)
			st = err_set(err, ST_INVALID, "%s: overlaps with the input before", inputs[i].dir);
		if (st == ST_OK)
			st = read_dead(s, err);
		end = (uint64_t)inputs[i].docid_offset + s->version.stats.last_docid;
	}
	return st;
}

static void done(Merge *m)
{
	for (size_t i = 0; i < m->count; i++) {
		glass_reader_close(m->sources[i].reader);
		free(m->sources[i].dead);
	}
	free(m->sources);
	glass_writer_free(m->writer);
	glass_bounds_done(&m->bounds);
	glass_list_done(&m->list);
	glass_list_done(&m->live);
}

Status glass_merge(const char *dir, const GlassMergeInput *inputs, size_t count, uint32_t block_size,
		   const GlassFinish *finish, const Stop *stop, GlassStats *out, Err *err)
{
	Merge m = {.stop = stop};
	Status st = open_sources(&m, inputs, count, err);
	if (st != ST_OK)
		goto done;
	m.writer = glass_writer_new(dir, block_size, err);
	st = m.writer ? find_bounds(&m, err) : err->code;
	if (st == ST_OK)
		st = glass_writer_all_metadata(m.writer, finish, err);
	if (st == ST_OK)
		st = glass_bounds_write(&m.bounds, m.writer, err);
	if (st == ST_OK)
		st = merge_postlists(&m, err);
	if (st == ST_OK)
		st = merge_positions(&m, err);
	if (st == ST_OK)
		st = glass_writer_finish(m.writer, finish->uuid, &m.stats, err);
	if (st == ST_OK)
		*out = m.stats;
done:
	done(&m);
	return st;
}
