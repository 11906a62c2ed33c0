/* indexer/shards/follow.c - the thread that keeps the index up with the log: the coordinator.
 *
 *   log      0 ───────────────────────────── live_from ───────── covered ──────── goal
 *   index    sealed shards, in the manifest   live shard          not yet searchable
 *
 * The coordinator looks at the log whenever it is told to or 100 ms have passed. A few new records go to the live
 * shard. Many are sealed: builders claim ranges from live_from on, side by side, and the coordinator publishes what
 * is built in order, so the manifest always names adjacent ranges and the searchable position never goes back.
 * When there is nothing else to do, builders merge neighbouring shards, check them and repair what is damaged
 * (chores.c); the coordinator puts the results in their place.
 *
 * The lock on the index is held only while there is work, so that two processes can take turns.
 */
#include "base/clock.h"
#include "base/event.h"
#include "indexer/shards/builders.h"
#include "indexer/shards/chores.h"
#include "indexer/shards/current.h"
#include "indexer/shards/damage.h"
#include "indexer/shards/directory.h"
#include "indexer/shards/index.h"
#include "indexer/shards/live.h"
#include "indexer/shards/ranges.h"
#include "indexer/shards/save.h"
#include "indexer/shards/wait.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	UNLOCK_AFTER_US = 1000000, /* without work */
	LIVE_RECORDS = 256,        /* more than this unsealed: seal */
	LIVE_BYTES = 4 << 20,
	RETRY_MS = 2000, /* after a failure that may pass */
	LIVE_COMMITS_AT_ONCE = 8,
	LIVE_COMMIT_EVERY_US = 1000000, /* when more come */
};

static void close_live(Follower *f)
{
	xap_writer_close(f->live);
	f->live = NULL;
	glass_sums_free(f->live_sums);
	f->live_sums = NULL;
	f->live_superseded.count = f->live_superseded.unreadable = 0;
}

static void release_index(Follower *f)
{
	close_live(f);
	manifest_done(&f->manifest);
	free(f->live_superseded.list);
	f->live_superseded = (Superseded){0};
	close_quietly(f->lock_fd);
	f->lock_fd = -1;
}

static Status drop_live(Follower *f, const char *because, Err *err)
{
	event_write(EVENT_WARN, "index", "live shard dropped", "because", because, NULL);
	close_live(f);
	f->manifest.live_name[0] = 0;
	f->covered = f->manifest.live_from;
	return follower_save(f, err);
}

/* How far the live shard goes. One that is damaged is dropped: its range is built from the log. */
static Status read_live(Follower *f, Err *why)
{
	Index *index = f->index;
	uint64_t documents = 0;
	FilePath dir;
	f->covered = f->manifest.live_from;
	if (!f->manifest.live_name[0])
		return ST_OK;
	Status st = file_path(&dir, index->dir.text, f->manifest.live_name, why);
	if (st == ST_OK && bad_shards_has(&index->bad, f->manifest.live_name))
		st = err_set(why, ST_CORRUPT, "a search met damage");
	if (st == ST_OK)
		st = live_check(dir.text, true, &f->live_sums, why);
	if (st == ST_OK)
		st = live_state(dir.text, &f->covered, &documents, &f->live_superseded, why);
	if (st == ST_OK && f->covered > store_tree_size(index->store))
		st = err_set(why, ST_CORRUPT, "it goes further than the archive");
	return st;
}

/* Takes the lock and reads how far the index goes. An unusable index is taken as empty, so it is built anew. */
static Status acquire_index(Follower *f, Err *err)
{
	Index *index = f->index;
	Err why = {0};
	Status st = directory_lock(index->dir.text, &f->lock_fd, err);
	if (st == ST_OK)
		st = damage_read_manifest(f, err);
	if (st == ST_OK && read_live(f, &why) != ST_OK)
		st = drop_live(f, why.text, err);
	if (st != ST_OK) {
		release_index(f);
		return st;
	}
	directory_sweep(index->dir.text, &f->manifest);
	pthread_mutex_lock(&f->mutex);
	f->claimed = f->manifest.live_from;
	pthread_mutex_unlock(&f->mutex);
	f->busy_us = clock_monotonic_us();
	return ST_OK;
}

static Status open_live(Follower *f, Err *err)
{
	FilePath dir;
	bool is_new = !f->manifest.live_name[0];
	if (f->live)
		return ST_OK;
	if (is_new)
		snprintf(f->manifest.live_name, SHARD_NAME_MAX, "live-%08" PRIu64 ".%08x", f->manifest.live_from,
			 (unsigned)clock_monotonic_us());
	Status st = file_path(&dir, f->index->dir.text, f->manifest.live_name, err);
	if (st == ST_OK)
		st = xap_writer_open(&f->live, dir.text, err);
	return st == ST_OK && is_new ? follower_save(f, err) : st;
}

/* A commit writes most blocks of the live shard anew, however few records it adds. A few records are searchable at
 * once; of a steady stream those of one second are committed together. */
static bool may_commit_live(Follower *f)
{
	uint64_t now = clock_monotonic_us(), earned = (now - f->earned_us) / LIVE_COMMIT_EVERY_US;
	if (earned > 0) {
		f->commits_left = earned < LIVE_COMMITS_AT_ONCE - f->commits_left ? f->commits_left + (unsigned)earned
										  : LIVE_COMMITS_AT_ONCE;
		f->earned_us = now;
	}
	if (f->commits_left == 0)
		return false;
	f->commits_left--;
	return true;
}

