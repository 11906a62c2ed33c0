/* indexer/shards/bad.c - a list of names under a mutex of its own. Damage is rare: the list is searched from end to
 * end, and names of shards that are gone stay in it, as no shard gets a name twice.
 */
#include "indexer/shards/bad.h"

#include <stdio.h>
#include <stdlib.h>

void bad_shards_init(BadShards *bad)
{
	*bad = (BadShards){0};
	pthread_mutex_init(&bad->mutex, NULL);
}

void bad_shards_done(BadShards *bad)
{
	free(bad->names);
	pthread_mutex_destroy(&bad->mutex);
}

void bad_shards_add(BadShards *bad, const char *name)
{
	pthread_mutex_lock(&bad->mutex);
	void *grown = realloc(bad->names, (bad->count + 1) * sizeof *bad->names);
	if (grown) {
		bad->names = grown;
		snprintf(bad->names[bad->count++], SHARD_NAME_MAX, "%s", name);
	}
	pthread_mutex_unlock(&bad->mutex);
}

bool bad_shards_has(BadShards *bad, const char *name)
{
	bool found = false;
	pthread_mutex_lock(&bad->mutex);
	for (size_t i = 0; i < bad->count; i++)
		found |= strcmp(bad->names[i], name) == 0;
	pthread_mutex_unlock(&bad->mutex);
	return found;
}
