/* indexer/follow.c - the thread that keeps the index up with the log, and its builders.
 *
 *   log      0 ───────────────────────────── live_from ───────── covered ──────── goal
 *   index    sealed shards, in the manifest   live shard          not yet searchable
 *
 * The coordinator looks at the log whenever it is told to or 100 ms have passed. A few new records go to the live
 * shard. Many are sealed: builders claim ranges from live_from on, side by side, and the coordinator publishes what
 * is built in order, so the manifest always names adjacent ranges and the searchable position never goes back.
 * While records are still coming in, a builder waits for a range worth a shard; when someone waits for the index, what
 * is left is split among the builders.
 *
 * When there is nothing else to do, a builder merges neighbouring shards (tiers.h); the coordinator puts the result in
 * their place.
 *
 * The lock on the index is held only while there is work, so that two processes can take turns.
 */
#include "indexer/follow.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "indexer/tiers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BUILDERS_MAX = 16, LOOK_MS = 100, UNLOCK_AFTER_US = 1000000, QUIET_US = 300000 };

typedef struct Built {
	struct Built *next;
	Shard shard;
	Superseded superseded;
} Built;

typedef enum { MERGE_NONE, MERGE_WANTED, MERGE_UNDER_WAY, MERGE_DONE } MergeState;

typedef struct {
	MergeState state;
	Shard *shards;           /* copies of the run's */
	size_t count;
	Superseded dead;
	Shard merged;
	Err err;
} Merge;

struct Follower {
	Index *index;
	pthread_t coordinator, builders[BUILDERS_MAX];
	unsigned builder_count;
	pthread_mutex_t mutex;   /* guards what follows */
	pthread_cond_t look;     /* to the coordinator */
	pthread_cond_t work;     /* to the builders */
	volatile bool stop;
	bool notified;
	uint64_t wanted;         /* someone waits for this position */
	bool sealing;            /* builders may claim */
	uint64_t claimed, goal;  /* next sequence to claim, end of the log */
	uint64_t grown_us;       /* when the goal last moved */
	unsigned active;         /* builds under way */
	Built *built;            /* done, in order of range */
	Merge merge;
	bool merges_fail;        /* do without until the next start */
	Err failure;
	/* the coordinator's own */
	int lock_fd;
	Manifest manifest;       /* as on disk, while the lock is held */
	uint64_t covered;
	Superseded live_superseded;
	XapWriter *live;
	uint64_t busy_us;        /* when there was last something to do */
};

uint64_t follow_sequences_of(Store *store, uint64_t bytes)
{
	StoreState state;
	store_state(store, &state);
	uint64_t each = state.tree_size ? state.bytes_original / state.tree_size : 0;
	uint64_t count = bytes / (each ? each : 1);
	return count ? count : 1;
}

/* ---- builders -------------------------------------------------------------------------------------------------- */

static bool is_urgent(const Follower *f)
{
	return f->wanted > f->claimed || clock_monotonic_us() - f->grown_us > QUIET_US;
}

/* Under the mutex: the next range for a builder, or false where none is worth it yet. */
static bool claim(Follower *f, uint64_t *from, uint64_t *to)
{
	if (!f->sealing || f->claimed >= f->goal || f->failure.code != ST_OK)
		return false;
	uint64_t left = f->goal - f->claimed, size = follow_sequences_of(f->index->store, FOLLOW_SHARD_BYTES);
	if (left < size && !is_urgent(f))
		return false;
	if (is_urgent(f)) {
		uint64_t idle = f->builder_count - f->active, share = (left + idle - 1) / (idle ? idle : 1);
		uint64_t most = follow_sequences_of(f->index->store, FOLLOW_SHARD_BYTES_MAX);
		size = share < most ? share : most;
	}
	*from = f->claimed;
	*to = f->claimed + (size < left ? size : left);
	f->claimed = *to;
	return true;
}

static void keep_built(Follower *f, Built *built)
{
	Built **at = &f->built;
	while (*at && (*at)->shard.from < built->shard.from)
		at = &(*at)->next;
	built->next = *at;
	*at = built;
}

static void free_built(Built *built)
{
	if (built)
		free(built->superseded.list);
	free(built);
}

static void wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, unsigned ms)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)ms * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(cond, mutex, &until);
}

