/* indexer/shards/tokens.c - a stack of idle iterators under the index's mutex. */
#include "indexer/shards/tokens.h"

TokenIter *index_take_tokens(Index *index, Err *err)
{
	pthread_mutex_lock(&index->mutex);
	TokenIter *tokens = index->idle_token_count ? index->idle_tokens[--index->idle_token_count] : NULL;
	pthread_mutex_unlock(&index->mutex);
	return tokens ? tokens : token_iter_new(err);
}

void index_give_tokens(Index *index, TokenIter *tokens)
{
	pthread_mutex_lock(&index->mutex);
	if (tokens && index->idle_token_count < INDEX_IDLE_TOKENS) {
		index->idle_tokens[index->idle_token_count++] = tokens;
		tokens = NULL;
	}
	pthread_mutex_unlock(&index->mutex);
	token_iter_free(tokens);
}
