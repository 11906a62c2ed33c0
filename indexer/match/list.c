/* indexer/match/list.c - decodes postings (layout: glass/writer.c) and sets the bits of those asked for.
 *
 * Where few documents are asked about, each is skipped to; else all postings of the window are decoded and those not
 * asked for are masked out. Most numbers take one byte, so four postings are tested and decoded at once.
 *
 * A damaged list must end in ST_CORRUPT and not outside the chunk: the chunk is copied with zeros behind it, which end
 * any number, and every document is compared with the chunk's last.
 */
#include "indexer/match/list.h"

#include "indexer/glass/entry.h"

enum {
	PADDING = 16, /* zeros behind a chunk end a number that is cut off */
	STEPS = 3,    /* so many chunks are passed one by one before the wanted one is searched for by its key */
	SPARSE = 48,  /* up to so many documents of a window are skipped to one by one */
};

static Status damaged(const MatchList *l, Err *err)
{
	return err_set(err, ST_CORRUPT, "the list of \"%.*s\" in the index is damaged", (int)l->key_len,
		       (const char *)l->key);
}

static Status keep_chunk(MatchList *l, const MatchSource *source, const GlassEntry *entry, Err *err)
{
	const MatchShard *shard = source->shard;
	size_t len = entry->chunk.body.len;
	if (entry->chunk.first < shard->first || entry->chunk.last > shard->last)
		return damaged(l, err);
	if (len + PADDING > l->room) {
		l->room = len + PADDING;
		l->chunk = arena_alloc(source->arena, l->room);
		if (!l->chunk) {
			l->room = 0;
			return err_no_memory(err);
		}
	}
	memcpy(l->chunk, entry->chunk.body.ptr, len);
	memset(l->chunk + len, 0, PADDING);
	l->at = l->chunk;
	l->end = l->chunk + len;
	l->did = l->chunk_first = entry->chunk.first;
	l->chunk_last = entry->chunk.last;
	l->last_chunk = l->ends_here = entry->last;
	l->chunk_place = l->place;
	return ST_OK;
}

static void end_list(MatchList *l)
{
	l->did = UINT32_MAX;
	l->last_chunk = true;
}

typedef struct {
	GlassList list;
	bool failed;
} Collected;

static void collect(void *ctx, uint32_t docid, uint32_t wdf)
{
	Collected *c = ctx;
	c->failed |= !glass_list_add_number(&c->list, docid, wdf);
}

static Status open_live(MatchList *l, const MatchSource *source, Str term, Err *err)
{
	Collected c = {0};
	Status st = xap_postings(source->shard->live, term, collect, &c, err);
	GlassEntry entry = {.last = true, .chunk = glass_list_piece(&c.list)};
	if (st == ST_OK && (c.failed || !buf_ok(&c.list.body)))
		st = err_no_memory(err);
	uint64_t count = 0;
	if (st == ST_OK)
		st = xap_term_documents(source->shard->live, term, &count, err);
	if (st == ST_OK && c.list.body.len) {
		l->documents = (uint32_t)count;
		st = keep_chunk(l, source, &entry, err);
	}
	glass_list_done(&c.list);
	return st;
}

Status match_list_open(MatchList *l, const MatchSource *source, Str term, Err *err)
{
	Str key, tag;
	GlassEntry entry;
	*l = (MatchList){.did = UINT32_MAX, .last_chunk = true};
	l->key_len = glass_escape_term(term, l->key);
	if (!l->key_len)
		return ST_OK;
	if (source->shard->live)
		return open_live(l, source, term, err);
	Str wanted = {(const char *)l->key, l->key_len};
	Step step = glass_find(source->shard->postlist, source->blocks, wanted, &l->place, &key, &tag, err);
	if (step == STEP_ERROR)
		return err->code;
	if (step == STEP_END || !str_eq(key, wanted))
		return ST_OK;
	if (!glass_entry_read(key, tag, &entry) || !entry.first || entry.tf > source->shard->documents)
		return damaged(l, err);
	l->documents = entry.tf;
	return keep_chunk(l, source, &entry, err);
}

/* Reads an entry as a later chunk of this list; false: it belongs to another list, or is damaged. */
static bool is_chunk(const MatchList *l, Str key, Str tag, GlassEntry *out)
{
	if (key.len <= l->key_len || memcmp(key.ptr, l->key, l->key_len) != 0 || key.ptr[l->key_len] != 0)
		return false;
	return glass_entry_read(key, tag, out) && out->list.len == l->key_len;
}

/* The key of the chunk that would begin with a document. */
static Str chunk_key(const MatchList *l, uint32_t did, uint8_t out[static GLASS_KEY_MAX + GLASS_DID_MAX + 1])
{
	memcpy(out, l->key, l->key_len);
	out[l->key_len] = 0;
	uint8_t *end = glass_put_did(out + l->key_len + 1, did);
	return (Str){(const char *)out, (size_t)(end - out)};
}

