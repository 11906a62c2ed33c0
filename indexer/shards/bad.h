/* indexer/shards/bad.h - the names of damaged shards: searches leave them out until they are built anew.
 *
 * Owns     copies of the names until bad_shards_done
 * Errors   out of memory: a name is not kept, so the shard is met damaged and reported again
 * Threads  any number at once
 */
#ifndef INDEXER_SHARDS_BAD_H
#define INDEXER_SHARDS_BAD_H

#include "indexer/shards/shard.h"

#include <pthread.h>

typedef struct {
	pthread_mutex_t mutex;
	char (*names)[SHARD_NAME_MAX];
	size_t count;
} BadShards;

void bad_shards_init(BadShards *bad);
void bad_shards_done(BadShards *bad);
void bad_shards_add(BadShards *bad, const char *name);
bool bad_shards_has(BadShards *bad, const char *name);

#endif
