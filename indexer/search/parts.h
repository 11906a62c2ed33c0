/* indexer/search/parts.h - what search.c shares with search_number.c and search_lists.c. */
#ifndef INDEXER_SEARCH_PARTS_H
#define INDEXER_SEARCH_PARTS_H

#include "indexer/search/search.h"
#include "indexer/shards/state.h"

/* One request's view of the index. */
typedef struct {
	Index *index;
	Snapshot *snapshot;
	Matcher *matcher;
	XapDb *xapian; /* answers instead of the matcher; NULL: it does not */
	TokenIter *tokens;
	Arena *arena;
	Err *err;
	Buf text;             /* of the hit at hand */
	SearchAnswer *answer; /* where facets are counted */
} View;

/* Runs body on the newest snapshot, again on a newer one where that changed under it. */
Status view_with(Index *index, Arena *arena, Status (*body)(View *view, void *ctx), void *ctx, Err *err);
Status view_run(View *view, QueryAsk *search, QueryFound *out);
/* matcher_facets; each is called with the view. */
Status view_facets(View *view, QueryAsk *search, unsigned slots,
		   void (*each)(void *view, unsigned slot, Str value, uint64_t count), uint64_t *all_out,
		   bool *is_exact_out);
/* ST_FORBIDDEN: destroyed since it was indexed; to be passed over. */
Status view_load_hit(View *view, uint64_t sequence, SearchHit *out, Entry *entry);
/* view->text becomes the record's text, or its first `most` bytes. */
Status view_load_text(View *view, const Entry *entry, size_t most, bool *is_all_out);

#endif
