/* indexer/match/matcher.c - opening a Matcher, and look-ups that rank nothing: a term's documents, lists of terms.
 *
 * The terms of all shards are listed by a merge: each shard stands on its next term, and the least of them is reported
 * with the sum of the documents. Keys are compared in their escaped form, in which the tables are ordered. The live
 * shard's terms, which are few, are read at once.
 */
#include "indexer/match/list.h"
#include "indexer/match/matcher.h"

#include <stdlib.h>

#include "indexer/glass/entry.h"

Status matcher_open(Matcher **out, MatchShard *const *sealed, size_t count, const char *live_dir, Err *err)
{
	Matcher *m = calloc(1, sizeof *m);
	if (!m)
		return err_no_memory(err);
	m->failed_at = SIZE_MAX;
	m->shards = calloc(count + 1, sizeof *m->shards);
	m->blocks = glass_blocks_new();
	Status st = m->shards && m->blocks ? ST_OK : err_no_memory(err);
	for (size_t i = 0; st == ST_OK && i < count; i++)
		m->shards[m->count++] = match_shard_hold(sealed[i]);
	if (st == ST_OK && live_dir) {
		st = match_shard_open_live(&m->shards[m->count], live_dir, err);
		m->count += st == ST_OK;
	}
	if (st != ST_OK) {
		matcher_close(m);
		return st;
	}
	uint64_t length = 0;
	for (size_t i = 0; i < m->count; i++) {
		m->documents += m->shards[i]->documents;
		length += m->shards[i]->total_length;
	}
	m->average_length = m->documents ? (double)length / (double)m->documents : 0;
	*out = m;
	return ST_OK;
}

void matcher_close(Matcher *m)
{
	if (!m)
		return;
	for (size_t i = 0; m->shards && i < m->count; i++)
		match_shard_drop(m->shards[i]);
	free(m->shards);
	glass_blocks_free(m->blocks);
	free(m);
}

size_t matcher_failed_at(const Matcher *m)
{
	return m->failed_at;
}

uint64_t matcher_documents(const Matcher *m)
{
	return m->documents;
}

static Status count_documents(Matcher *m, Str term, uint64_t *count_out, Err *err)
{
	uint8_t bytes[GLASS_TERM_MAX];
	Str wanted = {(const char *)bytes, glass_escape_term(term, bytes)}, key, tag;
	*count_out = 0;
	for (size_t i = 0; wanted.len && i < m->count; i++) {
		GlassPlace place;
		GlassEntry entry;
		uint64_t count = 0;
		m->at = i;
		if (m->shards[i]->live) {
			Status st = xap_term_documents(m->shards[i]->live, term, &count, err);
			if (st != ST_OK)
				return st;
			*count_out += count;
			continue;
		}
		Step step = glass_find(m->shards[i]->postlist, m->blocks, wanted, &place, &key, &tag, err);
		if (step == STEP_ERROR)
			return err->code;
		if (step == STEP_ITEM && str_eq(key, wanted)) {
			if (!glass_entry_read(key, tag, &entry) || !entry.first)
				return err_set(err, ST_CORRUPT, "the list of \"%.*s\" in the index is damaged",
					       STR_ARG(term));
			*count_out += entry.tf;
		}
	}
	return ST_OK;
}

Status matcher_term_documents(Matcher *m, Str term, uint64_t *count_out, Err *err)
{
	return matcher_end(m, count_documents(m, term, count_out, err));
}

