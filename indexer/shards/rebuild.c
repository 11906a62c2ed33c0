/* indexer/shards/rebuild.c - index_rebuild: the whole index anew beside the old one, checked, then swapped.
 *
 * The log is cut into ranges of about equal bytes; builders take one after the other. Searches go on with the old
 * shards until the manifest names the new ones; a failure or a stop leaves the old manifest in place.
 */
#include "indexer/shards/build.h"
#include "indexer/shards/current.h"
#include "indexer/shards/directory.h"
#include "indexer/shards/index.h"
#include "indexer/shards/ranges.h"
#include "indexer/shards/wait.h"

#include <stdlib.h>
#include <unistd.h>

enum { LOCK_TRIES = 300 /* a tenth of a second each */, PROGRESS_MS = 50 };

typedef struct {
	Index *index;
	const Stop *stop;
	uint64_t goal; /* end of the log */
	size_t count;
	uint64_t *bounds;      /* shard i holds the sequences from bounds[i] up to bounds[i + 1] */
	pthread_mutex_t mutex; /* guards what follows */
	pthread_cond_t changed;
	size_t next, done;
	uint64_t records; /* in the shards that are done */
	Shard *shards;
	Superseded *superseded; /* of each shard */
	Err failure;
} Rebuild;

static void *build_ranges(void *arg)
{
	Rebuild *r = arg;
	pthread_mutex_lock(&r->mutex);
	while (r->next < r->count && r->failure.code == ST_OK) {
		size_t i = r->next++;
		ShardRange range = {.from = r->bounds[i], .to = r->bounds[i + 1]};
		Err err = {0};
		pthread_mutex_unlock(&r->mutex);
		Status st = shard_build(r->index->store, r->index->dir.text, &range, &r->index->options, r->stop,
					&r->shards[i], &r->superseded[i], &err);
		pthread_mutex_lock(&r->mutex);
		r->done += st == ST_OK;
		r->records += st == ST_OK ? range.to - range.from : 0;
		if (st != ST_OK && r->failure.code == ST_OK)
			r->failure = err;
		pthread_cond_signal(&r->changed);
	}
	pthread_mutex_unlock(&r->mutex);
	return NULL;
}

static Status build_all(Rebuild *r, void (*progress)(void *, uint64_t, uint64_t), void *ctx, Err *err)
{
	pthread_t threads[16];
	unsigned wanted = r->index->options.threads < 16 ? r->index->options.threads : 16, started = 0;
	while (started < wanted && pthread_create(&threads[started], NULL, build_ranges, r) == 0)
		started++;
	if (started == 0)
		build_ranges(r);
	pthread_mutex_lock(&r->mutex);
	while (r->done < r->count && r->failure.code == ST_OK) {
		wait_for_signal(&r->changed, &r->mutex, PROGRESS_MS);
		uint64_t records = r->records;
		pthread_mutex_unlock(&r->mutex);
		if (progress)
			progress(ctx, records, r->goal);
		pthread_mutex_lock(&r->mutex);
	}
	pthread_mutex_unlock(&r->mutex);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	if (r->failure.code != ST_OK)
		*err = r->failure;
	return r->failure.code;
}

/* Opens a new shard with Xapian before the manifest names it. Its sums were made of the files as read back. */
static Status check_shard(Index *index, const Shard *shard, Err *err)
{
	FilePath dir;
	const char *list[1] = {dir.text};
	XapDb *db = NULL;
	Status st = file_path(&dir, index->dir.text, shard->name, err);
	if (st == ST_OK)
		st = xap_open(&db, list, 1, err);
	if (st == ST_OK && xap_documents(db) != shard->documents)
		st = err_set(err, ST_CORRUPT, "shard %s has lost documents", shard->name);
	xap_close(db);
	return st;
}

