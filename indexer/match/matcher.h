/* indexer/match/matcher.h - the inside of a Matcher: its shards and their statistics.
 *
 * Owns     matcher_open, matcher_close
 * Errors   none of its own
 * Threads  one at a time
 */
#ifndef INDEXER_MATCH_MATCHER_H
#define INDEXER_MATCH_MATCHER_H

#include "indexer/match/match.h"

struct Matcher {
	MatchShard **shards; /* the live one last */
	size_t count;
	GlassBlocks *blocks;
	uint64_t documents;
	double average_length;
	size_t at;        /* the shard that is being read */
	size_t failed_at; /* the one that was being read when a call failed; SIZE_MAX: none failed */
};

/* What a call returns: notes where it failed. */
static inline Status matcher_end(Matcher *m, Status st)
{
	if (st != ST_OK)
		m->failed_at = m->at;
	return st;
}

#endif
