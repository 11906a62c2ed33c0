/* indexer/search/compiler.h - what the compile*.c share: the compiler's state, its result, the sides of a clause.
 *
 * Owns     everything lives in the arena
 * Errors   the first one is kept in err and sets `failed`; every compile_ function may then return NULL
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_COMPILER_H
#define INDEXER_SEARCH_COMPILER_H

#include "indexer/match/match.h"
#include "indexer/search/closeness.h"
#include "indexer/search/order.h"
#include "tokenizer/record_number.h"
#include "indexer/search/parse.h"
#include "indexer/search/search.h"

enum {
	COMPILE_TIERS_MAX = QUERY_TIERS_MAX,
	COMPILE_CHECKS_MAX = 8,
	COMPILE_RUNS_MAX = 8,
	COMPILE_EXPANSIONS_MAX = 16,
	/* Added to the score of the record that bears the number asked for: more than all words can give. */
	COMPILE_OWN_NUMBER = 3000,
};

typedef struct {
	Query *tiers[COMPILE_TIERS_MAX]; /* each matches only what the next one matches too; the last matches all */
	SearchLabel matched[COMPILE_TIERS_MAX]; /* of each tier */
	OrderSource sources[COMPILE_TIERS_MAX]; /* what each tier is, where `run_count` */
	Query *second; /* of a question: adds to the scores of the best hits of tiers[0]; NULL: nothing does */
	CloseTerm close[SEARCH_TERMS_MAX]; /* of a question: its words and pairs, for closeness() */
	size_t close_count;
	size_t tier_count;
	const Clause *checks[COMPILE_CHECKS_MAX]; /* phrases and NEARs, which the text of each hit must prove */
	size_t check_count;
	const Clause
		*runs[COMPILE_RUNS_MAX]; /* words that come first where they stand in a row: the text is looked at */
	size_t run_count;
	Query *front; /* records that may have all words of `front_run` in a row: they come before the tiers; NULL: none
			 has */
	Query *title; /* records whose subject may be `front_run`; NULL: none has */
	const Clause *front_run;
	Query *number;       /* records that bear the number asked for: they come first; NULL: none is */
	Query *near_number;  /* where none bears it: records that may be a variant of it */
	RecordNumber wanted; /* what those are compared with */
	bool only_phrases;   /* what is to be found is quoted, all of it */
	bool has_words;      /* there is something to rank by, not only filters */
	Str expansions[COMPILE_EXPANSIONS_MAX]; /* "UBND = Ủy ban nhân dân": other forms that are searched as well */
	size_t expansion_count;
} Compiled;

typedef struct {
	bool any;          /* one of the words is enough (phrases, fields and exclusions still hold) */
	bool question;     /* with any: pairs find, words only order the best (compile_any.h) */
	bool expand;       /* abbreviations, old and new names too */
	Language language; /* of the names of forms in the answer */
	bool front;        /* words that stand in a row come before what the tiers find */
	bool parted;       /* punctuation in the text does not part a phrase */
	bool any_accents;  /* a word typed with marks matches other marks too */
} CompileOptions;

typedef struct {
	Matcher *matcher;
	Arena *arena;
	Err *err;
	CompileOptions options;
	TokenIter *tokens;
	bool failed; /* err says why */
	Compiled *out;
} Compiler;

/* What a clause compiles to: the same meaning, from wide to narrow. */
typedef struct {
	Query *folded;  /* with any marks that the word as typed allows */
	Query *exact;   /* with the marks as typed; NULL: none were typed, as folded */
	Query *likely;  /* of words typed without marks: the accentuation that most records have; NULL: as folded */
	Query *literal; /* exact, and words typed without marks without any; NULL: as exact, or as folded */
	Query *pairs;   /* every pair of neighbours; NULL: there are none */
} Sides;

#endif
