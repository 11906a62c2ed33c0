/* indexer/shards/wait.c - index_wait, index_settle, index_notify of index.h, index_leave_out: callers wait on the
 * index's condition, which a new snapshot signals, and wake the coordinator on its own.
 *
 * Lock order: the index's mutex before the follower's.
 */
#include "indexer/shards/wait.h"

#include "base/clock.h"
#include "base/event.h"
#include "base/wait.h"
#include "indexer/shards/follower.h"
#include "indexer/shards/index.h"

#include <inttypes.h>

void wait_for_signal(pthread_cond_t *cond, pthread_mutex_t *mutex, unsigned ms)
{
	wait_until(cond, mutex, clock_monotonic_us() + ms * 1000ull);
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

void index_leave_out(Index *index, const char *shard, const char *because)
{
	if (bad_shards_has(&index->bad, shard))
		return;
	bad_shards_add(&index->bad, shard);
	event_write(EVENT_ERROR, "index", "a damaged shard is left out and built anew", "shard", shard, "because",
		    because, NULL);
	index_notify(index);
}

/* Under the index's mutex: someone waits for the position. */
static void want_position(Index *index, uint64_t position)
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
	want_position(index, position);
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
		wait_for_signal(&index->changed, &index->mutex, FOLLOW_LOOK_MS);
	}
	pthread_mutex_unlock(&index->mutex);
	return st;
}

Status index_settle(Index *index, uint64_t timeout_ms, Err *err)
{
	uint64_t goal = store_tree_size(index->store), until = clock_monotonic_us() + timeout_ms * 1000;
	Status st = index_wait(index, goal, timeout_ms, err);
	pthread_mutex_lock(&index->mutex);
	while (st == ST_OK && index->idle_at < goal && index->problem.code == ST_OK) {
		if (clock_monotonic_us() >= until)
			st = err_set(err, ST_BUSY, "shards are still being merged");
		else
			wait_for_signal(&index->changed, &index->mutex, FOLLOW_LOOK_MS);
	}
	pthread_mutex_unlock(&index->mutex);
	return st;
}
