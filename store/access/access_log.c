/* store/access/access_log.c - entries go to the newest file, which is read from its header on at every open: the chain
 * says whether it is whole. A broken end is cut off only where no intact entry follows; otherwise something in the
 * middle was changed: that file stays as it is, as evidence, and the next one begins behind its last readable entry.
 *
 * The next file is written under another name with its header and its first entry, synced and renamed: it is there
 * whole or not at all. Only then the oldest ones are removed, so what is missing is always noted in the newest file.
 */
#include "store/access/access_log.h"

#include "base/clock.h"
#include "base/json_out.h"
#include "base/utf8.h"
#include "store/access/access_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SYNC_EVERY_MS = 1000, QUOTA_DEFAULT = 256 << 20, FILES_DEFAULT = 16, FILE_LEAST = 4096 };

struct AccessLog {
	pthread_mutex_t mutex;
	char *archive_dir;
	AccessOptions options;
	int lock_fd, fd;
	uint32_t first, number; /* of the oldest file and of the one that is written */
	uint32_t dropped;       /* the newest file that was dropped, as the newest note says; 0: none was */
	uint64_t end, entries, synced_ms;
	bool unsynced, failed;
	Err damage; /* what was wrong with the newest file when the log was opened */
	Hash newest;
	Buf json, space;
};

/* ---- the next file --------------------------------------------------------------------------------------------- */

/* Which files are dropped when file `next` begins: all up to this number. The one before it always stays. A file that
 * somebody else removed is not among them, so that it stays missed. */
static uint32_t find_dropped(const AccessLog *log, uint32_t next)
{
	uint64_t kept = log->options.file_bytes;
	for (uint32_t number = next - 1; number >= log->first && number > log->dropped; number--) {
		FilePath path;
		Err ignored;
		struct stat info;
		if (access_file_path(&path, log->archive_dir, number, &ignored) != ST_OK || stat(path.text, &info) != 0)
			continue;
		kept += (uint64_t)info.st_size;
		if (kept > log->options.quota_bytes && number < next - 1)
			return number;
	}
	return log->dropped;
}

static void remove_dropped(AccessLog *log)
{
	FilePath path;
	Err ignored;
	for (; log->first <= log->dropped; log->first++)
		if (access_file_path(&path, log->archive_dir, log->first, &ignored) == ST_OK)
			unlink(path.text);
}

/* The first entry of a file that is not the first one. */
static void put_note(const AccessLog *log, uint32_t dropped, Buf *out)
{
	char stamp[CLOCK_STAMP_LEN + 1], before[32];
	JsonOut j;
	clock_format_utc(clock_utc_ms(), stamp);
	snprintf(before, sizeof before, "%08" PRIx32 ".log", log->number);
	jout_begin(&j, out);
	jout_open(&j, '{');
	jout_field_text(&j, "time", stamp);
	jout_field_text(&j, "who", "hoso");
	jout_field_text(&j, "action", "next-file");
	jout_field_text(&j, "what", before);
	jout_field_text(&j, "result", log->damage.code == ST_OK ? "ok" : "damaged");
	jout_field_u64(&j, "entries", log->entries);
	jout_key(&j, "last");
	jout_hex(&j, log->newest.bytes, STORE_HASH_LEN);
	jout_field_u64(&j, "dropped", dropped);
	jout_close(&j, '}');
}

/* The newest file that was dropped, as the first entry of a later one says it. */
static uint32_t note_dropped(Str json)
{
	uint64_t dropped = 0;
	Str key = STR("\"dropped\":"), digits;
	ptrdiff_t at = str_find(json, key); /* in a string its quotes would be escaped */
	if (at < 0)
		return 0;
	digits = str_slice(json, (size_t)at + key.len, json.len - 1);
	return str_to_u64(digits, &dropped) && dropped < UINT32_MAX ? (uint32_t)dropped : 0;
}

