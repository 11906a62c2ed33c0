/* indexer/shards/damage.c - compares what the manifest names with what the directory has.
 *
 * Another process may replace the manifest and then sweep old shards away. So a shard counts as removed only if the
 * snapshot that names it is still the current one afterwards.
 */
#include "indexer/shards/damage.h"

#include "base/clock.h"
#include "base/event.h"
#include "indexer/shards/current.h"
#include "indexer/shards/directory.h"
#include "indexer/shards/save.h"
#include "indexer/shards/wait.h"

enum { LOOK_US = 500000 };

/* The manifest of the snapshot that searches use, if the one on disk is gone or damaged. */
static Status remember_manifest(Follower *f, const Err *why, Err *err)
{
	Snapshot *s = index_take_snapshot(f->index);
	bool is_known = s->manifest.count || s->manifest.live_name[0];
	Status st = is_known ? manifest_copy(&f->manifest, &s->manifest, err) : ST_OK;
	snapshot_drop(s);
	if (st != ST_OK || !is_known)
		return st;
	event_write(EVENT_WARN, "index", "the manifest is written again", "because", why->text, NULL);
	return follower_save(f, err);
}

Status damage_read_manifest(Follower *f, Err *err)
{
	Err why = {0};
	Status st = manifest_load(f->index->dir.text, f->index->store, &f->manifest, &why);
	if (st == ST_NO_MEMORY || st == ST_IO || st == ST_READ_ONLY) {
		*err = why;
		return st;
	}
	if (st == ST_CORRUPT || st == ST_NOT_FOUND)
		return remember_manifest(f, &why, err);
	if (st != ST_OK)
		event_write(EVENT_WARN, "index", "building the index anew", "because", why.text, NULL);
	return ST_OK;
}

/* True: something lacks that nobody had noticed. */
static bool look_at_shards(Follower *f, const Snapshot *s)
{
	Index *index = f->index;
	const Manifest *m = &s->manifest;
	bool any = false;
	for (size_t i = 0; i < m->count; i++) {
		FilePath dir;
		Err ignored;
		if (bad_shards_has(&index->bad, m->shards[i].name) ||
		    file_path(&dir, index->dir.text, m->shards[i].name, &ignored) != ST_OK || shard_is_there(dir.text))
			continue;
		if (!s->manifest_lost && !snapshot_is_current(s, index->dir.text))
			return any;
		index_leave_out(index, m->shards[i].name, "its files are gone");
		any = true;
	}
	bool live_is_gone = s->has_live && !shard_is_there(s->dirs[s->dir_count - 1]) &&
			    (s->manifest_lost || snapshot_is_current(s, index->dir.text));
	if ((s->live_damaged || live_is_gone) && !bad_shards_has(&index->bad, m->live_name)) {
		index_leave_out(index, m->live_name, "the live shard's files are gone or damaged");
		any = true;
	}
	return any;
}

Status damage_look(Follower *f, Err *err)
{
	Index *index = f->index;
	uint64_t now = clock_monotonic_us();
	if (now - f->looked_us < LOOK_US)
		return ST_OK;
	f->looked_us = now;
	if (f->lock_fd >= 0 && !directory_is_locked(index->dir.text, f->lock_fd))
		return err_set(err, ST_IO, "the index directory was removed or replaced");
	Status st = index_reload(index, false, err);
	if (st != ST_OK)
		return st;
	Snapshot *s = index_take_snapshot(index);
	bool lacks = look_at_shards(f, s), lost = s->manifest_lost;
	snapshot_drop(s);
	if (lost && f->lock_fd >= 0)
		st = follower_save(f, err);
	else if (lacks)
		st = index_reload(index, true, err);
	return st;
}
