/* indexer/shards/snapshot.c - reads the manifest and the live shard's state, and opens shards when they are asked for.
 *
 * Whether the disk has a newer state is told by stamps of two files that are replaced by rename at every change: the
 * MANIFEST and the live shard's sums. So looking costs two stat calls.
 *
 * Xapian reads the live shard as long as a Matcher is used. Before a Matcher is used again the stamp of that shard's
 * table is compared: where somebody wrote to it, the shard is opened, and so checked, anew.
 */
#include "indexer/shards/snapshot.h"

#include "base/file.h"
#include "indexer/shards/live.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIVE_TRIES = 100, LIVE_PAUSE_US = 1000 /* a commit under way ends soon */ };

/* A hash of the file's identity, size and time of change; 0: it is not there. */
static uint64_t stamp_of(const char *dir, const char *name)
{
	FilePath path;
	struct stat info;
	Err ignored;
	if (file_path(&path, dir, name, &ignored) != ST_OK || stat(path.text, &info) != 0)
		return 0;
	uint64_t parts[4] = {(uint64_t)info.st_ino, (uint64_t)info.st_mtim.tv_sec, (uint64_t)info.st_mtim.tv_nsec,
			     (uint64_t)info.st_size};
	return str_hash((Str){(const char *)parts, sizeof parts}) | 1;
}

static Status add_dir(Snapshot *s, const char *index_dir, const char *name, Err *err)
{
	FilePath path;
	Status st = file_path(&path, index_dir, name, err);
	if (st != ST_OK)
		return st;
	char *copy = strdup(path.text);
	if (!copy)
		return err_no_memory(err);
	s->dirs[s->dir_count++] = copy;
	return ST_OK;
}

static void free_snapshot(Snapshot *s)
{
	for (size_t i = 0; i < s->idle_count; i++)
		matcher_close(s->idle[i]);
	for (size_t i = 0; i < s->dir_count; i++) {
		free(s->dirs[i]);
		if (s->sealed)
			match_shard_drop(s->sealed[i]);
		if (s->dead_docids)
			free((void *)s->dead_docids[i].docids);
	}
	free(s->dead_docids);
	free(s->shards);
	free(s->sealed);
	free(s->dirs);
	free(s->from);
	free(s->dead.list);
	manifest_done(&s->manifest);
	pthread_mutex_destroy(&s->mutex);
	free(s);
}

/* Reads the live shard's state once its files fit their sums, before and afterwards. */
static Status read_live(Snapshot *s, const char *dir, uint64_t *to, uint64_t *documents, Err *err)
{
	Status st = ST_CONFLICT;
	size_t dead = s->dead.count;
	uint64_t unreadable = s->dead.unreadable;
	for (int i = 0; i < LIVE_TRIES && st == ST_CONFLICT; i++) {
		GlassSums *sums = NULL;
		if (i > 0)
			usleep(LIVE_PAUSE_US);
		s->dead.count = dead;
		s->dead.unreadable = unreadable;
		s->live_stamp = stamp_of(dir, "sums");
		s->live_table_stamp = stamp_of(dir, "postlist.glass");
		st = live_check(dir, false, &sums, err);
		if (st == ST_OK)
			st = live_state(dir, to, documents, &s->dead, err);
		if (st == ST_OK)
			st = glass_sums_check_version(sums, dir, err);
		glass_sums_free(sums);
	}
	if (st != ST_OK)
		s->dead.count = dead;
	return st;
}

static Status add_live(Snapshot *s, const char *index_dir, Store *store, BadShards *bad, Err *err)
{
	uint64_t to = 0, documents = 0;
	FilePath dir;
	Status st = file_path(&dir, index_dir, s->manifest.live_name, err);
	if (st != ST_OK)
		return st;
	if (bad_shards_has(bad, s->manifest.live_name)) {
		s->left_out++;
		return ST_OK;
	}
	st = read_live(s, dir.text, &to, &documents, err);
	if (st == ST_OK && to > store_tree_size(store)) /* another process appended */
		st = store_refresh(store, err);
	if (st == ST_OK && (to < s->manifest.live_from || to > store_tree_size(store)))
		st = err_set(err, ST_CORRUPT, "the live shard does not fit the archive");
	s->live_damaged = st == ST_CORRUPT;
	s->left_out += s->live_damaged;
	if (st != ST_OK) /* nothing is committed yet, or it is damaged: the follower makes it anew */
		return ST_OK;
	s->from[s->dir_count] = s->manifest.live_from;
	st = add_dir(s, index_dir, s->manifest.live_name, err);
	if (st != ST_OK)
		return st;
	s->has_live = true;
	s->position = to;
	s->documents += documents;
	return ST_OK;
}

static Status split_dead(Snapshot *s, Err *err)
{
	s->dead_docids = calloc(s->dir_count + 1, sizeof *s->dead_docids);
	for (size_t i = 0; s->dead_docids && s->dead.count && i < s->dir_count; i++) {
		uint64_t end = i + 1 < s->dir_count ? s->from[i + 1] : UINT64_MAX;
		uint32_t *docids = malloc(s->dead.count * sizeof *docids);
		size_t count = 0;
		for (size_t d = 0; docids && d < s->dead.count; d++)
			if (s->dead.list[d] >= s->from[i] && s->dead.list[d] < end)
				docids[count++] = (uint32_t)(s->dead.list[d] - s->from[i] + 1);
		if (!docids)
			return err_no_memory(err);
		s->dead_docids[i] = (QueryDead){docids, count};
	}
	return s->dead_docids ? ST_OK : err_no_memory(err);
}

