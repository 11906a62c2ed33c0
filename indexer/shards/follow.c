/* indexer/shards/follow.c - the thread that keeps the index up with the log: the coordinator.
 *
 *   log      0 ───────────────────────────── live_from ───────── covered ──────── goal
 *   index    sealed shards, in the manifest   live shard          not yet searchable
 *
 * The coordinator looks at the log whenever it is told to or 100 ms have passed. A few new records go to the live
 * shard. Many are sealed: builders claim ranges from live_from on, side by side, and the coordinator publishes what
 * is built in order, so the manifest always names adjacent ranges and the searchable position never goes back.
 * When there is nothing else to do, builders merge neighbouring shards, check them and repair what is damaged
 * (follow_chores.c); the coordinator puts the results in their place.
 *
 * The lock on the index is held only while there is work, so that two processes can take turns.
 */
#include "indexer/shards/follow.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/event.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { UNLOCK_AFTER_US = 1000000 };

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
		event_write(EVENT_WARN, "index", "building the index anew", "because", err->text, NULL);
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

Status follow_save(Follower *f, Err *err)
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
	return st == ST_OK && is_new ? follow_save(f, err) : st;
}

static Status append_live(Follower *f, uint64_t goal, Err *err)
{
	Status st = open_live(f, err);
	if (st == ST_OK)
		st = shard_live_append(f->index->store, f->live, f->manifest.live_from, f->covered, goal,
				       &f->live_superseded, &f->index->live_gate, err);
	if (st == ST_OK) {
		f->covered = goal;
		return index_reload(f->index, true, err);
	}
	/* What a failed commit left behind is not to be trusted: seal the range from the log instead. */
	event_write(EVENT_WARN, "index", "live shard dropped", "because", err->text, NULL);
	xap_writer_close(f->live);
	f->live = NULL;
	f->manifest.live_name[0] = 0;
	f->covered = f->manifest.live_from;
	return follow_save(f, err);
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
		follow_free_built(b);
	}
	pthread_mutex_unlock(&f->mutex);
	xap_writer_close(f->live);
	f->live = NULL;
	f->live_superseded.count = 0;
	f->covered = f->manifest.live_from;
	return st == ST_OK ? follow_save(f, err) : st;
}

/* A decision to destroy is never taken into the live shard: that would keep the terms of what is destroyed. */
static bool tells_of_destruction(Follower *f, uint64_t from, uint64_t to)
{
	Arena arena = {0};
	bool found = false;
	for (uint64_t sequence = from; sequence < to && to - from <= FOLLOW_LIVE_RECORDS && !found; sequence++) {
		Entry entry;
		Err ignored;
		arena_reset(&arena);
		found = store_entry(f->index->store, sequence, &arena, &entry, &ignored) == ST_OK &&
			entry.kind == ENTRY_DESTRUCTION;
	}
	arena_done(&arena);
	return found;
}

static bool should_seal(Follower *f, uint64_t goal)
{
	uint64_t unsealed = goal - f->manifest.live_from;
	return f->sealing || tells_of_destruction(f, f->covered, goal) || unsealed > FOLLOW_LIVE_RECORDS ||
	       unsealed > follow_sequences_of(f->index->store, FOLLOW_LIVE_BYTES);
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
		bool is_complete = s->position == goal && (f->chores_fail || !chore_is_due(index, &s->manifest));
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
	st = chore_finish(f, err);
	if (st != ST_OK)
		return st;
	bool has_chore = chore_is_there(f);
	if (has_chore)
		f->busy_us = clock_monotonic_us();
	if (f->covered == goal && !f->sealing) {
		if (!has_chore) {
			chore_want(f);
			has_chore = chore_is_there(f);
		}
		if (!has_chore)
			settled(f);
		if (!has_chore && clock_monotonic_us() - f->busy_us > UNLOCK_AFTER_US)
			let_go(f);
		return ST_OK;
	}
	f->busy_us = clock_monotonic_us();
	return should_seal(f, goal) ? seal(f, err) : append_live(f, goal, err);
}

