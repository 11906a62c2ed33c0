/* indexer/search/compile_any.h - a run of words of which one is enough, ranked by all: "any" mode, and questions.
 *
 * Owns     everything lives in the arena; for a question c->out gets `second` and `close` too
 * Errors   NULL: the compiler has failed
 * Threads  one at a time
 */
#ifndef INDEXER_SEARCH_COMPILE_ANY_H
#define INDEXER_SEARCH_COMPILE_ANY_H

#include "indexer/search/compiler.h"

Query *compile_any(Compiler *c, const Clause *clause);

#endif