static Status hits_of_shard(Matcher *m, size_t shard, Str term, Arena *arena, QueryHit *out, size_t room, size_t *count,
			    uint64_t *total, Err *err)
{
	MatchList list;
	MatchSource source = {m->shards[shard], m->blocks, arena};
	m->at = shard;
	Status st = match_list_open(&list, &source, term, err);
	size_t before = *count;
	*total += list.documents;
	while (st == ST_OK && list.did != UINT32_MAX && *count < room) {
		MatchSet all, found;
		uint64_t from = list.did;
		memset(&all, 0xFF, sizeof all);
		st = match_list_fill(&list, &source, from, &all, &found, NULL, err);
		for (MATCH_EACH(&found, i))
			if (*count < room)
				out[(*count)++] = (QueryHit){.shard = (uint32_t)shard, .docid = (uint32_t)(from + i)};
	}
	if (st == ST_OK && *count < room && *count - before != list.documents) /* the caller relies on *total */
		return err_set(err, ST_CORRUPT, "the list of \"%.*s\" in the index is damaged", STR_ARG(term));
	return st;
}

Status matcher_term_hits(Matcher *m, Str term, QueryHit *out, size_t room, uint64_t *total_out, Err *err)
{
	Arena arena = {0};
	Status st = ST_OK;
	size_t count = 0;
	*total_out = 0;
	for (size_t i = 0; st == ST_OK && i < m->count; i++)
		st = hits_of_shard(m, i, term, &arena, out, room, &count, total_out, err);
	arena_done(&arena);
	return matcher_end(m, st);
}

/* ---- terms ----------------------------------------------------------------------------------------------------- */

/* The terms of one shard, in order. */
typedef struct {
	const MatchShard *shard;
	GlassPlace place;
	bool at_end;
	uint8_t key[GLASS_TERM_MAX]; /* escaped, as keys are ordered */
	size_t key_len;
	uint64_t documents;
	Buf live; /* all terms of the live shard: length, term, documents; and so on */
	size_t live_at;
} TermWalk;

static bool collect_live(void *ctx, Str term, uint64_t documents)
{
	TermWalk *walk = ctx;
	uint8_t key[GLASS_TERM_MAX];
	uint32_t len = (uint32_t)glass_escape_term(term, key);
	buf_add(&walk->live, &len, sizeof len);
	buf_add(&walk->live, key, len);
	buf_add(&walk->live, &documents, sizeof documents);
	return buf_ok(&walk->live);
}

static void next_live(TermWalk *walk)
{
	uint32_t len;
	walk->at_end = walk->live_at >= walk->live.len;
	if (walk->at_end)
		return;
	memcpy(&len, walk->live.data + walk->live_at, sizeof len);
	memcpy(walk->key, walk->live.data + walk->live_at + sizeof len, len);
	walk->key_len = len;
	walk->live_at += sizeof len + len;
	memcpy(&walk->documents, walk->live.data + walk->live_at, sizeof walk->documents);
	walk->live_at += sizeof walk->documents;
}

static Str key_of(const TermWalk *walk)
{
	return (Str){(const char *)walk->key, walk->key_len};
}

static Status take(TermWalk *walk, Step step, Str key, Str tag, Str prefix, Err *err)
{
	GlassEntry entry;
	walk->at_end = step == STEP_END || (step == STEP_ITEM && !str_starts(key, prefix));
	if (step == STEP_ERROR || walk->at_end)
		return step == STEP_ERROR ? err->code : ST_OK;
	if (!glass_entry_read(key, tag, &entry) || !entry.first || entry.kind != GLASS_POSTINGS ||
	    str_cmp(key, key_of(walk)) <= 0) /* keys out of order would let the walk run in a circle */
		return err_set(err, ST_CORRUPT, "a list of terms in the index is damaged");
	memcpy(walk->key, key.ptr, key.len);
	walk->key_len = key.len;
	walk->documents = entry.tf;
	return ST_OK;
}

/* Moves to the next term: the next entry or, where that is a later chunk of the same list, the first entry behind all
 * of its chunks. */
