/* indexer/shards/open.c - opening and closing an index, and what it tells of itself.
 *
 * To open an index is to load a snapshot of what the disk has. Shards themselves are opened by the first search.
 */
#include "indexer/shards/index.h"

#include "base/clock.h"
#include "indexer/shards/current.h"

#include <stdlib.h>
#include <unistd.h>

enum { LOOK_AGAIN_US = 20000 /* between two looks at the disk */ };

Status index_open(Index **out, Store *store, const IndexOptions *options, Err *err)
{
	Index *index = calloc(1, sizeof *index);
	if (!index)
		return err_no_memory(err);
	index->store = store;
	index->options = options ? *options : (IndexOptions){0};
	index->check_wanted = index->options.check_shards;
	if (!index->options.threads) {
		long cores = sysconf(_SC_NPROCESSORS_ONLN);
		index->options.threads = cores < 1 ? 1 : cores > 16 ? 16 : (unsigned)cores;
	}
	if (!index->options.memory_bytes)
		index->options.memory_bytes = 96u << 20;
	pthread_mutex_init(&index->mutex, NULL);
	pthread_rwlock_init(&index->live_gate, NULL);
	pthread_cond_init(&index->changed, NULL);
	bad_shards_init(&index->bad);
	Status st = file_path(&index->dir, store_dir(store), "index", err);
	index->promised = store_tree_size(store);
	if (st == ST_OK)
		st = index_reload(index, true, err);
	if (st != ST_OK) {
		index_close(index);
		return st;
	}
	*out = index;
	return ST_OK;
}

void index_close(Index *index)
{
	if (!index)
		return;
	index_follower_stop(index);
	snapshot_drop(index->current);
	bad_shards_done(&index->bad);
	while (index->idle_token_count)
		token_iter_free(index->idle_tokens[--index->idle_token_count]);
	pthread_mutex_destroy(&index->mutex);
	pthread_rwlock_destroy(&index->live_gate);
	pthread_cond_destroy(&index->changed);
	free(index);
}

Status index_refresh(Index *index, Err *err)
{
	pthread_mutex_lock(&index->mutex);
	bool recently = clock_monotonic_us() - index->checked_us < LOOK_AGAIN_US;
	pthread_mutex_unlock(&index->mutex);
	return recently ? ST_OK : index_reload(index, false, err);
}

void index_state(Index *index, IndexState *out)
{
	Snapshot *s = index_take_snapshot(index);
	*out = (IndexState){.position = s->position,
			    .sealed_shards = s->manifest.count,
			    .damaged_shards = s->left_out,
			    .unreadable = s->dead.unreadable};
	out->is_whole = index_is_whole(index, s);
	for (size_t i = 0; i < s->manifest.count; i++)
		out->bytes += s->manifest.shards[i].bytes;
	uint64_t sealed = 0;
	for (size_t i = 0; i + s->has_live < s->dir_count; i++)
		sealed += s->shards[i].documents;
	out->live_documents = s->documents - sealed;
	out->dead_documents = s->dead.count;
	out->documents = s->documents - s->dead.count;
	snapshot_drop(s);
	pthread_mutex_lock(&index->mutex);
	out->problem = index->problem.code == ST_OK ? NULL : index->problem.text;
	pthread_mutex_unlock(&index->mutex);
}
