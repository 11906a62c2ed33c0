/* indexer/match/list.h - reads the postings of a term in one shard, a window of documents at a time.
 *
 * A list goes forward only. Chunks that end before the window are passed over unread.
 *
 * Owns     the current chunk lives in the arena; a MatchList may be copied only while it is not read
 * Errors   ST_CORRUPT, ST_CONFLICT, ST_IO, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_MATCH_LIST_H
#define INDEXER_MATCH_LIST_H

#include "indexer/glass/code.h"
#include "indexer/match/set.h"
#include "indexer/match/shard.h"

enum { MATCH_WDF_MAX = UINT16_MAX };

typedef struct {
	uint8_t key[GLASS_KEY_MAX];
	size_t key_len;                   /* of the list, without the document */
	uint32_t documents;               /* that have the term, in this shard */
	uint32_t did;                     /* of the current posting; UINT32_MAX: none is left */
	const uint8_t *at, *end;          /* its wdf and the postings behind it, to the end of the chunk */
	uint32_t chunk_first, chunk_last; /* documents of the chunk */
	bool last_chunk;                  /* no chunk follows */
	bool ends_here;                   /* the current chunk is marked as the last (kept for rewinding) */
	uint8_t *chunk;
	size_t room;
	GlassPlace place, chunk_place; /* of the entry read last; of the current chunk */
} MatchList;

/* A term that no document has gives an empty list. */
Status match_list_open(MatchList *list, const MatchSource *source, Str term, Err *err);
/* Sets *out to those documents of `within` that have the term, and wdf[i] to their wdf, at most MATCH_WDF_MAX (wdf
 * NULL: not wanted). The window begins at document `from` and lies behind all earlier ones. */
Status match_list_fill(MatchList *list, const MatchSource *source, uint64_t from, const MatchSet *within, MatchSet *out,
		       uint16_t *wdf, Err *err);

/* Goes back to the beginning of the window that was filled last, to fill it again. */
Status match_list_rewind(MatchList *list, const MatchSource *source, uint64_t from, Err *err);

#endif