static Status sync_locked(AccessLog *log, Err *err)
{
	if (!log->unsynced || log->failed)
		return ST_OK;
	if (fdatasync(log->fd) != 0) {
		log->failed = true;
		return err_errno(err, errno, "sync the access log");
	}
	log->unsynced = false;
	log->synced_ms = clock_utc_ms();
	return ST_OK;
}

static Status begin_next_file(AccessLog *log, Err *err)
{
	AccessStart start = {log->number + 1, log->entries, log->newest};
	uint32_t dropped = find_dropped(log, start.number);
	char header[ACCESS_HEADER_LEN];
	FilePath path;
	Hash newest;
	Buf *b = &log->space;
	int fd = -1;
	access_header_put(&start, header);
	hash_of((Str){header, sizeof header}, &newest);
	buf_clear(&log->json);
	put_note(log, dropped, &log->json);
	buf_clear(b);
	buf_add(b, header, sizeof header);
	Status st = sync_locked(log, err);
	if (st == ST_OK)
		st = buf_ok(&log->json) ? access_entry_put(buf_str(&log->json), &newest, b, err) : err_no_memory(err);
	if (st == ST_OK)
		st = access_file_path(&path, log->archive_dir, start.number, err);
	if (st == ST_OK)
		st = file_replace(path.text, buf_str(b), err);
	if (st != ST_OK)
		return st;
	if ((fd = open(path.text, O_RDWR | O_CLOEXEC)) < 0)
		return err_errno(err, errno, "open %s", path.text);
	close_quietly(log->fd);
	log->fd = fd;
	log->number = start.number;
	log->end = b->len;
	log->entries++;
	log->newest = newest;
	log->dropped = dropped;
	remove_dropped(log);
	return ST_OK;
}

/* ---- open and close -------------------------------------------------------------------------------------------- */

static Status lock(AccessLog *log, Err *err)
{
	FilePath path;
	Status st = file_path(&path, log->archive_dir, "access", err);
	if (st == ST_OK)
		st = file_make_dirs(path.text, err);
	if (st == ST_OK)
		st = file_path(&path, log->archive_dir, "access/LOCK", err);
	if (st != ST_OK)
		return st;
	log->lock_fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (log->lock_fd < 0)
		return err_errno(err, errno, "open %s", path.text);
	st = file_lock(log->lock_fd, false, path.text, err);
	return st == ST_BUSY ? err_set(err, ST_BUSY, "another process writes the access log of %s", log->archive_dir)
			     : st;
}

/* The first file of all, or what a crash left of it. */
static Status make_first_file(AccessLog *log, Err *err)
{
	AccessStart start = {.number = 1};
	char header[ACCESS_HEADER_LEN];
	FilePath path;
	access_header_put(&start, header);
	Status st = access_file_path(&path, log->archive_dir, 1, err);
	return st == ST_OK ? file_replace(path.text, (Str){header, sizeof header}, err) : st;
}

static Status open_newest(AccessLog *log, Err *err)
{
	FilePath path;
	struct stat info;
	Status st = access_file_range(log->archive_dir, &log->first, &log->number, err);
	if (st == ST_OK && !log->number)
		log->first = log->number = 1;
	if (st == ST_OK)
		st = access_file_path(&path, log->archive_dir, log->number, err);
	if (st == ST_OK && log->number == 1 && (stat(path.text, &info) != 0 || info.st_size < ACCESS_HEADER_LEN))
		st = make_first_file(log, err);
	if (st != ST_OK)
		return st;
	log->fd = open(path.text, O_RDWR | O_CLOEXEC);
	return log->fd < 0 ? err_errno(err, errno, "open %s", path.text) : ST_OK;
}

/* Reads the newest file, cuts off its torn end, and removes what it says was dropped. Behind a damaged one the next
 * begins. */