/* Under the mutex, which is let go meanwhile. */
static void merge_shards(Follower *f)
{
	Merge *m = &f->merge;
	m->state = MERGE_UNDER_WAY;
	pthread_mutex_unlock(&f->mutex);
	tiers_merge(f->index->dir, m->shards, m->count, &m->dead, &f->stop, &m->merged, &m->err);
	pthread_mutex_lock(&f->mutex);
	m->state = MERGE_DONE;
	pthread_cond_broadcast(&f->look);
}

static void *run_builder(void *arg)
{
	Follower *f = arg;
	uint64_t from, to;
	pthread_mutex_lock(&f->mutex);
	while (!f->stop) {
		if (f->merge.state == MERGE_WANTED) {
			merge_shards(f);
			continue;
		}
		if (!claim(f, &from, &to)) {
			wait_until(&f->work, &f->mutex, LOOK_MS);
			continue;
		}
		f->active++;
		pthread_mutex_unlock(&f->mutex);
		Err err = {0};
		Built *built = calloc(1, sizeof *built);
		Status st = built ? shard_build(f->index->store, f->index->dir, from, to, &f->index->options, &f->stop,
		                                &built->shard, &built->superseded, &err)
		                  : err_no_memory(&err);
		pthread_mutex_lock(&f->mutex);
		f->active--;
		if (st == ST_OK)
			keep_built(f, built);
		else
			free_built(built);
		if (st != ST_OK && f->failure.code == ST_OK && !f->stop)
			f->failure = err;
		pthread_cond_broadcast(&f->look);
	}
	pthread_mutex_unlock(&f->mutex);
	return NULL;
}

/* ---- the coordinator ------------------------------------------------------------------------------------------- */

static void let_go(Follower *f)
{
	xap_writer_close(f->live);
	f->live = NULL;
	manifest_done(&f->manifest);
	free(f->live_superseded.list);
	f->live_superseded = (Superseded){0};
	close_quietly(f->lock_fd);
	f->lock_fd = -1;
}

/* Takes the lock and reads where the index stands. An unusable index is forgotten: it will be built anew. */
static Status take_hold(Follower *f, Err *err)
{
	Index *index = f->index;
	uint64_t documents = 0;
	char dir[4300];
	Status st = index_lock(index, &f->lock_fd, err);
	if (st != ST_OK)
		return st;
	st = manifest_load(index->dir, index->store, &f->manifest, err);
	if (st == ST_NO_MEMORY || st == ST_IO) {
		let_go(f);
		return st;
	}
	if (st != ST_OK && st != ST_NOT_FOUND)
		log_event(LOG_WARN, "index", "building the index anew", "because", err->text, NULL);
	f->covered = f->manifest.live_from;
	if (f->manifest.live_name[0]) {
		snprintf(dir, sizeof dir, "%s/%s", index->dir, f->manifest.live_name);
		if (shard_live_state(dir, &f->covered, &documents, &f->live_superseded, err) != ST_OK ||
		    f->covered > store_tree_size(index->store)) {
			f->manifest.live_name[0] = 0;
			f->covered = f->manifest.live_from;
		}
	}
	index_sweep(index, &f->manifest);
	pthread_mutex_lock(&f->mutex);
	f->claimed = f->manifest.live_from;
	pthread_mutex_unlock(&f->mutex);
	f->busy_us = clock_monotonic_us();
	return ST_OK;
}

static Status save_manifest(Follower *f, Err *err)
{
	Status st = manifest_save(f->index->dir, f->index->store, &f->manifest, err);
	return st == ST_OK ? index_reload(f->index, true, err) : st;
}

static Status open_live(Follower *f, Err *err)
{
	char dir[4300];
	bool is_new = !f->manifest.live_name[0];
	if (f->live)
		return ST_OK;
	if (is_new)
		snprintf(f->manifest.live_name, SHARD_NAME_MAX, "live-%08" PRIu64 ".%08x", f->manifest.live_from,
		         (unsigned)clock_monotonic_us());
	snprintf(dir, sizeof dir, "%s/%s", f->index->dir, f->manifest.live_name);
	Status st = xap_writer_open(&f->live, dir, err);
	return st == ST_OK && is_new ? save_manifest(f, err) : st;
}

