/* indexer/shards/index.c - see index.h: opening, the current snapshot, the lock. The follower is in follow.c. */
#include "indexer/shards/index_parts.h"

#include "base/clock.h"
#include "base/file.h"
#include "indexer/shards/follow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOOK_AGAIN_US = 20000 };

Status index_open(Index **out, Store *store, const IndexOptions *options, Err *err)
{
	Index *index = calloc(1, sizeof *index);
	if (!index)
		return err_no_memory(err);
	index->store = store;
	index->options = options ? *options : (IndexOptions){0};
	index->check_wanted = index->options.check_shards;
	if (!index->options.threads) {
		long cores = sysconf(_SC_NPROCESSORS_ONLN);
		index->options.threads = cores < 1 ? 1 : cores > 16 ? 16 : (unsigned)cores;
	}
	if (!index->options.memory_bytes)
		index->options.memory_bytes = 96u << 20;
	pthread_mutex_init(&index->mutex, NULL);
	pthread_rwlock_init(&index->live_gate, NULL);
	pthread_cond_init(&index->changed, NULL);
	int len = snprintf(index->dir, sizeof index->dir, "%s/index", store_dir(store));
	Status st = len < (int)sizeof index->dir ? index_reload(index, true, err)
						 : err_set(err, ST_LIMIT, "archive path too long");
	if (st != ST_OK) {
		index_close(index);
		return st;
	}
	*out = index;
	return ST_OK;
}

void index_close(Index *index)
{
	if (!index)
		return;
	index_follower_stop(index);
	snapshot_drop(index->current);
	free(index->bad);
	while (index->idle_token_count)
		token_iter_free(index->idle_tokens[--index->idle_token_count]);
	pthread_mutex_destroy(&index->mutex);
	pthread_rwlock_destroy(&index->live_gate);
	pthread_cond_destroy(&index->changed);
	free(index);
}

TokenIter *index_take_tokens(Index *index, Err *err)
{
	pthread_mutex_lock(&index->mutex);
	TokenIter *tokens = index->idle_token_count ? index->idle_tokens[--index->idle_token_count] : NULL;
	pthread_mutex_unlock(&index->mutex);
	return tokens ? tokens : token_iter_new(err);
}

void index_give_tokens(Index *index, TokenIter *tokens)
{
	pthread_mutex_lock(&index->mutex);
	if (tokens && index->idle_token_count < INDEX_IDLE_TOKENS) {
		index->idle_tokens[index->idle_token_count++] = tokens;
		tokens = NULL;
	}
	pthread_mutex_unlock(&index->mutex);
	token_iter_free(tokens);
}

bool index_shard_is_bad(Index *index, const char *name)
{
	bool found = false;
	pthread_mutex_lock(&index->mutex);
	for (size_t i = 0; i < index->bad_count; i++)
		found |= strcmp(index->bad[i], name) == 0;
	pthread_mutex_unlock(&index->mutex);
	return found;
}

void index_mark_bad(Index *index, const char *name)
{
	pthread_mutex_lock(&index->mutex);
	void *grown = realloc(index->bad, (index->bad_count + 1) * sizeof *index->bad);
	if (grown) {
		index->bad = grown;
		snprintf(index->bad[index->bad_count++], SHARD_NAME_MAX, "%s", name);
	}
	pthread_mutex_unlock(&index->mutex);
}

void index_want_check(Index *index)
{
	pthread_mutex_lock(&index->mutex);
	index->check_wanted = true;
	pthread_mutex_unlock(&index->mutex);
	index_notify(index);
}

Snapshot *index_take_snapshot(Index *index)
{
	pthread_mutex_lock(&index->mutex);
	Snapshot *s = index->current;
	snapshot_hold(s);
	pthread_mutex_unlock(&index->mutex);
	return s;
}

Status index_reload(Index *index, bool force, Err *err)
{
	Snapshot *fresh = NULL, *old;
	Status problem;
	pthread_mutex_lock(&index->mutex);
	bool is_current = !force && index->current && snapshot_is_current(index->current, index->dir);
	index->checked_us = clock_monotonic_us();
	bool is_first = !index->current;
	pthread_mutex_unlock(&index->mutex);
	if (is_current)
		return ST_OK;
	Snapshot *before = is_first ? NULL : index_take_snapshot(index);
	Status st = snapshot_load(&fresh, index, before, &problem, err);
	snapshot_drop(before);
	if (st != ST_OK)
		return st;
	pthread_mutex_lock(&index->mutex);
	old = index->current;
	index->current = fresh;
	pthread_cond_broadcast(&index->changed);
	pthread_mutex_unlock(&index->mutex);
	snapshot_drop(old);
	return ST_OK;
}

Status index_refresh(Index *index, Err *err)
{
	pthread_mutex_lock(&index->mutex);
	bool recently = clock_monotonic_us() - index->checked_us < LOOK_AGAIN_US;
	pthread_mutex_unlock(&index->mutex);
	return recently ? ST_OK : index_reload(index, false, err);
}

void index_state(Index *index, IndexState *out)
{
	Snapshot *s = index_take_snapshot(index);
	*out = (IndexState){.position = s->position, .sealed_shards = s->manifest.count};
	for (size_t i = 0; i < s->manifest.count; i++)
		out->bytes += s->manifest.shards[i].bytes;
	uint64_t sealed = 0;
	for (size_t i = 0; i < s->manifest.count; i++)
		sealed += s->manifest.shards[i].documents;
	out->live_documents = s->documents - sealed;
	out->dead_documents = s->dead.count;
	out->documents = s->documents - s->dead.count;
	snapshot_drop(s);
	pthread_mutex_lock(&index->mutex);
	out->problem = index->problem.code == ST_OK ? NULL : index->problem.text;
	pthread_mutex_unlock(&index->mutex);
}

Status index_lock(Index *index, int *fd_out, Err *err)
{
	char path[4200];
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	Status st = file_make_dirs(index->dir, err);
	if (st != ST_OK)
		return st;
	snprintf(path, sizeof path, "%s/LOCK", index->dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_errno(err, errno, "open %s", path);
	if (fcntl(fd, F_OFD_SETLK, &lock) != 0) {
		int saved = errno;
		close(fd);
		if (saved == EAGAIN || saved == EACCES)
			return err_set(err, ST_BUSY, "another process is writing the index");
		return err_errno(err, saved, "lock %s", path);
	}
	*fd_out = fd;
	return ST_OK;
}

static bool is_kept(const Manifest *keep, const char *name)
{
	if (name[0] == '.' || strcmp(name, "MANIFEST") == 0 || strcmp(name, "LOCK") == 0 ||
	    strcmp(name, keep->live_name) == 0)
		return true;
	for (size_t i = 0; i < keep->count; i++)
		if (strcmp(name, keep->shards[i].name) == 0)
			return true;
	return false;
}

void index_sweep(Index *index, const Manifest *keep)
{
	DIR *dir = opendir(index->dir);
	if (!dir)
		return;
	for (struct dirent *entry; (entry = readdir(dir));) {
		char path[4400];
		Err ignored;
		if (is_kept(keep, entry->d_name))
			continue;
		snprintf(path, sizeof path, "%s/%s", index->dir, entry->d_name);
		file_remove_tree(path, &ignored);
	}
	closedir(dir);
}