static Status append_live(Follower *f, uint64_t goal, Err *err)
{
	FilePath dir = {""};
	Status st = open_live(f, err);
	if (st == ST_OK)
		st = file_path(&dir, f->index->dir.text, f->manifest.live_name, err);
	LiveShard live = {dir.text, f->live, f->live_sums, f->manifest.live_from, &f->live_superseded};
	if (st == ST_OK) {
		st = live_append(f->index->store, &live, f->covered, goal, &f->index->live_gate, err);
		f->live_sums = live.sums;
	}
	if (st == ST_OK) {
		f->covered = goal;
		return index_reload(f->index, true, err);
	}
	/* A failed commit may have left half of itself: the live shard is dropped and its range built from the log. */
	return drop_live(f, err->text, err);
}

/* Moves built shards that are adjacent into the manifest, once they reach as far as the live shard did: the searchable
 * position must not go back. */
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
		built_free(b);
	}
	pthread_mutex_unlock(&f->mutex);
	close_live(f);
	f->covered = f->manifest.live_from;
	return st == ST_OK ? follower_save(f, err) : st;
}

/* A decision to destroy, or a seal, must not go to the live shard: it would keep the terms of these records. */
static bool tells_of_destruction(Follower *f, uint64_t from, uint64_t to)
{
	Arena arena = {0};
	bool found = false;
	for (uint64_t sequence = from; sequence < to && to - from <= LIVE_RECORDS && !found; sequence++) {
		Entry entry;
		Err ignored;
		arena_reset(&arena);
		found = store_entry(f->index->store, sequence, &arena, &entry, &ignored) == ST_OK &&
			(entry.kind == ENTRY_DESTRUCTION || str_find(entry.metadata, STR("\"sealed_off\":")) >= 0);
	}
	arena_done(&arena);
	return found;
}

static bool should_seal(Follower *f, uint64_t goal)
{
	uint64_t unsealed = goal - f->manifest.live_from;
	return f->sealing || tells_of_destruction(f, f->covered, goal) || unsealed > LIVE_RECORDS ||
	       unsealed > ranges_sequences_of(f->index->store, LIVE_BYTES);
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
		directory_sweep(f->index->dir.text, &f->manifest);
	return st;
}

/* Nothing is left to do up to here: index_settle returns. */
static void note_idle(Follower *f)
{
	pthread_mutex_lock(&f->index->mutex);
	f->index->idle_at = f->goal;
	pthread_cond_broadcast(&f->index->changed);
	pthread_mutex_unlock(&f->index->mutex);
}

/* Nothing is to be built, mended or merged. */
static bool is_complete(Follower *f, uint64_t goal)
{
	Snapshot *s = index_take_snapshot(f->index);
	bool is = s->position == goal && !s->manifest_lost && !s->live_damaged &&
		  (f->chores_fail || !chore_is_due(f->index, &s->manifest));
	snapshot_drop(s);
	return is;
}

static Status follow_once(Follower *f, Err *err)
{
	Index *index = f->index;
	Status st = store_refresh(index->store, err);
	if (st == ST_OK && store_check_place(index->store, err) != ST_OK)
		return ST_IO; /* nothing is written there; it may come back */
	if (st == ST_OK)
		st = damage_look(f, err);
	if (st != ST_OK)
		return st;
	uint64_t goal = store_tree_size(index->store);
	set_goal(f, goal);
	if (f->lock_fd < 0) {
		st = index_reload(index, false, err);
		if (st != ST_OK)
			return st;
		if (is_complete(f, goal)) {
			note_idle(f);
			return ST_OK;
		}
		st = acquire_index(f, err);
		if (st != ST_OK)
			return st == ST_BUSY ? ST_OK : st; /* another process follows */
		goal = store_tree_size(index->store);
	}
	set_goal(f, goal);
	if (f->manifest.live_name[0] && bad_shards_has(&index->bad, f->manifest.live_name))
		return drop_live(f, "it is damaged", err);
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
			note_idle(f);
		if (!has_chore && clock_monotonic_us() - f->busy_us > UNLOCK_AFTER_US)
			release_index(f);
		return ST_OK;
	}
	f->busy_us = clock_monotonic_us();
	if (should_seal(f, goal))
		return seal(f, err);
	return may_commit_live(f) ? append_live(f, goal, err) : ST_OK;
}

/* A full disk, lack of memory and failing reads may pass; any other failure comes again when it is tried again. */
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
		built_free(f->built);
		f->built = next;
	}
}

/* Under the mutex: waits for the builders to end, drops shards that were not published, and pauses. */
static void start_over(Follower *f)
{
	f->sealing = false;
	while (!stop_raised(&f->stop) &&
	       (f->active || f->chore.state == CHORE_WANTED || f->chore.state == CHORE_UNDER_WAY))
		wait_for_signal(&f->look, &f->mutex, FOLLOW_LOOK_MS);
	if (stop_raised(&f->stop))
		return;
	free_built_list(f);
	chore_forget(&f->chore);
	f->failure = (Err){0};
	release_index(f); /* the next round reads the manifest again */
	for (unsigned waited = 0; waited < RETRY_MS && !stop_raised(&f->stop); waited += FOLLOW_LOOK_MS)
		wait_for_signal(&f->work, &f->mutex, FOLLOW_LOOK_MS);
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
			wait_for_signal(&f->look, &f->mutex, FOLLOW_LOOK_MS);
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
	release_index(f);
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
		failed = pthread_create(&f->builders[f->builder_count], NULL, builders_run, f);
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
