/* store/log/open.c - making, opening and closing an archive. FORMAT (place.h) is written last when one is made and read
 * first when it is opened: a directory without it is no archive, and one of a newer format is refused before anything
 * else is read. */
#include "store/log/store.h"

#include "store/log/catalogue.h"
#include "store/log/files.h"
#include "store/log/follow.h"
#include "store/log/live.h"
#include "store/log/load.h"
#include "store/log/place.h"
#include "store/log/recover.h"
#include "store/log/segments.h"
#include "store/log/tree.h"
#include "store/log/writer.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* Everything in the archive is made for its owner alone; one that was made by an older version lies in a folder that
 * others may enter. Shutting that suffices, for LOCK too: nobody else can hold it and so keep the writer out. */
static void shut_others_out(const char *dir)
{
	struct stat info;
	if (stat(dir, &info) == 0 && info.st_uid == geteuid() && (info.st_mode & 077) != 0)
		chmod(dir, info.st_mode & 0700);
}

/* ---- init ------------------------------------------------------------------------------------------------------ */

/* Empty apart from what an interrupted store_init leaves; the index may have been made first. */
static Status check_is_free(const char *dir, Err *err)
{
	static const char *const own[] = {".",      "..",    "LOCK",      "segments", "keys",
					  "access", "index", "catalogue", "durable"};
	DIR *handle = opendir(dir);
	if (!handle)
		return err_errno(err, errno, "open directory %s", dir);
	Status st = ST_OK;
	for (struct dirent *entry; st == ST_OK && (entry = readdir(handle));) {
		bool known = strncmp(entry->d_name, "FORMAT.tmp.", 11) == 0;
		for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
			known = known || strcmp(entry->d_name, own[i]) == 0;
		if (!known)
			st = err_set(err, ST_INVALID, "%s holds other things (%.100s); choose an empty directory", dir,
				     entry->d_name);
	}
	closedir(handle);
	return st;
}

static Status make_part(const char *dir, const char *part, Err *err)
{
	FilePath path;
	Status st = file_path(&path, dir, part, err);
	return st == ST_OK ? file_make_dirs(path.text, err) : st;
}

Status store_init(const char *dir, Err *err)
{
	static const char *const parts[] = {"segments", "keys", "access", "catalogue"};
	FilePath path;
	uint8_t id[ARCHIVE_ID_LEN];
	Buf text = {0};
	Status st = file_path(&path, dir, "FORMAT", err);
	if (st == ST_OK && file_exists(path.text))
		st = err_set(err, ST_CONFLICT, "%s is an archive already", dir);
	if (st == ST_OK)
		st = file_make_dirs(dir, err);
	if (st == ST_OK)
		st = check_is_free(dir, err);
	for (size_t i = 0; st == ST_OK && i < sizeof parts / sizeof parts[0]; i++)
		st = make_part(dir, parts[i], err);
	if (st == ST_OK && getrandom(id, sizeof id, 0) != (ssize_t)sizeof id)
		st = err_errno(err, errno, "get random bytes");
	if (st != ST_OK)
		return st;
	place_put_format(id, &text);
	shut_others_out(dir);
	st = buf_ok(&text) ? file_replace(path.text, buf_str(&text), err) : err_no_memory(err);
	buf_done(&text);
	return st;
}

/* ---- open and close -------------------------------------------------------------------------------------------- */

void store_options_default(StoreOptions *out)
{
	*out = (StoreOptions){
		.segment_bytes = UINT64_C(256) << 20,
		.reserve_bytes = UINT64_C(64) << 20,
		.buffer_bytes = 4 << 20,
		.files_max = 128,
		.sample_bytes = 4 << 20,
	};
}

Status store_open(Store **out, const char *dir, Err *err)
{
	StoreOptions options;
	store_options_default(&options);
	return store_open_with(out, dir, &options, err);
}

/* glibc's default lets readers starve a writer for ever. */
static void make_lock(pthread_rwlock_t *lock)
{
	pthread_rwlockattr_t attributes;
	pthread_rwlockattr_init(&attributes);
	pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(lock, &attributes);
	pthread_rwlockattr_destroy(&attributes);
}

