/* indexer/search/view.h - one request's view of the index, and of the archive behind it.
 *
 * Owns     what is loaded lives in the request's arena; view->text until the next load
 * Errors   those of the index and the archive
 * Threads  a View belongs to one thread
 */
#ifndef INDEXER_SEARCH_VIEW_H
#define INDEXER_SEARCH_VIEW_H

#include "indexer/search/search.h"
#include "indexer/shards/state.h"

/* What one request works with. */
typedef struct {
	Index *index;
	Snapshot *snapshot;
	bool is_whole; /* the snapshot lacks nothing that was searchable before */
	Matcher *matcher;
	size_t shard_at; /* no matcher: the shard that could not be opened */
	XapDb *xapian;   /* NULL: the matcher answers */
	TokenIter *tokens;
	Arena *arena;
	Err *err;
	Buf text;              /* of the hit that was loaded last */
	const Deadline *until; /* NULL: none */
	uint64_t looked_bytes; /* of texts that were loaded */
	const QueryDead *dead; /* documents that are left out, of each shard */
	SearchAnswer *answer;  /* gets the facets */
} View;

/* Runs body on the newest snapshot; again on a newer one where its files changed meanwhile. ST_BUSY: the deadline
 * passed before anything could be looked at. */
Status view_with(Index *index, const Deadline *until, Arena *arena, Status (*body)(View *view, void *ctx), void *ctx,
		 Err *err);
/* False: the deadline passed, or the texts that were loaded are as many bytes as one request may look at. */
bool view_may_look(const View *view);
/* From now on the view ends at that sequence: what came later is left out. */
Status view_end_at(View *view, uint64_t position);
Status view_run(View *view, QueryAsk *ask, QueryFound *out);
/* As matcher_facets; `each` is called with the view. */
Status view_facets(View *view, QueryAsk *ask, unsigned slots,
		   void (*each)(void *view, unsigned slot, Str value, uint64_t count), uint64_t *all_out,
		   bool *is_exact_out);
/* ST_FORBIDDEN: the record was destroyed since it was indexed; leave the hit out. */
Status view_load_hit(View *view, uint64_t sequence, SearchHit *out, Entry *entry);
/* view->text becomes the record's text, or its first `most` bytes. */
Status view_load_text(View *view, const Entry *entry, size_t most, bool *is_all_out);

#endif
