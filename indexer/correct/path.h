/* indexer/correct/path.h - the likeliest reading of a row of typed words, by what stands side by side in the archive.
 *
 *   "so ytes tinh"   ──▶   so y te tinh
 *
 * A word is looked at anew only where the archive does not have it beside its neighbours. Of all ways through the
 * readings the best is taken: how often its pairs occur against how unlikely its slips are.
 *
 * Owns     everything lives in the arena
 * Errors   those of the matcher; ST_NO_MEMORY
 * Threads  as the Matcher
 */
#ifndef INDEXER_CORRECT_PATH_H
#define INDEXER_CORRECT_PATH_H

#include "base/arena.h"
#include "base/deadline.h"
#include "indexer/match/match.h"

typedef struct {
	Str typed;           /* as it stands, marks and all */
	Str folded;          /* "": no word, it is passed over and parts its neighbours */
	bool joined;         /* makes a pair with the one before */
	bool is_fixed;       /* a number: it was meant */
	uint32_t start, end; /* in the query */
} TypedWord;

typedef struct {
	Str folded;
	size_t first, last; /* the typed words that it stands for */
	bool is_typed;      /* as typed, but for marks */
} MeantWord;

enum { CORRECT_WORDS_MAX = 32 };

/* *changed_out: some word is another than was typed. out has room for twice as many words as there are. */
Status path_find(Matcher *m, const TypedWord *words, size_t count, const Deadline *until, Arena *arena, MeantWord *out,
		 size_t *count_out, bool *changed_out, Err *err);

#endif
