/* indexer/search/compile.h - from a parsed query to the tiers that the matcher evaluates.
 *
 * A word typed with marks matches exactly that word (its exact side), or the same word written without any marks (its
 * folded side); a text with other marks has another word. A word typed without marks has a folded side only: all
 * accentuations. The answer comes in tiers, best first: the sources of order.h. A hit belongs to the first tier that
 * matches it; within a tier the score orders.
 *
 * Owns     everything lives in the arena
 * Errors   those of matcher_terms, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_COMPILE_H
#define INDEXER_SEARCH_COMPILE_H

#include "indexer/search/compiler.h"

Status query_compile(const ParsedQuery *parsed, CompileOptions options, TokenIter *tokens, Matcher *matcher,
		     Arena *arena, Compiled *out, Err *err);

#endif