/* A full disk, lack of memory and failing reads may pass; anything else is a fault that waiting does not mend. */
static bool may_pass(Status st)
{
	return st == ST_NO_SPACE || st == ST_NO_MEMORY || st == ST_IO;
}

static void note_problem(Index *index, const Err *err)
{
	const char *what = may_pass(err->code)
				   ? "the index falls behind the archive; it is tried again every two seconds"
				   : "the index does not follow the archive any more; start anew when it is mended";
	event_write(EVENT_ERROR, "index", what, "because", err->text, NULL);
	pthread_mutex_lock(&index->mutex);
	index->problem = *err;
	pthread_cond_broadcast(&index->changed);
	pthread_mutex_unlock(&index->mutex);
}

static void clear_problem(Index *index)
{
	pthread_mutex_lock(&index->mutex);
	if (index->problem.code != ST_OK)
		event_write(EVENT_INFO, "index", "the index follows the archive again", NULL);
	index->problem = (Err){0};
	pthread_mutex_unlock(&index->mutex);
}

static void free_built_list(Follower *f)
{
	while (f->built) {
		Built *next = f->built->next;
		follow_free_built(f->built);
		f->built = next;
	}
}

/* Under the mutex: lets the builders come to an end, forgets what was not published, and waits a while. */
static void start_over(Follower *f)
{
	f->sealing = false;
	while (!stop_raised(&f->stop) &&
	       (f->active || f->chore.state == CHORE_WANTED || f->chore.state == CHORE_UNDER_WAY))
		follow_wait(&f->look, &f->mutex, FOLLOW_LOOK_MS);
	if (stop_raised(&f->stop))
		return;
	free_built_list(f);
	chore_forget(&f->chore);
	f->failure = (Err){0};
	let_go(f); /* the next round reads anew where the index stands */
	for (unsigned waited = 0; waited < FOLLOW_RETRY_MS && !stop_raised(&f->stop); waited += FOLLOW_LOOK_MS)
		follow_wait(&f->work, &f->mutex, FOLLOW_LOOK_MS);
}

static void *run_coordinator(void *arg)
{
	Follower *f = arg;
	Err err = {0};
	pthread_mutex_lock(&f->mutex);
	while (!stop_raised(&f->stop)) {
		f->notified = false;
		pthread_mutex_unlock(&f->mutex);
		Status st = follow_once(f, &err);
		if (st == ST_OK)
			clear_problem(f->index);
		else
			note_problem(f->index, &err);
		pthread_mutex_lock(&f->mutex);
		if (st != ST_OK && !may_pass(st))
			break;
		if (st != ST_OK)
			start_over(f);
		else if (!f->notified && !stop_raised(&f->stop))
			follow_wait(&f->look, &f->mutex, FOLLOW_LOOK_MS);
	}
	stop_raise(&f->stop);
	pthread_cond_broadcast(&f->work);
	pthread_mutex_unlock(&f->mutex);
	return NULL;
}

/* ---- start and stop -------------------------------------------------------------------------------------------- */

static void free_follower(Follower *f)
{
	chore_forget(&f->chore);
	free_built_list(f);
	let_go(f);
	pthread_mutex_destroy(&f->mutex);
	pthread_cond_destroy(&f->look);
	pthread_cond_destroy(&f->work);
	free(f);
}

static void stop_threads(Follower *f, bool coordinator)
{
	pthread_mutex_lock(&f->mutex);
	stop_raise(&f->stop);
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
	unsigned wanted = index->options.threads < FOLLOW_BUILDERS_MAX ? index->options.threads : FOLLOW_BUILDERS_MAX;
	int failed = 0;
	while (!failed && f->builder_count < wanted) {
		failed = pthread_create(&f->builders[f->builder_count], NULL, follow_run_builder, f);
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
			st = err_set(err, ST_BUSY, "the index is not ready yet: %" PRIu64 " of %" PRIu64,
				     index->current->position, position);
			break;
		}
		follow_wait(&index->changed, &index->mutex, FOLLOW_LOOK_MS);
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
			follow_wait(&index->changed, &index->mutex, FOLLOW_LOOK_MS);
	}
	pthread_mutex_unlock(&index->mutex);
	return st;
}