static Status next_term(Matcher *m, TermWalk *walk, Str prefix, Err *err)
{
	Str key, tag;
	if (walk->shard->live) {
		next_live(walk);
		return ST_OK;
	}
	Step step = glass_find_next(walk->shard->postlist, m->blocks, &walk->place, &key, &tag, err);
	if (step == STEP_ITEM && key.len > walk->key_len + 1 && memcmp(key.ptr, walk->key, walk->key_len) == 0 &&
	    key.ptr[walk->key_len] == 0 && (uint8_t)key.ptr[walk->key_len + 1] != GLASS_ESCAPE) {
		uint8_t behind[GLASS_TERM_MAX + 2];
		memcpy(behind, walk->key, walk->key_len);
		behind[walk->key_len] = 0;
		behind[walk->key_len + 1] =
			GLASS_ESCAPE; /* behind every chunk: no document number begins with this byte */
		step = glass_find(walk->shard->postlist, m->blocks, (Str){(const char *)behind, walk->key_len + 2},
				  &walk->place, &key, &tag, err);
	}
	return take(walk, step, key, tag, prefix, err);
}

static Status first_term(Matcher *m, TermWalk *walk, Str plain_prefix, Str prefix, Err *err)
{
	static const uint8_t first_possible[] = {0, GLASS_ESCAPE};
	Str key, tag, from = prefix.len ? prefix : (Str){(const char *)first_possible, sizeof first_possible};
	if (walk->shard->live) {
		Status st = xap_terms(walk->shard->live, plain_prefix, collect_live, walk, err);
		if (st == ST_OK && !buf_ok(&walk->live))
			st = err_no_memory(err);
		next_live(walk);
		return st;
	}
	return take(walk, glass_find(walk->shard->postlist, m->blocks, from, &walk->place, &key, &tag, err), key, tag,
		    prefix, err);
}

static Str unescape(Str key, char out[static GLASS_TERM_MAX])
{
	size_t len = 0;
	for (size_t i = 0; i < key.len; i++) {
		out[len++] = key.ptr[i];
		i += key.ptr[i] == 0;
	}
	return (Str){out, len};
}

static Status walk_terms(Matcher *m, TermWalk *walks, Str prefix, bool (*each)(void *ctx, Str term, uint64_t documents),
			 void *ctx, Err *err)
{
	for (;;) {
		uint8_t least[GLASS_TERM_MAX];
		char term[GLASS_TERM_MAX];
		Str first = {0};
		uint64_t documents = 0;
		for (size_t i = 0; i < m->count; i++)
			if (!walks[i].at_end && (!first.ptr || str_cmp(key_of(&walks[i]), first) < 0))
				first = key_of(&walks[i]);
		if (!first.ptr)
			return ST_OK;
		memcpy(least, first.ptr, first.len);
		first.ptr = (const char *)least;
		for (size_t i = 0; i < m->count; i++) {
			if (walks[i].at_end || !str_eq(key_of(&walks[i]), first))
				continue;
			documents += walks[i].documents;
			m->at = i;
			Status st = next_term(m, &walks[i], prefix, err);
			if (st != ST_OK)
				return st;
		}
		if (!each(ctx, unescape(first, term), documents))
			return ST_OK;
	}
}

Status matcher_terms(Matcher *m, Str prefix, bool (*each)(void *ctx, Str term, uint64_t documents), void *ctx, Err *err)
{
	uint8_t bytes[GLASS_TERM_MAX];
	Str escaped = {(const char *)bytes, glass_escape_term(prefix, bytes)};
	if (prefix.len && !escaped.len)
		return ST_OK;
	TermWalk *walks = calloc(m->count + 1, sizeof *walks);
	Status st = walks ? ST_OK : err_no_memory(err);
	for (size_t i = 0; st == ST_OK && i < m->count; i++) {
		walks[i].shard = m->shards[i];
		m->at = i;
		st = first_term(m, &walks[i], prefix, escaped, err);
	}
	if (st == ST_OK)
		st = walk_terms(m, walks, escaped, each, ctx, err);
	for (size_t i = 0; walks && i < m->count; i++)
		buf_done(&walks[i].live);
	free(walks);
	return matcher_end(m, st);
}
