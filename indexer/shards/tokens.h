/* indexer/shards/tokens.h - token iterators for searches, kept from one search to the next: they are large to make.
 *
 * Owns     index_take_tokens: the caller's, until index_give_tokens
 * Errors   ST_NO_MEMORY
 * Threads  any number
 */
#ifndef INDEXER_SHARDS_TOKENS_H
#define INDEXER_SHARDS_TOKENS_H

#include "indexer/shards/state.h"

TokenIter *index_take_tokens(Index *index, Err *err); /* NULL: failed */
void index_give_tokens(Index *index, TokenIter *tokens);

#endif