static Status take_up(AccessLog *log, Err *err)
{
	AccessReader r = {0};
	Str json;
	Step step = STEP_END;
	Status st = access_reader_begin(&r, log->fd, log->number, err);
	uint64_t before = r.entries;
	while (st == ST_OK && (step = access_reader_next(&r, &json, err)) == STEP_ITEM)
		if (r.entries == before + 1 && log->number > 1)
			log->dropped = note_dropped(json);
	if (st == ST_OK && step == STEP_ERROR) {
		if (err->code != ST_CORRUPT || access_reader_finds_more(&r))
			st = err->code;
		else if (ftruncate(log->fd, (off_t)r.at) != 0 || fdatasync(log->fd) != 0)
			st = err_errno(err, errno, "cut off the access log's torn end");
	}
	access_reader_done(&r);
	if (st != ST_OK && st != ST_CORRUPT)
		return st;
	log->end = r.at;
	log->entries = r.entries;
	log->newest = r.newest;
	if (st == ST_CORRUPT) {
		log->damage = *err;
		st = begin_next_file(log, err);
		log->damage.code = ST_OK; /* later files follow on a whole one */
		return st;
	}
	if (log->dropped >= log->number)
		log->dropped = 0;
	remove_dropped(log);
	return ST_OK;
}

Status access_log_open_with(AccessLog **out, const char *archive_dir, const AccessOptions *options, Err *err)
{
	AccessLog *log = calloc(1, sizeof *log);
	if (!log)
		return err_no_memory(err);
	log->lock_fd = log->fd = -1;
	log->options = *options;
	if (!log->options.quota_bytes)
		log->options.quota_bytes = QUOTA_DEFAULT;
	if (!log->options.file_bytes)
		log->options.file_bytes = log->options.quota_bytes / FILES_DEFAULT;
	if (log->options.file_bytes < FILE_LEAST)
		log->options.file_bytes = FILE_LEAST;
	pthread_mutex_init(&log->mutex, NULL);
	log->archive_dir = strdup(archive_dir);
	Status st = log->archive_dir ? lock(log, err) : err_no_memory(err);
	if (st == ST_OK)
		st = open_newest(log, err);
	if (st == ST_OK)
		st = take_up(log, err);
	if (st == ST_OK)
		*out = log;
	else
		access_log_close(log);
	return st;
}

Status access_log_open(AccessLog **out, const char *archive_dir, Err *err)
{
	return access_log_open_with(out, archive_dir, &(AccessOptions){0}, err);
}

void access_log_close(AccessLog *log)
{
	Err ignored;
	if (!log)
		return;
	if (log->fd >= 0)
		access_log_sync(log, &ignored);
	close_quietly(log->fd);
	close_quietly(log->lock_fd);
	buf_done(&log->json);
	buf_done(&log->space);
	pthread_mutex_destroy(&log->mutex);
	free(log->archive_dir);
	free(log);
}

/* ---- adding ---------------------------------------------------------------------------------------------------- */

static void put_json(const AccessEntry *entry, Buf *out)
{
	char stamp[CLOCK_STAMP_LEN + 1];
	JsonOut j;
	clock_format_utc(clock_utc_ms(), stamp);
	jout_begin_log(&j, out);
	jout_open(&j, '{');
	jout_field_text(&j, "time", stamp);
	jout_field_str(&j, "who", entry->who);
	jout_field_str(&j, "action", entry->action);
	jout_field_str(&j, "what", str_slice(entry->what, 0, utf8_cut(entry->what, ACCESS_WHAT_MAX)));
	jout_field_str(&j, "result", entry->result);
	jout_field_str(&j, "request_id", entry->request_id);
	jout_close(&j, '}');
}

