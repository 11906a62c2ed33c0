/* indexer/shards/chores.c - in this order: damaged shards are built anew from the log; shards that nobody has checked
 * since the index was opened are checked; terms of destroyed records are taken out; neighbours are merged.
 *
 * A damaged shard is left out of searches at once (index->bad); the others serve on.
 */
#include "indexer/shards/chores.h"

#include "base/event.h"
#include "indexer/shards/build.h"
#include "indexer/shards/current.h"
#include "indexer/shards/directory.h"
#include "indexer/shards/save.h"
#include "indexer/shards/tiers.h"
#include "indexer/shards/wait.h"
#include "store/record/sealed.h"

#include <stdlib.h>

void chore_forget(Chore *chore)
{
	free(chore->shards);
	free(chore->dead.list);
	free(chore->is_bad);
	*chore = (Chore){0};
}

static size_t first_bad(Index *index, const Manifest *m)
{
	size_t i = 0;
	while (i < m->count && !bad_shards_has(&index->bad, m->shards[i].name))
		i++;
	return i;
}

/* The first shard with terms of a record that is destroyed or sealed off; m->count: none has. */
static size_t first_to_purge(Index *index, const Manifest *m)
{
	Arena arena = {0};
	size_t found = m->count;
	for (size_t i = 0; i < m->superseded.count && found == m->count; i++) {
		uint64_t sequence = m->superseded.list[i];
		Entry entry;
		Err ignored;
		arena_reset(&arena);
		uint64_t newest;
		if (store_entry(index->store, sequence, &arena, &entry, &ignored) != ST_OK ||
		    (!entry.destroyed && record_find(index->store, entry.key, 0, &newest, &ignored) != ST_NOT_FOUND))
			continue;
		for (size_t s = 0; s < m->count && found == m->count; s++)
			if (sequence >= m->shards[s].from && sequence < m->shards[s].to)
				found = s;
	}
	arena_done(&arena);
	return found;
}

/* The chore that is due and the shards it is for; count 0: none is. */
static TierRun next_chore(Index *index, const Manifest *m, ChoreKind *kind)
{
	size_t bad = first_bad(index, m);
	pthread_mutex_lock(&index->mutex);
	bool check = index->check_wanted;
	pthread_mutex_unlock(&index->mutex);
	*kind = CHORE_REPAIR;
	if (bad < m->count)
		return (TierRun){bad, 1};
	*kind = CHORE_CHECK;
	if (check && m->count)
		return (TierRun){0, m->count};
	*kind = CHORE_MERGE; /* one shard alone is merged too: into itself without its dead documents */
	size_t purge = m->purge ? first_to_purge(index, m) : m->count;
	return purge < m->count ? (TierRun){purge, 1} : tiers_choose(m);
}

bool chore_is_due(Index *index, const Manifest *m)
{
	ChoreKind kind;
	return next_chore(index, m, &kind).count > 0;
}

void chore_want(Follower *f)
{
	ChoreKind kind;
	TierRun run = f->chores_fail ? (TierRun){0} : next_chore(f->index, &f->manifest, &kind);
	if (!run.count) {
		Err ignored;
		if (f->manifest.purge && !f->chores_fail) { /* no shard has such terms any more */
			f->manifest.purge = false;
			follower_save(f, &ignored);
		}
		return;
	}
	Chore chore = {.kind = kind, .count = run.count, .state = CHORE_WANTED};
	chore.shards = malloc(run.count * sizeof *chore.shards);
	chore.is_bad = calloc(run.count, sizeof *chore.is_bad);
	if (!chore.shards || !chore.is_bad || !superseded_add_all(&chore.dead, &f->manifest.superseded) ||
	    !superseded_add_all(&chore.dead, &f->live_superseded)) {
		chore_forget(&chore);
		return;
	}
	memcpy(chore.shards, f->manifest.shards + run.first, run.count * sizeof *chore.shards);
	superseded_sort(&chore.dead);
	pthread_mutex_lock(&f->mutex);
	f->chore = chore;
	pthread_cond_broadcast(&f->work);
	pthread_mutex_unlock(&f->mutex);
}

