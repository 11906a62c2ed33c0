/* indexer/search/expand.h - other forms of parts of a query, as words: abbreviations, old and new names
 * (query_forms.h).
 *
 * Owns     everything lives in the arena
 * Errors   ST_NO_MEMORY
 * Threads  as the TokenIter
 */
#ifndef INDEXER_SEARCH_EXPAND_H
#define INDEXER_SEARCH_EXPAND_H

#include "indexer/search/labels.h"
#include "indexer/search/parse.h"

typedef struct {
	size_t first, count; /* the words of the clause that have the other form */
	Word *words;         /* the other form */
	size_t word_count;
	Str reason; /* "UBND = Ủy ban nhân dân", "Hà Giang = Tuyên Quang (từ 2025-07-01)" */
} Alternative;

enum { EXPAND_MAX = 8 };
/* Alternatives of a run of words, in order of first; only those that have one meaning. */
Status expand_clause(const Clause *clause, Language language, TokenIter *tokens, Arena *arena,
		     Alternative out[static EXPAND_MAX], size_t *count_out, Err *err);
/* For a query that found nothing: what its keystrokes may have meant, "quyết định" for "quyeets ddinhj"; "" for none.
 */
Status expand_suggest(Str query, Arena *arena, Str *out, Err *err);

#endif
