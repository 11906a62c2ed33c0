/* indexer/match/match.h - answers queries from the shards' own lists: term look-ups, ranked hits, facets.
 *
 *   Query ──plan──► tree of nodes ──► for each shard, for each window of 2,048 documents:
 *                                        which of them match (bits)  ──►  their scores  ──►  the best so far
 *
 * The tables are Xapian's and so are the answers: the same documents, BM25 with Xapian's parameters, the same scores
 * but for rounding (tests/prop/match_xapian.cc). Totals are exact unless QueryFound says otherwise: of large archives
 * the matches of common words are counted in some windows only. Why there is a matcher beside Xapian's:
 * docs/decisions/0013.
 *
 * Shapes   shards in order; hits carry the position of their shard in it
 * Owns     matcher_open's result until matcher_close; hits live in the arena
 * Errors   ST_CORRUPT, ST_NOT_FOUND, ST_CONFLICT (the live shard was written meanwhile: open anew), ST_LIMIT a query of
 *          too many parts, ST_IO, ST_NO_MEMORY
 * Threads  a Matcher belongs to one thread at a time; any number of them on the same sealed shards
 */
#ifndef INDEXER_MATCH_MATCH_H
#define INDEXER_MATCH_MATCH_H

#include "indexer/match/shard.h"

typedef struct Matcher Matcher;

/* Holds the sealed shards; live_dir may be NULL. */
Status matcher_open(Matcher **out, MatchShard *const *sealed, size_t count, const char *live_dir, Err *err);
void matcher_close(Matcher *m);

/* The shard that was being read when a call failed; SIZE_MAX: none failed. */
size_t matcher_failed_at(const Matcher *m);
uint64_t matcher_documents(const Matcher *m);
/* BM25's weight of a term that so many documents have: its inverse document frequency. */
double matcher_rarity(const Matcher *m, double documents);
/* Documents that have the term; 0 where none has. */
Status matcher_term_documents(Matcher *m, Str term, uint64_t *count_out, Err *err);
/* The first documents that have the term, at most `room`, in the order of the log; *total_out: how many there are. */
Status matcher_term_hits(Matcher *m, Str term, QueryHit *out, size_t room, uint64_t *total_out, Err *err);
/* Calls `each` for every term that begins with prefix, in order, until it returns false. */
Status matcher_terms(Matcher *m, Str prefix, bool (*each)(void *ctx, Str term, uint64_t documents), void *ctx,
		     Err *err);

/* If the deadline passes: what was found until then, and a total estimated from it; a first window of documents is
 * always looked at. */
Status matcher_search(Matcher *m, const QueryAsk *ask, Arena *arena, QueryFound *out, Err *err);
/* Calls `each` with every value of the slots (a bit set) that matches of the last tier have, and its count.
 * *all_out: the number of matches; *is_exact_out: every one of them was looked at. */
Status matcher_facets(Matcher *m, const QueryAsk *ask, unsigned slots, QueryCount *each, void *ctx, uint64_t *all_out,
		      bool *is_exact_out, Err *err);

#endif