static Status append_live(Follower *f, uint64_t goal, Err *err)
{
	Status st = open_live(f, err);
	if (st == ST_OK)
		st = shard_live_append(f->index->store, f->live, f->manifest.live_from, f->covered, goal, &f->live_superseded, err);
	if (st == ST_OK) {
		f->covered = goal;
		return index_reload(f->index, true, err);
	}
	/* What a failed commit left behind is not to be trusted: seal the range from the log instead. */
	log_event(LOG_WARN, "index", "live shard dropped", "because", err->text, NULL);
	xap_writer_close(f->live);
	f->live = NULL;
	f->manifest.live_name[0] = 0;
	f->covered = f->manifest.live_from;
	return save_manifest(f, err);
}

/* Moves what is built and adjacent into the manifest, once it reaches as far as the live shard did. */
static Status publish(Follower *f, Err *err)
{
	uint64_t reach = f->manifest.live_from;
	Status st = ST_OK;
	pthread_mutex_lock(&f->mutex);
	for (Built *b = f->built; b && b->shard.from == reach; b = b->next)
		reach = b->shard.to;
	if (reach == f->manifest.live_from || reach < f->covered) {
		pthread_mutex_unlock(&f->mutex);
		return ST_OK;
	}
	while (st == ST_OK && f->built && f->built->shard.from == f->manifest.live_from) {
		Built *b = f->built;
		st = manifest_add(&f->manifest, &b->shard, &b->superseded, err);
		f->built = b->next;
		free_built(b);
	}
	pthread_mutex_unlock(&f->mutex);
	xap_writer_close(f->live);
	f->live = NULL;
	f->live_superseded.count = 0;
	f->covered = f->manifest.live_from;
	return st == ST_OK ? save_manifest(f, err) : st;
}

static void forget_merge(Merge *m)
{
	free(m->shards);
	free(m->dead.list);
	*m = (Merge){0};
}

/* Asks for a merge where one is due and nothing else is to be done. */
static void want_merge(Follower *f)
{
	TierRun run = f->merges_fail ? (TierRun){0} : tiers_choose(&f->manifest);
	if (!run.count)
		return;
	pthread_mutex_lock(&f->mutex);
	Merge *m = &f->merge;
	m->count = run.count;
	m->shards = malloc(run.count * sizeof *m->shards);
	bool ok = m->shards != NULL;
	for (size_t i = 0; ok && i < f->manifest.superseded.count; i++)
		ok = superseded_add(&m->dead, f->manifest.superseded.list[i]);
	for (size_t i = 0; ok && i < f->live_superseded.count; i++)
		ok = superseded_add(&m->dead, f->live_superseded.list[i]);
	if (ok) {
		memcpy(m->shards, f->manifest.shards + run.first, run.count * sizeof *m->shards);
		superseded_sort(&m->dead);
		m->state = MERGE_WANTED;
		pthread_cond_broadcast(&f->work);
	} else {
		forget_merge(m);
	}
	pthread_mutex_unlock(&f->mutex);
}

static Status finish_merge(Follower *f, Err *err)
{
	pthread_mutex_lock(&f->mutex);
	Merge merge = f->merge;
	bool done = merge.state == MERGE_DONE;
	if (done)
		f->merge = (Merge){0};
	pthread_mutex_unlock(&f->mutex);
	if (!done)
		return ST_OK;
	Status st = ST_OK;
	if (merge.err.code == ST_OK) {
		tiers_replace(&f->manifest, &merge.merged, &merge.dead);
		st = save_manifest(f, err);
		if (st == ST_OK)
			index_sweep(f->index, &f->manifest);
	} else if (!f->stop) {
		f->merges_fail = true;
		log_event(LOG_WARN, "index", "shards are not merged", "because", merge.err.text, NULL);
	}
	forget_merge(&merge);
	return st;
}

static bool should_seal(Follower *f, uint64_t goal)
{
	uint64_t unsealed = goal - f->manifest.live_from;
	return f->sealing || unsealed > FOLLOW_LIVE_RECORDS || unsealed > follow_sequences_of(f->index->store, FOLLOW_LIVE_BYTES);
}