static Status fill(Snapshot *s, const char *index_dir, Store *store, BadShards *bad, Err *err)
{
	const Manifest *m = &s->manifest;
	s->dirs = calloc(m->count + 1, sizeof *s->dirs);
	s->from = calloc(m->count + 1, sizeof *s->from);
	s->shards = calloc(m->count + 1, sizeof *s->shards);
	s->sealed = calloc(m->count + 1, sizeof *s->sealed);
	if (!s->dirs || !s->from || !s->shards || !s->sealed)
		return err_no_memory(err);
	s->position = m->live_from;
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < m->count; i++) {
		if (bad_shards_has(bad, m->shards[i].name)) {
			s->left_out++;
			continue;
		}
		s->from[s->dir_count] = m->shards[i].from;
		s->shards[s->dir_count] = m->shards[i];
		st = add_dir(s, index_dir, m->shards[i].name, err);
		s->documents += m->shards[i].documents;
	}
	if (st == ST_OK && !superseded_add_all(&s->dead, &m->superseded))
		st = err_no_memory(err);
	if (st == ST_OK && m->live_name[0])
		st = add_live(s, index_dir, store, bad, err);
	superseded_sort(&s->dead);
	return st == ST_OK ? split_dead(s, err) : st;
}

/* Takes over the shards that the snapshot before has open and that have not changed. */
static void share_sealed(Snapshot *s, Snapshot *before)
{
	pthread_mutex_lock(&before->mutex);
	for (size_t i = 0; i + s->has_live < s->dir_count; i++)
		for (size_t b = 0; b + before->has_live < before->dir_count; b++)
			if (before->sealed[b] && strcmp(s->shards[i].name, before->shards[b].name) == 0 &&
			    memcmp(&s->shards[i].sha256, &before->shards[b].sha256, sizeof s->shards[i].sha256) == 0)
				s->sealed[i] = match_shard_hold(before->sealed[b]);
	pthread_mutex_unlock(&before->mutex);
}

static Status load_manifest(Snapshot *s, const char *index_dir, Store *store, const Snapshot *before, Err *err)
{
	Status st = manifest_load(index_dir, store, &s->manifest, err);
	if (st == ST_OK || st == ST_NO_MEMORY || st == ST_IO)
		return st;
	s->manifest_lost = before && (before->manifest.count || before->manifest.live_name[0]);
	return s->manifest_lost ? manifest_copy(&s->manifest, &before->manifest, err) : ST_OK;
}

Status snapshot_load(Snapshot **out, const char *index_dir, Store *store, BadShards *bad, Snapshot *before, Err *err)
{
	Snapshot *s = calloc(1, sizeof *s);
	if (!s)
		return err_no_memory(err);
	pthread_mutex_init(&s->mutex, NULL);
	s->users = 1;
	s->manifest_stamp = stamp_of(index_dir, "MANIFEST");
	Status st = load_manifest(s, index_dir, store, before, err);
	if (st == ST_OK)
		st = fill(s, index_dir, store, bad, err);
	if (st != ST_OK) {
		free_snapshot(s);
		return st;
	}
	if (before)
		share_sealed(s, before);
	*out = s;
	return ST_OK;
}

void snapshot_hold(Snapshot *s)
{
	__atomic_add_fetch(&s->users, 1, __ATOMIC_RELAXED); /* not behind the mutex: shards are opened under that */
}

void snapshot_drop(Snapshot *s)
{
	if (s && __atomic_sub_fetch(&s->users, 1, __ATOMIC_ACQ_REL) == 0)
		free_snapshot(s);
}

bool snapshot_is_current(const Snapshot *s, const char *index_dir)
{
	FilePath live;
	Err ignored;
	if (stamp_of(index_dir, "MANIFEST") != s->manifest_stamp)
		return false;
	if (!s->manifest.live_name[0])
		return true;
	return file_path(&live, index_dir, s->manifest.live_name, &ignored) == ST_OK &&
	       stamp_of(live.text, "sums") == s->live_stamp;
}

const char *snapshot_shard_name(const Snapshot *s, size_t at)
{
	return at + s->has_live < s->dir_count ? s->shards[at].name : s->manifest.live_name;
}

static Status open_sealed(Snapshot *s, size_t *at_out, Err *err)
{
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i + s->has_live < s->dir_count; i++) {
		*at_out = i;
		if (!s->sealed[i])
			st = match_shard_open(&s->sealed[i], s->dirs[i], true, err);
	}
	return st;
}

/* Nobody wrote to the table that Xapian has open since it was checked. */
static bool live_is_untouched(const Snapshot *s)
{
	return !s->has_live || stamp_of(s->dirs[s->dir_count - 1], "postlist.glass") == s->live_table_stamp;
}

Status snapshot_take_matcher(Snapshot *s, Matcher **out, size_t *at_out, Err *err)
{
	Status st = ST_OK;
	bool reuse = live_is_untouched(s);
	*at_out = 0;
	pthread_mutex_lock(&s->mutex);
	Matcher *matcher = reuse && s->idle_count ? s->idle[--s->idle_count] : NULL;
	if (!matcher)
		st = open_sealed(s, at_out, err);
	pthread_mutex_unlock(&s->mutex);
	if (matcher || st != ST_OK) {
		*out = matcher;
		return st;
	}
	*at_out = s->dir_count - 1;
	return matcher_open(out, s->sealed, s->dir_count - s->has_live, s->has_live ? s->dirs[s->dir_count - 1] : NULL,
			    err);
}

void snapshot_give_matcher(Snapshot *s, Matcher *matcher, bool reusable)
{
	pthread_mutex_lock(&s->mutex);
	if (reusable && matcher && s->idle_count < SNAPSHOT_IDLE_MAX) {
		s->idle[s->idle_count++] = matcher;
		matcher = NULL;
	}
	pthread_mutex_unlock(&s->mutex);
	matcher_close(matcher);
}
