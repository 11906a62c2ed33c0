/* indexer/match/set.h - a set of documents of one window, as bits.
 *
 * Shapes   bit i is the window's first document + i
 * Owns     nothing
 * Errors   none
 * Threads  pure
 */
#ifndef INDEXER_MATCH_SET_H
#define INDEXER_MATCH_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MATCH_WINDOW = 2048 /* documents */, MATCH_WORDS = MATCH_WINDOW / 64 };

typedef struct {
	uint64_t bits[MATCH_WORDS];
} MatchSet;

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
/* clang-format off */
#define MATCH_EACH(set, i) \
	size_t w_##i = 0, i = 0; w_##i < MATCH_WORDS; w_##i++) \
		for (uint64_t b_##i = (set)->bits[w_##i]; \
		     b_##i && (i = w_##i * 64 + (size_t)__builtin_ctzll(b_##i), true); b_##i &= b_##i - 1
/* clang-format on */

#endif