static void set_goal(Follower *f, uint64_t goal)
{
	pthread_mutex_lock(&f->mutex);
	if (goal != f->goal)
		f->grown_us = clock_monotonic_us();
	f->goal = goal;
	pthread_mutex_unlock(&f->mutex);
}

static Status seal(Follower *f, Err *err)
{
	pthread_mutex_lock(&f->mutex);
	Err failure = f->failure;
	if (!f->sealing) {
		f->sealing = true;
		f->claimed = f->manifest.live_from;
	}
	pthread_cond_broadcast(&f->work);
	pthread_mutex_unlock(&f->mutex);
	if (failure.code != ST_OK) {
		*err = failure;
		return failure.code;
	}
	Status st = publish(f, err);
	pthread_mutex_lock(&f->mutex);
	bool done = !f->built && !f->active && f->claimed >= f->goal;
	if (done)
		f->sealing = false;
	pthread_mutex_unlock(&f->mutex);
	if (st == ST_OK && done)
		index_sweep(f->index, &f->manifest);
	return st;
}

/* Nothing is left to do: whoever waits in index_settle may go. */
static void settled(Follower *f)
{
	pthread_mutex_lock(&f->index->mutex);
	f->index->settled_at = f->goal;
	pthread_cond_broadcast(&f->index->changed);
	pthread_mutex_unlock(&f->index->mutex);
}

static Status follow_once(Follower *f, Err *err)
{
	Index *index = f->index;
	Status st = store_refresh(index->store, err);
	if (st != ST_OK)
		return st;
	uint64_t goal = store_tree_size(index->store);
	set_goal(f, goal);
	if (f->lock_fd < 0) {
		st = index_reload(index, false, err);
		if (st != ST_OK)
			return st;
		Snapshot *s = index_take_snapshot(index);
		bool is_complete = s->position == goal && (f->merges_fail || !tiers_choose(&s->manifest).count);
		snapshot_drop(s);
		if (is_complete) {
			settled(f);
			return ST_OK;
		}
		st = take_hold(f, err);
		if (st != ST_OK)
			return st == ST_BUSY ? ST_OK : st; /* the other process does it */
		goal = store_tree_size(index->store);
	}
	set_goal(f, goal);
	st = finish_merge(f, err);
	if (st != ST_OK)
		return st;
	if (f->merge.state != MERGE_NONE)
		f->busy_us = clock_monotonic_us();
	if (f->covered == goal && !f->sealing) {
		if (f->merge.state == MERGE_NONE)
			want_merge(f);
		if (f->merge.state == MERGE_NONE)
			settled(f);
		if (clock_monotonic_us() - f->busy_us > UNLOCK_AFTER_US && f->merge.state == MERGE_NONE)
			let_go(f);
		return ST_OK;
	}
	f->busy_us = clock_monotonic_us();
	return should_seal(f, goal) ? seal(f, err) : append_live(f, goal, err);
}

static void note_problem(Index *index, const Err *err)
{
	log_event(LOG_ERROR, "index", "the index does not follow the archive any more", "because", err->text, NULL);
	pthread_mutex_lock(&index->mutex);
	index->problem = *err;
	pthread_cond_broadcast(&index->changed);
	pthread_mutex_unlock(&index->mutex);
}

static void *run_coordinator(void *arg)
{
	Follower *f = arg;
	Err err = {0};
	pthread_mutex_lock(&f->mutex);
	while (!f->stop) {
		f->notified = false;
		pthread_mutex_unlock(&f->mutex);
		Status st = follow_once(f, &err);
		pthread_mutex_lock(&f->mutex);
		if (st != ST_OK) {
			pthread_mutex_unlock(&f->mutex);
			note_problem(f->index, &err);
			pthread_mutex_lock(&f->mutex);
			break;
		}
		if (!f->notified && !f->stop)
			wait_until(&f->look, &f->mutex, LOOK_MS);
	}
	f->stop = true;
	pthread_cond_broadcast(&f->work);
	pthread_mutex_unlock(&f->mutex);
	return NULL;
}

/* ---- start and stop -------------------------------------------------------------------------------------------- */

static void free_follower(Follower *f)
{
	forget_merge(&f->merge);
	while (f->built) {
		Built *next = f->built->next;
		free_built(f->built);
		f->built = next;
	}
	let_go(f);
	pthread_mutex_destroy(&f->mutex);
	pthread_cond_destroy(&f->look);
	pthread_cond_destroy(&f->work);
	free(f);
}