/* Goes to the first chunk that does not end before `target`. */
static Status next_chunk(MatchList *l, const MatchSource *source, uint32_t target, Err *err)
{
	uint32_t before = l->chunk_last;
	for (int step_count = 0; !l->last_chunk; step_count++) {
		Str key, tag;
		GlassEntry entry;
		Step step;
		bool searched = step_count == STEPS; /* this may find the chunk that was passed last */
		if (searched) {
			uint8_t bytes[GLASS_KEY_MAX + GLASS_DID_MAX + 1];
			step = glass_find_last(source->shard->postlist, source->blocks, chunk_key(l, target, bytes),
					       &l->place, &key, &tag, err);
		} else {
			step = glass_find_next(source->shard->postlist, source->blocks, &l->place, &key, &tag, err);
		}
		if (step == STEP_ERROR)
			return err->code;
		if (step == STEP_END || !is_chunk(l, key, tag, &entry) || (entry.chunk.first <= before && !searched))
			return damaged(l, err);
		before = entry.chunk.last;
		if (entry.chunk.last >= target)
			return keep_chunk(l, source, &entry, err);
		l->last_chunk = entry.last;
	}
	end_list(l);
	return ST_OK;
}

/* One number of up to 32 bits; the padding ends it. */
static inline uint32_t read_number(const uint8_t **at)
{
	uint32_t value = *(*at)++;
	if (value < 0x80)
		return value;
	value &= 0x7F;
	for (unsigned shift = 7; shift < 35; shift += 7) {
		uint32_t byte = *(*at)++;
		value |= (byte & 0x7F) << shift;
		if (byte < 0x80)
			break;
	}
	return value;
}

/* Passes postings four at a time where their numbers take one byte each. */
static inline void skip_postings(MatchList *l, uint32_t target)
{
	const uint8_t *at = l->at;
	uint32_t did = l->did;
	while (l->end - at > 8) {
		uint64_t eight = get_le64(at);
		if (eight & UINT64_C(0x8080808080808080))
			break;
		uint32_t passed =
			(uint32_t)(((eight >> 8 & UINT64_C(0x00FF00FF00FF00FF)) * UINT64_C(0x0001000100010001)) >> 48) +
			4;
		if (passed > target - did)
			break;
		did += passed;
		at += 8;
	}
	l->at = at;
	l->did = did;
}

/* Moves to the first posting that is not before `target`. */
static Status skip_to(MatchList *l, const MatchSource *source, uint32_t target, Err *err)
{
	if (l->did >= target)
		return ST_OK;
	if (l->chunk_last < target) {
		Status st = next_chunk(l, source, target, err);
		if (st != ST_OK || l->did >= target)
			return st;
	}
	while (l->did < target) {
		skip_postings(l, target);
		if (l->did >= target)
			break;
		const uint8_t *at = l->at;
		read_number(&at);
		if (at >= l->end)
			return damaged(l, err);
		uint32_t gap = read_number(&at);
		if (at >= l->end || gap >= l->chunk_last - l->did)
			return damaged(l, err);
		l->did += gap + 1;
		l->at = at;
	}
	return l->did > l->chunk_last ? damaged(l, err) : ST_OK;
}

static inline uint16_t cut(uint32_t wdf)
{
	return wdf > MATCH_WDF_MAX ? MATCH_WDF_MAX : (uint16_t)wdf;
}

static Status fill_some(MatchList *l, const MatchSource *source, uint64_t from, const MatchSet *within, MatchSet *out,
			uint16_t *wdf, Err *err)
{
	for (MATCH_EACH(within, i)) {
		uint64_t wanted = from + i;
		if (wanted < l->did)
			continue;
		Status st = skip_to(l, source, (uint32_t)wanted, err);
		if (st != ST_OK)
			return st;
		if (l->did != wanted)
			continue;
		out->bits[i / 64] |= UINT64_C(1) << i % 64;
		if (wdf) {
			const uint8_t *at = l->at;
			wdf[i] = cut(read_number(&at));
		}
	}
	return ST_OK;
}

/* Bits that are gathered for one word of a set at a time. */
typedef struct {
	MatchSet *set;
	size_t word;
	uint64_t bits;
} Gather;

static inline void gather(Gather *g, size_t i)
{
	if (i / 64 != g->word) {
		g->set->bits[g->word] |= g->bits;
		g->bits = 0;
		g->word = i / 64;
	}
	g->bits |= UINT64_C(1) << i % 64;
}

