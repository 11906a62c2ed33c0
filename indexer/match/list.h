/* indexer/match/list.h - walks the list of a term, or of a slot's values, in one shard.
 *
 * Both only go forward, a window of documents at a time. Chunks that end before what is wanted are passed over unread.
 *
 * Shapes   MatchSet: bit i is document from + i of the window at hand
 * Owns     chunks live in the arena; a MatchList may be copied only while it is not read
 * Errors   ST_CORRUPT, ST_CONFLICT, ST_IO, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_MATCH_LIST_H
#define INDEXER_MATCH_LIST_H

#include "base/arena.h"
#include "indexer/glass/list.h"
#include "indexer/match/shard.h"

enum { MATCH_WINDOW = 2048, MATCH_WORDS = MATCH_WINDOW / 64, MATCH_WDF_MAX = UINT16_MAX };

typedef struct {
	uint64_t bits[MATCH_WORDS];
} MatchSet;

typedef struct {
	const MatchShard *shard;
	GlassBlocks *blocks;
	Arena *arena;
} MatchSource;

typedef struct {
	uint8_t key[GLASS_KEY_MAX];
	size_t key_len;                   /* of the list, without the document */
	uint32_t documents;               /* that have the term, in this shard */
	uint32_t did;                     /* the posting at hand; UINT32_MAX: none is left */
	const uint8_t *at, *end;          /* its wdf, and what follows, in the chunk at hand */
	uint32_t chunk_first, chunk_last; /* documents of the chunk */
	bool last_chunk;                  /* there is none behind it */
	bool ends_here;                   /* so said the chunk at hand itself */
	uint8_t *chunk;
	size_t room;
	GlassPlace place, chunk_place; /* of the entry that was read last; of the chunk at hand */
} MatchList;

/* A term that is in no document gives a list of none. */
Status match_list_open(MatchList *list, const MatchSource *source, Str term, Err *err);
/* Sets in *out those documents of `within` that have the term, and their wdf (cut at MATCH_WDF_MAX; NULL: not wanted).
 * The window begins at document `from`, which is above all earlier windows. */
Status match_list_fill(MatchList *list, const MatchSource *source, uint64_t from, const MatchSet *within, MatchSet *out,
		       uint16_t *wdf, Err *err);

/* Goes back to the beginning of the window that was filled last. */
Status match_list_rewind(MatchList *list, const MatchSource *source, uint64_t from, Err *err);

typedef struct {
	unsigned slot;
	uint8_t key[2 + GLASS_VARINT_MAX];
	size_t key_len;
	bool opened, ended;
	GlassListIter it; /* of the chunk at hand */
	Buf chunk;        /* match_values_done */
	GlassPlace place;
	uint32_t next_first; /* 0: not known */
} MatchValues;

void match_values_open(MatchValues *values, unsigned slot);
void match_values_done(MatchValues *values);
/* Calls `each` for the documents of `within` that have a value; i: from the window's first document. */
Status match_values_each(MatchValues *values, const MatchSource *source, uint64_t from, const MatchSet *within,
			 void (*each)(void *ctx, size_t i, Str value), void *ctx, Err *err);

static inline bool match_set_any(const MatchSet *s)
{
	uint64_t any = 0;
	for (size_t w = 0; w < MATCH_WORDS; w++)
		any |= s->bits[w];
	return any != 0;
}

static inline size_t match_set_count(const MatchSet *s)
{
	size_t count = 0;
	for (size_t w = 0; w < MATCH_WORDS; w++)
		count += (size_t)__builtin_popcountll(s->bits[w]);
	return count;
}

/* for (MATCH_EACH(&set, i)) runs with each i that is in the set. */
#define MATCH_EACH(set, i)                                                                                             \
	size_t w_##i = 0, i = 0;                                                                                       \
	w_##i < MATCH_WORDS; w_##i++) \
		for (uint64_t b_##i = (set)->bits[w_##i]; b_##i && (i = w_##i * 64 + (size_t)__builtin_ctzll(b_##i), true); b_##i &= b_##i - 1

#endif
