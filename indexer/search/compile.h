/* indexer/search/compile.h - from what was asked to what Xapian evaluates.
 *
 * A word typed with marks has an exact side, and a folded one: itself or the same word written without marks (a text
 * with other marks says another word). A word typed without marks has a folded side only: all accentuations. The answer
 * comes in tiers, what matches an earlier one first:
 *
 *   1 phrase           every word exactly, and every pair of neighbours side by side      short lists: fast
 *   2 all words        every word exactly, anywhere
 *   3 without accents  every word exactly, or without marks in the text
 *
 * Within a tier the score orders.
 *
 * Owns     everything lives in the arena
 * Errors   those of matcher_terms, ST_NO_MEMORY
 */
#ifndef INDEXER_SEARCH_COMPILE_H
#define INDEXER_SEARCH_COMPILE_H

#include "indexer/search/closeness.h"
#include "indexer/match/match.h"
#include "indexer/search/search.h"

enum {
	COMPILE_TIERS_MAX = QUERY_TIERS_MAX,
	COMPILE_CHECKS_MAX = 8,
	COMPILE_EXPANSIONS_MAX = 16,
	COMPILE_OWN_NUMBER =
		3000, /* what bearing the number that is looked for adds to a score: more than all words can */
};

typedef struct {
	Query *tiers[COMPILE_TIERS_MAX]; /* each matches only what the next one matches too; the last: all that matches
					  */
	SearchLabel matched[COMPILE_TIERS_MAX]; /* of each tier */
	Query *second; /* of a question: adds to the score of the best that tiers[0] finds; NULL: nothing does */
	CloseTerm close[SEARCH_TERMS_MAX]; /* of a question: what stands close together in the text that answers */
	size_t close_count;
	size_t tier_count;
	const Clause
		*checks[COMPILE_CHECKS_MAX]; /* phrases and NEARs the index can only guess: to be checked on the text */
	size_t check_count;
	bool has_words;                         /* something to rank by, not only filters */
	Str expansions[COMPILE_EXPANSIONS_MAX]; /* "UBND = Ủy ban nhân dân": other forms that are searched as well */
	size_t expansion_count;
} Compiled;

typedef struct {
	bool any;          /* one of the words is enough (phrases, fields and exclusions still hold) */
	bool question;     /* with any: a long run of words, ranked by its pairs first */
	bool expand;       /* abbreviations, old and new names too */
	Language language; /* of what says so */
	bool any_accents;  /* a word with marks may have other marks: where nothing has it as it was typed */
} CompileOptions;

Status query_compile(const ParsedQuery *parsed, CompileOptions options, TokenIter *tokens, Matcher *matcher,
		     Arena *arena, Compiled *out, Err *err);
/* A field's value as a restriction, without scores. NULL: out of memory or a failing index (err says which). */
Query *compile_field(const SchemaField *field, Str value, TokenIter *tokens, Matcher *matcher, Arena *arena, Err *err);
void compile_number_term(Str number, Buf *out); /* sets *out to the term of a record's own number or case number */
Query *compile_number(Str number, Arena *arena,
		      Err *err); /* a record's own number or case number; may be QUERY_NOTHING */

#endif