static void check_shards(Follower *f, Chore *chore)
{
	for (size_t i = 0; i < chore->count && !stop_raised(&f->stop); i++) {
		FilePath dir;
		Err err;
		chore->is_bad[i] = file_path(&dir, f->index->dir.text, chore->shards[i].name, &err) != ST_OK ||
				   !shard_is_sound(dir.text, &chore->shards[i]);
	}
}

void chore_do(Follower *f)
{
	Chore *chore = &f->chore;
	Superseded ignored = {0};
	chore->state = CHORE_UNDER_WAY;
	pthread_mutex_unlock(&f->mutex);
	switch (chore->kind) {
	case CHORE_MERGE:
		tiers_merge(f->index->dir.text, chore->shards, chore->count, &chore->dead, &f->stop, &chore->result,
			    &chore->err);
		if (chore->err.code == ST_CORRUPT || chore->err.code == ST_NOT_FOUND) /* which of them is it? */
			check_shards(f, chore);
		break;
	case CHORE_CHECK:
		check_shards(f, chore);
		break;
	case CHORE_REPAIR:
		shard_build(f->index->store, f->index->dir.text,
			    &(ShardRange){.from = chore->shards[0].from, .to = chore->shards[0].to}, &f->index->options,
			    &f->stop, &chore->result, &ignored, &chore->err);
		break;
	}
	free(ignored.list); /* the manifest has them already */
	pthread_mutex_lock(&f->mutex);
	chore->state = CHORE_DONE;
	pthread_cond_broadcast(&f->look);
}

/* Leaves out what was found damaged. */
static Status note_bad(Follower *f, const Chore *chore, bool *any_out, Err *err)
{
	*any_out = false;
	for (size_t i = 0; i < chore->count; i++) {
		if (!chore->is_bad[i])
			continue;
		*any_out = true;
		index_leave_out(f->index, chore->shards[i].name, "it does not fit its sum");
	}
	return *any_out ? index_reload(f->index, true, err) : ST_OK;
}

static Status note_check(Follower *f, const Chore *chore, Err *err)
{
	bool any;
	pthread_mutex_lock(&f->index->mutex);
	f->index->check_wanted = false;
	pthread_mutex_unlock(&f->index->mutex);
	return note_bad(f, chore, &any, err);
}

bool chore_is_there(Follower *f)
{
	pthread_mutex_lock(&f->mutex);
	bool is = f->chore.state != CHORE_NONE;
	pthread_mutex_unlock(&f->mutex);
	return is;
}

Status chore_finish(Follower *f, Err *err)
{
	Chore chore = {0};
	pthread_mutex_lock(&f->mutex);
	if (f->chore.state == CHORE_DONE) {
		chore = f->chore;
		f->chore = (Chore){0};
	}
	pthread_mutex_unlock(&f->mutex);
	if (chore.state != CHORE_DONE)
		return ST_OK;
	bool any_bad;
	Status st = ST_OK;
	if (chore.err.code != ST_OK) {
		st = note_bad(f, &chore, &any_bad, err);
		if (!stop_raised(&f->stop) && !any_bad) {
			f->chores_fail = true;
			event_write(EVENT_WARN, "index", "shards are not merged or repaired", "because", chore.err.text,
				    NULL);
		}
	} else if (chore.kind == CHORE_CHECK) {
		st = note_check(f, &chore, err);
	} else {
		tiers_replace(&f->manifest, &chore.result, &chore.dead, chore.kind == CHORE_MERGE);
		st = follower_save(f, err);
		if (st == ST_OK)
			directory_sweep(f->index->dir.text, &f->manifest);
	}
	chore_forget(&chore);
	return st;
}
