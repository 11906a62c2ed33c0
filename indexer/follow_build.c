/* indexer/follow_build.c - the follower's builders: threads that claim ranges of the log and turn them into shards.
 *
 * While records are still coming in, a builder waits for a range worth a shard; when someone waits for the index, what
 * is left is split among the builders.
 */
#include "indexer/follow.h"

#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

enum { QUIET_US = 300000 };

uint64_t follow_sequences_of(Store *store, uint64_t bytes)
{
	StoreState state;
	store_state(store, &state);
	uint64_t each = state.tree_size ? state.bytes_original / state.tree_size : 0;
	uint64_t count = bytes / (each ? each : 1);
	return count ? count : 1;
}

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

void follow_free_built(Built *built)
{
	if (built)
		free(built->superseded.list);
	free(built);
}

void follow_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, unsigned ms)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)ms * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(cond, mutex, &until);
}

void *follow_run_builder(void *arg)
{
	Follower *f = arg;
	uint64_t from, to;
	pthread_mutex_lock(&f->mutex);
	while (!f->stop) {
		if (f->chore.state == CHORE_WANTED) {
			chore_do(f);
			continue;
		}
		if (!claim(f, &from, &to)) {
			follow_wait(&f->work, &f->mutex, FOLLOW_LOOK_MS);
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
			follow_free_built(built);
		if (st != ST_OK && f->failure.code == ST_OK && !f->stop)
			f->failure = err;
		pthread_cond_broadcast(&f->look);
	}
	pthread_mutex_unlock(&f->mutex);
	return NULL;
}
