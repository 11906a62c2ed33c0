/* indexer/shards/current.c - a new snapshot is loaded beside the current one, then takes its place under the mutex.
 * Whoever holds the old one keeps it.
 */
#include "indexer/shards/current.h"

#include "base/clock.h"

Snapshot *index_take_snapshot(Index *index)
{
	pthread_mutex_lock(&index->mutex);
	Snapshot *s = index->current;
	snapshot_hold(s);
	pthread_mutex_unlock(&index->mutex);
	return s;
}

bool index_is_whole(Index *index, const Snapshot *s)
{
	Err ignored;
	if (store_damage(index->store, &ignored) != ST_OK)
		return false; /* what the archive lost cannot be found */
	pthread_mutex_lock(&index->mutex);
	bool is = s->left_out == 0 && s->dead.unreadable == 0 && s->position >= index->promised;
	pthread_mutex_unlock(&index->mutex);
	return is;
}

Status index_reload(Index *index, bool force, Err *err)
{
	Snapshot *fresh = NULL, *old;
	pthread_mutex_lock(&index->mutex);
	bool is_current = !force && index->current && snapshot_is_current(index->current, index->dir.text);
	index->checked_us = clock_monotonic_us();
	bool is_first = !index->current;
	pthread_mutex_unlock(&index->mutex);
	if (is_current)
		return ST_OK;
	Snapshot *before = is_first ? NULL : index_take_snapshot(index);
	Status st = snapshot_load(&fresh, index->dir.text, index->store, &index->bad, before, err);
	snapshot_drop(before);
	if (st != ST_OK)
		return st;
	pthread_mutex_lock(&index->mutex);
	old = index->current;
	index->current = fresh;
	if (index->promised < fresh->position)
		index->promised = fresh->position;
	pthread_cond_broadcast(&index->changed);
	pthread_mutex_unlock(&index->mutex);
	snapshot_drop(old);
	return ST_OK;
}