static Status add_locked(AccessLog *log, const AccessEntry *entry, Err *err)
{
	Hash newest;
	if (log->failed)
		return err_set(err, ST_READ_ONLY, "the access log failed before; open it anew");
	Status st = log->end >= log->options.file_bytes ? begin_next_file(log, err) : ST_OK;
	if (st != ST_OK)
		return st;
	newest = log->newest;
	buf_clear(&log->json);
	buf_clear(&log->space);
	put_json(entry, &log->json);
	st = buf_ok(&log->json) ? access_entry_put(buf_str(&log->json), &newest, &log->space, err) : err_no_memory(err);
	if (st == ST_OK)
		st = file_pwrite(log->fd, log->space.data, log->space.len, log->end, "access log", err);
	if (st != ST_OK)
		return st;
	log->newest = newest;
	log->end += log->space.len;
	log->entries++;
	log->unsynced = true;
	return clock_utc_ms() - log->synced_ms >= SYNC_EVERY_MS ? sync_locked(log, err) : ST_OK;
}

Status access_log_add(AccessLog *log, const AccessEntry *entry, Err *err)
{
	pthread_mutex_lock(&log->mutex);
	Status st = add_locked(log, entry, err);
	pthread_mutex_unlock(&log->mutex);
	return st;
}

const char *access_log_damage(const AccessLog *log)
{
	return log->damage.text;
}

Status access_log_sync(AccessLog *log, Err *err)
{
	pthread_mutex_lock(&log->mutex);
	Status st = sync_locked(log, err);
	pthread_mutex_unlock(&log->mutex);
	return st;
}

void access_log_head(AccessLog *log, uint64_t *entries_out, Hash *newest_out)
{
	pthread_mutex_lock(&log->mutex);
	*entries_out = log->entries;
	*newest_out = log->newest;
	pthread_mutex_unlock(&log->mutex);
}

/* ---- reading it all -------------------------------------------------------------------------------------------- */

typedef struct {
	void (*each)(void *ctx, uint64_t number, Str json);
	void *ctx;
	uint64_t entries;
	Hash newest;
	uint32_t dropped; /* as the newest file says */
} Walk;

/* before: a file was read before this one, so it must go on from there. */
static Status read_file(Walk *walk, const char *archive_dir, uint32_t number, bool before, Err *err)
{
	FilePath path;
	AccessReader r;
	Str json;
	Step step = STEP_END;
	Status st = access_file_path(&path, archive_dir, number, err);
	if (st != ST_OK)
		return st;
	int fd = open(path.text, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, ST_CORRUPT, "access/%08" PRIx32 ".log is missing", number);
	st = access_reader_begin(&r, fd, number, err);
	if (st == ST_OK && before &&
	    (r.start.entries_before != walk->entries || !hash_eq(&r.start.previous, &walk->newest)))
		st = err_set(err, ST_CORRUPT, "access/%08" PRIx32 ".log does not go on from the file before it",
			     number);
	while (st == ST_OK && (step = access_reader_next(&r, &json, err)) == STEP_ITEM) {
		if (number > 1 && r.entries == r.start.entries_before + 1)
			walk->dropped = note_dropped(json);
		if (walk->each)
			walk->each(walk->ctx, r.entries - 1, json);
	}
	if (st == ST_OK && step == STEP_ERROR)
		st = err->code;
	walk->entries = r.entries;
	walk->newest = r.newest;
	access_reader_done(&r);
	close_quietly(fd);
	return st;
}

Status access_log_read(const char *archive_dir, void (*each)(void *ctx, uint64_t number, Str json), void *ctx,
		       uint64_t *entries_out, Hash *newest_out, Err *err)
{
	Walk walk = {.each = each, .ctx = ctx};
	uint32_t first, last;
	Status st = access_file_range(archive_dir, &first, &last, err);
	if (st == ST_OK && !last)
		st = err_set(err, ST_NOT_FOUND, "%s has no access log", archive_dir);
	for (uint32_t number = first; st == ST_OK && number <= last; number++)
		st = read_file(&walk, archive_dir, number, number > first, err);
	if (st == ST_OK && first > walk.dropped + 1)
		st = err_set(err, ST_CORRUPT, "access/%08" PRIx32 ".log is missing, and was not dropped by the quota",
			     walk.dropped + 1);
	if (st == ST_OK) {
		*entries_out = walk.entries;
		*newest_out = walk.newest;
	}
	return st;
}
