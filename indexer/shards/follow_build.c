/* indexer/shards/follow_build.c - the follower's builders: threads that claim ranges of the log and turn them into
 * shards.
 *
 *   log      0 ───────────────────────────────────────────── goal ┄┄┄ more is coming
 *   builder  [from ──── at ────────── to)[from ── at ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ open
 *
 * A builder follows the log while it grows. One who falls behind, or is not alone when no more is coming, leaves the
 * second half of what is left to the next; so there are few shards, and all builders finish at about the same time.
 */
#include "indexer/shards/follow.h"

#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

enum {
	QUIET_US = 1500000,
	LOOK_EVERY = 64, /* records, whether a shard has grown large */
};

uint64_t follow_sequences_of(Store *store, uint64_t bytes)
{
	StoreState state;
	store_state(store, &state);
	uint64_t each = state.tree_size ? state.bytes_original / state.tree_size : 0;
	uint64_t count = bytes / (each ? each : 1);
	return count ? count : 1;
}

/* Nobody is to wait for more: someone wants what is there, or nothing has come for a while. */
static bool is_urgent(const Follower *f, uint64_t from)
{
	return f->wanted > from || clock_monotonic_us() - f->grown_us > QUIET_US;
}

static void open_claim(Follower *f, Claim *c, uint64_t from)
{
	*c = (Claim){.follower = f, .from = from, .at = from, .to = UINT64_MAX, .begun_us = clock_monotonic_us()};
	f->open = c;
}

/* Up to where the builder of the open claim goes on, so that all are done at about the same time: it also has to write
 * the tables of what it has read so far, which takes a tenth as long as reading, and whoever takes the rest gets half
 * of that less to read. Something is left for both; `left` is at least 2. Some sixty look-ups under the follower's
 * mutex. */
static uint64_t fair_end(Store *store, const Claim *open, uint64_t left, uint64_t builders)
{
	Err ignored;
	uint64_t first = open->at + 1, last = open->at + left - 1, from = 0, at = 0, end = 0, bound = 0;
	Status st = store_bytes_before(store, open->from, &from, &ignored);
	if (st == ST_OK)
		st = store_bytes_before(store, first, &at, &ignored);
	if (st == ST_OK)
		st = store_bytes_before(store, last, &end, &ignored);
	if (st == ST_OK && from <= at && at <= end) { /* a segment may be written anew meanwhile */
		uint64_t share = (end - at) / builders, behind = (at - from) / 20;
		st = store_sequence_behind(store, at + (share > behind ? share - behind : 0), &bound, &ignored);
	}
	if (st != ST_OK) /* whoever reads it says what is wrong */
		bound = first + (last - first) / builders;
	return bound < first ? first : bound > last ? last : bound;
}

/* Under the mutex: a part of the open claim that its builder will not get to soon. */
static bool split_open(Follower *f, Claim *c)
{
	Claim *other = f->open;
	uint64_t left = f->goal > other->at ? f->goal - other->at : 0;
	bool urgent = is_urgent(f, other->from);
	if (left < 2 || left < follow_sequences_of(f->index->store, urgent ? FOLLOW_SPLIT_BYTES : FOLLOW_BEHIND_BYTES))
		return false;
	uint64_t idle = f->builder_count > f->active ? f->builder_count - f->active : 1;
	other->to = fair_end(f->index->store, other, left, urgent ? idle + 1 : 2);
	open_claim(f, c, other->to);
	return true;
}

/* Under the mutex: something for a builder to do, or false. */
static bool claim(Follower *f, Claim *c)
{
	if (!f->sealing || f->failure.code != ST_OK)
		return false;
	if (f->open)
		return split_open(f, c);
	if (f->claimed >= f->goal)
		return false;
	open_claim(f, c, f->claimed);
	f->claimed = UINT64_MAX;
	return true;
}

/* Under the mutex: nothing more for this claim; what follows may be claimed. */
static void close_claim(Follower *f, Claim *c)
{
	if (f->open != c)
		return;
	c->to = f->claimed = c->at;
	f->open = NULL;
}

static bool takes_more(void *ctx, uint64_t sequence)
{
	Claim *c = ctx;
	Follower *f = c->follower;
	bool more = true, waiting = true;
	pthread_mutex_lock(&f->mutex);
	c->at = sequence;
	uint64_t taken = sequence - c->from;
	if (taken % LOOK_EVERY == LOOK_EVERY - 1 &&
	    taken >= follow_sequences_of(f->index->store, FOLLOW_SHARD_BYTES_MAX))
		close_claim(f, c);
	while (waiting && !stop_raised(&f->stop)) {
		more = sequence < c->to;
		waiting = more && sequence >= f->goal;
		if (waiting && (f->failure.code != ST_OK || is_urgent(f, c->from) ||
				clock_monotonic_us() - c->begun_us > FOLLOW_OPEN_US))
			close_claim(f, c);
		else if (waiting)
			follow_wait(&f->work, &f->mutex, FOLLOW_LOOK_MS);
	}
	pthread_mutex_unlock(&f->mutex);
	return more;
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
	Claim c;
	pthread_mutex_lock(&f->mutex);
	while (!stop_raised(&f->stop)) {
		if (f->chore.state == CHORE_WANTED) {
			chore_do(f);
			continue;
		}
		if (!claim(f, &c)) {
			follow_wait(&f->work, &f->mutex, FOLLOW_LOOK_MS);
			continue;
		}
		f->active++;
		pthread_mutex_unlock(&f->mutex);
		Err err = {0};
		Built *built = calloc(1, sizeof *built);
		const ShardRange range = {.from = c.from, .takes = takes_more, .ctx = &c};
		Status st = built ? shard_build(f->index->store, f->index->dir, &range, &f->index->options, &f->stop,
						&built->shard, &built->superseded, &err)
				  : err_no_memory(&err);
		pthread_mutex_lock(&f->mutex);
		close_claim(f, &c);
		f->active--;
		if (st == ST_OK && built->shard.to > built->shard.from)
			keep_built(f, built);
		else
			follow_free_built(built);
		if (st != ST_OK && f->failure.code == ST_OK && !stop_raised(&f->stop))
			f->failure = err;
		pthread_cond_broadcast(&f->look);
	}
	pthread_mutex_unlock(&f->mutex);
	return NULL;
}