static void stop_threads(Follower *f, bool coordinator)
{
	pthread_mutex_lock(&f->mutex);
	f->stop = true;
	pthread_cond_broadcast(&f->look);
	pthread_cond_broadcast(&f->work);
	pthread_mutex_unlock(&f->mutex);
	for (unsigned i = 0; i < f->builder_count; i++)
		pthread_join(f->builders[i], NULL);
	if (coordinator)
		pthread_join(f->coordinator, NULL);
}

Status index_follower_start(Index *index, Err *err)
{
	Follower *f = calloc(1, sizeof *f);
	if (!f)
		return err_no_memory(err);
	f->index = index;
	f->lock_fd = -1;
	pthread_mutex_init(&f->mutex, NULL);
	pthread_cond_init(&f->look, NULL);
	pthread_cond_init(&f->work, NULL);
	unsigned wanted = index->options.threads < BUILDERS_MAX ? index->options.threads : BUILDERS_MAX;
	int failed = 0;
	while (!failed && f->builder_count < wanted) {
		failed = pthread_create(&f->builders[f->builder_count], NULL, run_builder, f);
		f->builder_count += !failed;
	}
	if (!failed)
		failed = pthread_create(&f->coordinator, NULL, run_coordinator, f);
	if (failed) {
		stop_threads(f, false);
		free_follower(f);
		return err_errno(err, failed, "start the index threads");
	}
	pthread_mutex_lock(&index->mutex);
	index->follower = f;
	index->problem = (Err){0};
	pthread_mutex_unlock(&index->mutex);
	return ST_OK;
}

void index_follower_stop(Index *index)
{
	pthread_mutex_lock(&index->mutex);
	Follower *f = index->follower;
	index->follower = NULL;
	pthread_mutex_unlock(&index->mutex);
	if (!f)
		return;
	stop_threads(f, true);
	free_follower(f);
}

void index_notify(Index *index)
{
	pthread_mutex_lock(&index->mutex);
	Follower *f = index->follower;
	if (f) {
		pthread_mutex_lock(&f->mutex);
		f->notified = true;
		pthread_cond_broadcast(&f->look);
		pthread_mutex_unlock(&f->mutex);
	}
	pthread_mutex_unlock(&index->mutex);
}

static void want(Index *index, uint64_t position)
{
	Follower *f = index->follower;
	if (!f)
		return;
	pthread_mutex_lock(&f->mutex);
	if (position > f->wanted)
		f->wanted = position;
	f->notified = true;
	pthread_cond_broadcast(&f->look);
	pthread_cond_broadcast(&f->work);
	pthread_mutex_unlock(&f->mutex);
}

Status index_wait(Index *index, uint64_t position, uint64_t timeout_ms, Err *err)
{
	uint64_t until = clock_monotonic_us() + timeout_ms * 1000;
	Status st = ST_OK;
	pthread_mutex_lock(&index->mutex);
	want(index, position);
	while (index->current->position < position) {
		if (index->problem.code != ST_OK) {
			*err = index->problem;
			st = err->code;
			break;
		}
		if (clock_monotonic_us() >= until) {
			st = err_set(err, ST_BUSY, "the index is not ready yet: %" PRIu64 " of %" PRIu64, index->current->position, position);
			break;
		}
		wait_until(&index->changed, &index->mutex, LOOK_MS);
	}
	pthread_mutex_unlock(&index->mutex);
	return st;
}

Status index_settle(Index *index, uint64_t timeout_ms, Err *err)
{
	uint64_t goal = store_tree_size(index->store), until = clock_monotonic_us() + timeout_ms * 1000;
	Status st = index_wait(index, goal, timeout_ms, err);
	pthread_mutex_lock(&index->mutex);
	while (st == ST_OK && index->settled_at < goal && index->problem.code == ST_OK) {
		if (clock_monotonic_us() >= until)
			st = err_set(err, ST_BUSY, "shards are still being merged");
		else
			wait_until(&index->changed, &index->mutex, LOOK_MS);
	}
	pthread_mutex_unlock(&index->mutex);
	return st;
}