static Status swap_manifest(Rebuild *r, Err *err)
{
	Manifest fresh = {0};
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < r->count; i++) {
		st = check_shard(r->index, &r->shards[i], err);
		if (st == ST_OK)
			st = manifest_add(&fresh, &r->shards[i], &r->superseded[i], err);
	}
	if (st == ST_OK)
		st = manifest_save(r->index->dir.text, r->index->store, &fresh, err);
	if (st == ST_OK)
		st = index_reload(r->index, true, err);
	if (st == ST_OK)
		directory_sweep(r->index->dir.text, &fresh);
	manifest_done(&fresh);
	return st;
}

/* Shards of about equal bytes, at least one for each thread; a log of few records makes fewer. */
static Status cut_log(Rebuild *r, Err *err)
{
	Store *store = r->index->store;
	Err ignored;
	uint64_t bytes = 0;
	Status known = store_bytes_before(store, r->goal, &bytes, &ignored);
	uint64_t most = ranges_sequences_of(store, RANGES_SHARD_BYTES_MAX), shards = (r->goal + most - 1) / most,
		 bound = 0;
	shards = shards < r->index->options.threads ? r->index->options.threads : shards;
	r->bounds = calloc(shards + 1, sizeof *r->bounds);
	r->shards = calloc(shards + 1, sizeof *r->shards);
	r->superseded = calloc(shards + 1, sizeof *r->superseded);
	if (!r->bounds || !r->shards || !r->superseded)
		return err_no_memory(err);
	for (uint64_t i = 1; i <= shards; i++) {
		if (i < shards && known == ST_OK)
			known = store_sequence_behind(store, bytes / shards * i, &bound, &ignored);
		if (known != ST_OK) /* the builder that reads the entry reports it */
			bound = r->goal / shards * i;
		bound = i < shards && bound < r->goal ? bound : r->goal;
		if (bound > r->bounds[r->count])
			r->bounds[++r->count] = bound;
	}
	return ST_OK;
}

static Status rebuild_locked(Rebuild *r, void (*progress)(void *, uint64_t, uint64_t), void *ctx, Err *err)
{
	Store *store = r->index->store;
	Status st = store_refresh(store, err);
	if (st != ST_OK)
		return st;
	r->goal = store_tree_size(store);
	st = cut_log(r, err);
	if (st == ST_OK)
		st = build_all(r, progress, ctx, err);
	return st == ST_OK ? swap_manifest(r, err) : st;
}

/* A server's follower lets go of the lock a second after it has nothing left to do. */
static Status wait_for_lock(Index *index, const Stop *stop, int *fd_out, Err *err)
{
	Status st = directory_lock(index->dir.text, fd_out, err);
	for (int i = 0; i < LOCK_TRIES && st == ST_BUSY && !stop_raised(stop); i++) {
		usleep(100000);
		st = directory_lock(index->dir.text, fd_out, err);
	}
	return st;
}

Status index_rebuild(Index *index, void (*progress)(void *ctx, uint64_t position, uint64_t goal), void *ctx,
		     const Stop *stop, Err *err)
{
	Rebuild r = {.index = index, .stop = stop};
	Err ignored;
	int lock_fd = -1;
	bool following = index->follower != NULL;
	index_follower_stop(index);
	Status st = wait_for_lock(index, stop, &lock_fd, err);
	if (st == ST_OK) {
		pthread_mutex_init(&r.mutex, NULL);
		pthread_cond_init(&r.changed, NULL);
		st = rebuild_locked(&r, progress, ctx, err);
		if (st != ST_OK) { /* remove the new shards; the old index stays */
			Snapshot *s = index_take_snapshot(index);
			directory_sweep(index->dir.text, &s->manifest);
			snapshot_drop(s);
		}
		for (size_t i = 0; r.superseded && i < r.count; i++)
			free(r.superseded[i].list);
		free(r.superseded);
		free(r.shards);
		free(r.bounds);
		pthread_mutex_destroy(&r.mutex);
		pthread_cond_destroy(&r.changed);
		close_quietly(lock_fd);
	}
	if (following && index_follower_start(index, st == ST_OK ? err : &ignored) != ST_OK && st == ST_OK)
		st = err->code;
	return st;
}
