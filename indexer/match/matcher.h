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
};

#endif