Status store_open_with(Store **out, const char *dir, const StoreOptions *options, Err *err)
{
	Store *store = calloc(1, sizeof *store);
	if (!store)
		return err_no_memory(err);
	store->options = *options;
	store->dir = strdup(dir);
	make_lock(&store->lock);
	pthread_mutex_init(&store->writer.mutex, NULL);
	pthread_mutex_init(&store->catalogue_mutex, NULL);
	pthread_mutex_init(&store->writer.sync_mutex, NULL);
	pthread_cond_init(&store->writer.synced, NULL);
	store->writer.lock_fd = store->writer.live_fd = store->writer.mark_fd = store->tree.fd = -1;
	Status st = store->dir ? place_read_format(store, err) : err_no_memory(err);
	if (st == ST_OK) {
		place_note(store);
		shut_others_out(dir);
	}
	if (st == ST_OK)
		tree_open(store); /* makes the directory catalogue/ too */
	if (st == ST_OK)
		st = writer_open(store, err);
	if (st == ST_OK)
		st = archive_load(store, true, err);
	if (st != ST_OK) {
		store_close(store);
		return st;
	}
	*out = store;
	return ST_OK;
}

void store_close(Store *store)
{
	if (!store)
		return;
	if (store->writer.depth > 0) {
		store->writer.depth = 1;
		writing_end(store);
	}
	writer_close(store);
	if (store->tree.fd >= 0)
		tree_close(store);
	segments_drop_after(store, 0);
	free(store->segments);
	table_done(&store->table);
	catalogue_close(&store->catalogue);
	while (store->dicts) {
		DictNode *next = store->dicts->next;
		dictionary_free(store->dicts->dict);
		free(store->dicts);
		store->dicts = next;
	}
	pthread_rwlock_destroy(&store->lock);
	pthread_mutex_destroy(&store->writer.mutex);
	pthread_mutex_destroy(&store->catalogue_mutex);
	pthread_mutex_destroy(&store->writer.sync_mutex);
	pthread_cond_destroy(&store->writer.synced);
	free(store->dir);
	free(store);
}

/* The writer's mutex held. */
static Status look_for_news(Store *store, Err *err)
{
	Status st = ST_OK;
	if (store->writer.depth == 0 && archive_has_news(store)) {
		if (store->damage.code != ST_OK) {
			st = archive_load(store, false, err); /* it may have been mended */
		} else {
			pthread_rwlock_wrlock(&store->lock);
			st = archive_follow(store, err);
			pthread_rwlock_unlock(&store->lock);
		}
		if (st == ST_OK && store->committed.segment > 1)
			catalogue_cover(store, store->committed.segment - 1);
	}
	if (files_recheck(store) && store->writer.depth == 0)
		live_forget_dictionary(store); /* something may have been destroyed that it was trained on */
	return st;
}

Status store_refresh(Store *store, Err *err)
{
	if (pthread_mutex_trylock(&store->writer.mutex) != 0)
		return ST_OK; /* this process is writing: it sees its own commits anyway */
	Status st = look_for_news(store, err);
	pthread_mutex_unlock(&store->writer.mutex);
	return st;
}

Status store_expect(Store *store, uint64_t tree_size, const char *who, Err *err)
{
	if (store_tree_size(store) >= tree_size)
		return ST_OK;
	pthread_mutex_lock(&store->writer.mutex); /* waits for a look that is under way and began too early */
	Status st = look_for_news(store, err);
	uint64_t there = store->committed.tree_size;
	if (st == ST_OK && there < tree_size) {
		pthread_rwlock_wrlock(&store->lock);
		state_note_damage(
			store, "the end of the log is missing: %s knows %" PRIu64 " records, and %" PRIu64 " are there",
			who, tree_size, there);
		store->damage_judged = true; /* reading the log once more would not find what it never said */
		pthread_rwlock_unlock(&store->lock);
		st = store_damage(store, err);
	}
	pthread_mutex_unlock(&store->writer.mutex);
	return st;
}