/* All postings of the current chunk below `to`, four at a time where their numbers take one byte each. */
static inline bool fill_from_chunk(MatchList *l, uint64_t from, uint64_t to, MatchSet *out, uint16_t *wdf)
{
	const uint8_t *at = l->at, *end = l->end;
	uint64_t did = l->did; /* 64 bits: it may grow past the last document number */
	uint32_t last = l->chunk_last;
	Gather g = {out, 0, 0};
	bool good = true;
	while (did < to) {
		uint64_t eight;
		while (end - at > 8 && !((eight = get_le64(at)) & UINT64_C(0x8080808080808080))) {
			uint64_t gaps = eight >> 8 & UINT64_C(0x00FF00FF00FF00FF),
				 ahead = gaps * UINT64_C(0x0001000100010001);
			size_t i = (size_t)(did - from);
			if ((ahead >> 32 & 0xFFFF) + 3 + did >= to) /* the fourth lies behind the window */
				break;
			size_t second = i + (ahead & 0xFFFF) + 1, third = i + (ahead >> 16 & 0xFFFF) + 2,
			       fourth = i + (ahead >> 32 & 0xFFFF) + 3;
			gather(&g, i);
			gather(&g, second);
			gather(&g, third);
			gather(&g, fourth);
			if (wdf) {
				wdf[i] = (uint8_t)eight;
				wdf[second] = (uint8_t)(eight >> 16);
				wdf[third] = (uint8_t)(eight >> 32);
				wdf[fourth] = (uint8_t)(eight >> 48);
			}
			did += (ahead >> 48) + 4;
			at += 8;
		}
		if (did > last)
			good = false;
		if (did > last || did >= to)
			break;
		size_t i = (size_t)(did - from);
		const uint8_t *posting = at;
		uint32_t number = read_number(&at);
		gather(&g, i);
		if (wdf)
			wdf[i] = cut(number);
		if (at >= end) {
			good = at == end && did == last;
			break;
		}
		uint32_t gap = read_number(&at);
		if (at >= end || gap >= last - did) {
			at = posting;
			good = false;
			break;
		}
		did += gap + 1;
	}
	out->bits[g.word] |= g.bits;
	l->at = at;
	l->did = (uint32_t)did;
	return good;
}

static Status fill_all(MatchList *l, const MatchSource *source, uint64_t from, MatchSet *out, uint16_t *wdf, Err *err)
{
	uint64_t to = from + MATCH_WINDOW;
	Status st = skip_to(l, source, (uint32_t)from, err);
	while (st == ST_OK && l->did < to && l->did != UINT32_MAX) {
		if (!(wdf ? fill_from_chunk(l, from, to, out, wdf) : fill_from_chunk(l, from, to, out, NULL)))
			return damaged(l, err);
		if (l->at == l->end) /* all of the chunk is read */
			st = next_chunk(l, source, l->chunk_last == UINT32_MAX ? UINT32_MAX : l->chunk_last + 1, err);
	}
	return st;
}

static bool are_few(const MatchSet *set)
{
	size_t count = 0;
	for (size_t w = 0; w < MATCH_WORDS && count <= SPARSE; w++)
		for (uint64_t bits = set->bits[w]; bits && count <= SPARSE; bits &= bits - 1)
			count++;
	return count <= SPARSE;
}

Status match_list_fill(MatchList *l, const MatchSource *source, uint64_t from, const MatchSet *within, MatchSet *out,
		       uint16_t *wdf, Err *err)
{
	memset(out, 0, sizeof *out);
	if (l->did == UINT32_MAX || l->did >= from + MATCH_WINDOW)
		return ST_OK;
	if (are_few(within))
		return fill_some(l, source, from, within, out, wdf, err);
	Status st = fill_all(l, source, from, out, wdf, err);
	for (size_t w = 0; w < MATCH_WORDS; w++)
		out->bits[w] &= within->bits[w];
	return st;
}

Status match_list_rewind(MatchList *l, const MatchSource *source, uint64_t from, Err *err)
{
	uint8_t bytes[GLASS_KEY_MAX + GLASS_DID_MAX + 1];
	Str key, tag;
	GlassEntry entry;
	if (!l->documents)
		return ST_OK;
	if (l->chunk_first <= from || source->shard->live) {
		l->at = l->chunk;
		l->did = l->chunk_first;
		l->last_chunk = l->ends_here;
		l->place = l->chunk_place;
		return ST_OK;
	}
	Step step = glass_find_last(source->shard->postlist, source->blocks, chunk_key(l, (uint32_t)from, bytes),
				    &l->place, &key, &tag, err);
	if (step == STEP_ERROR)
		return err->code;
	if (step == STEP_ITEM && is_chunk(l, key, tag, &entry))
		return keep_chunk(l, source, &entry, err);
	Str first = {(const char *)l->key, l->key_len};
	step = glass_find(source->shard->postlist, source->blocks, first, &l->place, &key, &tag, err);
	if (step == STEP_ERROR)
		return err->code;
	if (step == STEP_END || !str_eq(key, first) || !glass_entry_read(key, tag, &entry))
		return damaged(l, err);
	return keep_chunk(l, source, &entry, err);
}
