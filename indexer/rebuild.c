/* indexer/rebuild.c - index_rebuild: the whole index anew beside the old one, checked, then swapped.
 *
 * The log is cut into ranges of about equal bytes; builders take one after the other. Searches go on with the old
 * shards until the manifest names the new ones; a failure or a stop leaves the old manifest in place.
 */
#include "indexer/follow.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOCK_TRIES = 300 }; /* a tenth of a second each */

typedef struct {
	Index *index;
	const volatile bool *stop;
	uint64_t goal, range;      /* end of the log; sequences in one shard */
	pthread_mutex_t mutex;     /* guards what follows */
	size_t next, count, done;
	Shard *shards;
	Superseded *superseded;    /* of each shard */
	Err failure;
} Rebuild;

static void *build_ranges(void *arg)
{
	Rebuild *r = arg;
	pthread_mutex_lock(&r->mutex);
	while (r->next < r->count && r->failure.code == ST_OK) {
		size_t i = r->next++;
		uint64_t from = i * r->range, to = from + r->range < r->goal ? from + r->range : r->goal;
		Err err = {0};
		pthread_mutex_unlock(&r->mutex);
		Status st = shard_build(r->index->store, r->index->dir, &(ShardRange){.from = from, .to = to}, &r->index->options, r->stop,
		                        &r->shards[i], &r->superseded[i], &err);
		pthread_mutex_lock(&r->mutex);
		if (st == ST_OK)
			r->done++;
		else if (r->failure.code == ST_OK)
			r->failure = err;
	}
	pthread_mutex_unlock(&r->mutex);
	return NULL;
}

static uint64_t position_of(Rebuild *r)
{
	pthread_mutex_lock(&r->mutex);
	uint64_t position = r->done * r->range;
	pthread_mutex_unlock(&r->mutex);
	return position < r->goal ? position : r->goal;
}

static Status build_all(Rebuild *r, void (*progress)(void *, uint64_t, uint64_t), void *ctx, Err *err)
{
	pthread_t threads[16];
	unsigned wanted = r->index->options.threads < 16 ? r->index->options.threads : 16, started = 0;
	while (started < wanted && pthread_create(&threads[started], NULL, build_ranges, r) == 0)
		started++;
	if (started == 0)
		build_ranges(r);
	for (;;) {
		uint64_t position = position_of(r);
		pthread_mutex_lock(&r->mutex);
		bool finished = r->done == r->count || r->failure.code != ST_OK;
		pthread_mutex_unlock(&r->mutex);
		if (progress)
			progress(ctx, position, r->goal);
		if (finished)
			break;
		usleep(50000);
	}
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	if (r->failure.code != ST_OK)
		*err = r->failure;
	return r->failure.code;
}

/* Reads every new shard back before anyone relies on it. */
static Status check_shard(Index *index, const Shard *shard, Err *err)
{
	char dir[4300];
	const char *list[1] = {dir};
	uint64_t bytes = 0;
	Hash sum;
	XapDb *db = NULL;
	snprintf(dir, sizeof dir, "%s/%s", index->dir, shard->name);
	Status st = shard_sum(dir, &bytes, &sum, err);
	if (st == ST_OK && (bytes != shard->bytes || !hash_eq(&sum, &shard->sha256)))
		st = err_set(err, ST_CORRUPT, "shard %s reads back differently", shard->name);
	if (st == ST_OK)
		st = xap_open(&db, list, 1, err);
	if (st == ST_OK && xap_documents(db) != shard->documents)
		st = err_set(err, ST_CORRUPT, "shard %s has lost documents", shard->name);
	xap_close(db);
	return st;
}

static Status swap(Rebuild *r, Err *err)
{
	Manifest fresh = {0};
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < r->count; i++) {
		st = check_shard(r->index, &r->shards[i], err);
		if (st == ST_OK)
			st = manifest_add(&fresh, &r->shards[i], &r->superseded[i], err);
	}
	if (st == ST_OK)
		st = manifest_save(r->index->dir, r->index->store, &fresh, err);
	if (st == ST_OK)
		st = index_reload(r->index, true, err);
	if (st == ST_OK)
		index_sweep(r->index, &fresh);
	manifest_done(&fresh);
	return st;
}

static Status rebuild_locked(Rebuild *r, void (*progress)(void *, uint64_t, uint64_t), void *ctx, Err *err)
{
	Store *store = r->index->store;
	Status st = store_refresh(store, err);
	if (st != ST_OK)
		return st;
	r->goal = store_tree_size(store);
	uint64_t share = (r->goal + r->index->options.threads - 1) / r->index->options.threads;
	uint64_t most = follow_sequences_of(store, FOLLOW_SHARD_BYTES_MAX);
	r->range = share < most ? share : most;
	r->range = r->range ? r->range : 1;
	r->count = (r->goal + r->range - 1) / r->range;
	r->shards = calloc(r->count + 1, sizeof *r->shards);
	r->superseded = calloc(r->count + 1, sizeof *r->superseded);
	if (!r->shards || !r->superseded)
		return err_no_memory(err);
	st = build_all(r, progress, ctx, err);
	return st == ST_OK ? swap(r, err) : st;
}

/* A server's follower lets go of the lock a second after it has nothing left to do. */
static Status wait_for_lock(Index *index, const volatile bool *stop, int *fd_out, Err *err)
{
	Status st = index_lock(index, fd_out, err);
	for (int i = 0; i < LOCK_TRIES && st == ST_BUSY && !(stop && *stop); i++) {
		usleep(100000);
		st = index_lock(index, fd_out, err);
	}
	return st;
}

Status index_rebuild(Index *index, void (*progress)(void *ctx, uint64_t position, uint64_t goal), void *ctx,
                     const volatile bool *stop, Err *err)
{
	Rebuild r = {.index = index, .stop = stop};
	Err ignored;
	int lock_fd = -1;
	bool following = index->follower != NULL;
	index_follower_stop(index);
	Status st = wait_for_lock(index, stop, &lock_fd, err);
	if (st == ST_OK) {
		pthread_mutex_init(&r.mutex, NULL);
		st = rebuild_locked(&r, progress, ctx, err);
		if (st != ST_OK) { /* what was begun goes; the old index stays */
			Snapshot *s = index_take_snapshot(index);
			index_sweep(index, &s->manifest);
			snapshot_drop(s);
		}
		for (size_t i = 0; r.superseded && i < r.count; i++)
			free(r.superseded[i].list);
		free(r.superseded);
		free(r.shards);
		pthread_mutex_destroy(&r.mutex);
		close(lock_fd);
	}
	if (following && index_follower_start(index, st == ST_OK ? err : &ignored) != ST_OK && st == ST_OK)
		st = err->code;
	return st;
}
