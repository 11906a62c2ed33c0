/* indexer/correct/slips.h - what a word may have been meant to be, and how unlikely each slip is.
 *
 *   "nghj"   nghi (a neighbouring key)    "vahen"   va hen (run together)    "quyeets"   quyet (Telex keys)
 *
 * Readings are folded: which marks a word has is for the archive to say (the letters of a text know).
 *
 * Units    costs are natural logarithms: 0 as typed, greater is rarer
 * Owns     readings live in the arena or in static tables
 * Errors   ST_NO_MEMORY
 * Threads  pure
 */
#ifndef INDEXER_CORRECT_SLIPS_H
#define INDEXER_CORRECT_SLIPS_H

#include "base/arena.h"
#include "base/err.h"

/* One word or two for what was typed as one; one for what was typed as two (spans). */
typedef struct {
	Str words[2];
	unsigned count;
	unsigned spans; /* typed words that it stands for */
	double cost;
	uint64_t documents; /* of the first and only word; of two the fewer */
} Reading;

enum { SLIPS_MAX = 400 };

/* Other readings of one typed word: folded is its folded form, typed its bytes as they stand. */
Status slips_of_word(Str typed, Str folded, bool far, Arena *arena, Reading *out, size_t *count_out, Err *err);
/* Two typed words that may be one syllable: "qu yet". False: they are none. */
bool slips_joined(Str first, Str second, Arena *arena, Reading *out);

#endif
