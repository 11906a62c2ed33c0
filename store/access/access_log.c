/* store/access/access_log.c - one file, which is read from its header on at every open: the chain says whether it is
 * whole. A broken end is cut off only where no intact entry follows; otherwise something in the middle was changed.
 */
#include "store/access/access_log.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json_out.h"
#include "store/format/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOG_HEADER_LEN = 64, ENTRY_HEADER_LEN = 8 + STORE_HASH_LEN, ENTRY_MAX = 1 << 16, SYNC_EVERY_MS = 1000 };

static const char LOG_MAGIC[8] = "HOSOACC\n";

struct AccessLog {
	pthread_mutex_t mutex;
	int fd;
	uint64_t end, entries, synced_ms;
	bool unsynced, failed;
	Hash newest;
	Buf space;
};

typedef struct {
	int fd;
	uint64_t at, end, entries;
	Hash newest;
	Buf bytes;
} AccessReader;

static Status log_path(const char *archive_dir, FilePath *out, Err *err)
{
	return file_path(out, archive_dir, "access/00000001.log", err);
}

/* The next entry's JSON. STEP_ERROR with ST_CORRUPT: what stands at r->at is no entry, or not the next one. */
static Step read_entry(AccessReader *r, Str *json_out, Err *err)
{
	uint8_t head[ENTRY_HEADER_LEN];
	if (r->at == r->end)
		return STEP_END;
	if (r->end - r->at >= ENTRY_HEADER_LEN &&
	    file_pread(r->fd, head, sizeof head, r->at, "access log", err) == ST_OK) {
		uint32_t len = get_le32(head);
		buf_clear(&r->bytes);
		buf_add(&r->bytes, head + 8, STORE_HASH_LEN);
		char *json = len <= ENTRY_MAX && len <= r->end - r->at - ENTRY_HEADER_LEN ? buf_extend(&r->bytes, len)
											  : NULL;
		if (json && file_pread(r->fd, json, len, r->at + ENTRY_HEADER_LEN, "access log", err) == ST_OK &&
		    get_le32(head + 4) == crc32c(crc32c(0, head, 4), r->bytes.data, r->bytes.len) &&
		    memcmp(head + 8, r->newest.bytes, STORE_HASH_LEN) == 0) {
			hash_of(buf_str(&r->bytes), &r->newest);
			r->at += ENTRY_HEADER_LEN + len;
			r->entries++;
			*json_out = str_slice(buf_str(&r->bytes), STORE_HASH_LEN, r->bytes.len);
			return STEP_ITEM;
		}
	}
	err_set(err, ST_CORRUPT, "the access log is broken at offset %" PRIu64 ", behind entry %" PRIu64, r->at,
		r->entries);
	return STEP_ERROR;
}

static Status begin_reading(AccessReader *r, int fd, Err *err)
{
	uint8_t header[LOG_HEADER_LEN];
	struct stat info;
	*r = (AccessReader){.fd = fd, .at = LOG_HEADER_LEN};
	if (fstat(fd, &info) != 0)
		return err_errno(err, errno, "look at the access log");
	r->end = (uint64_t)info.st_size;
	Status st = file_pread(fd, header, sizeof header, 0, "access log", err);
	if (st == ST_OK && (memcmp(header, LOG_MAGIC, 8) != 0 || get_le32(header + 60) != crc32c(0, header, 60)))
		st = err_set(err, ST_CORRUPT, "the access log's header is damaged");
	if (st == ST_OK)
		hash_of((Str){(const char *)header, sizeof header}, &r->newest); /* the chain starts from the header */
	return st;
}

static Status make_log(int fd, const char *archive_dir, Err *err)
{
	uint8_t header[LOG_HEADER_LEN] = {0};
	FilePath dir;
	memcpy(header, LOG_MAGIC, 8);
	put_le32(header + 8, ARCHIVE_FORMAT);
	put_le64(header + 16, clock_utc_ms());
	put_le32(header + 60, crc32c(0, header, 60));
	Status st = file_pwrite(fd, header, sizeof header, 0, "access log", err);
	if (st == ST_OK && fsync(fd) != 0)
		st = err_errno(err, errno, "sync the access log");
	if (st == ST_OK)
		st = file_path(&dir, archive_dir, "access", err);
	return st == ST_OK ? file_sync_dir(dir.text, err) : st;
}

static Status open_for_writing(const char *archive_dir, int *fd_out, Err *err)
{
	FilePath path, dir;
	struct stat info;
	Status st = log_path(archive_dir, &path, err);
	if (st == ST_OK)
		st = file_path(&dir, archive_dir, "access", err);
	if (st == ST_OK)
		st = file_make_dirs(dir.text, err);
	if (st != ST_OK)
		return st;
	int fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(err, errno, "open %s", path.text);
	st = file_lock(fd, false, path.text, err);
	if (st == ST_BUSY)
		st = err_set(err, ST_BUSY, "another process writes the access log of %s", archive_dir);
	else if (st == ST_OK && fstat(fd, &info) != 0)
		st = err_errno(err, errno, "look at %s", path.text);
	else if (st == ST_OK && info.st_size < LOG_HEADER_LEN)
		st = make_log(fd, archive_dir, err);
	if (st != ST_OK) {
		close_quietly(fd);
		return st;
	}
	*fd_out = fd;
	return ST_OK;
}

/* Does an intact entry stand anywhere behind this place? Then it is no torn end. */
static bool entries_follow(const AccessReader *r)
{
	Err ignored;
	Buf rest = {0};
	bool found = false;
	uint64_t len = r->end - r->at < (1 << 20) ? r->end - r->at : 1 << 20;
	char *bytes = buf_extend(&rest, (size_t)len);
	if (bytes && file_pread(r->fd, bytes, (size_t)len, r->at, "access log", &ignored) == ST_OK) {
		for (size_t at = 1; !found && at + ENTRY_HEADER_LEN <= len; at++) {
			uint32_t entry_len = get_le32(bytes + at);
			found = entry_len && entry_len <= ENTRY_MAX && at + ENTRY_HEADER_LEN + entry_len <= len &&
				get_le32(bytes + at + 4) ==
					crc32c(crc32c(0, bytes + at, 4), bytes + at + 8, STORE_HASH_LEN + entry_len);
		}
	}
	buf_done(&rest);
	return found;
}

Status access_log_open(AccessLog **out, const char *archive_dir, Err *err)
{
	AccessReader r = {0};
	Str json;
	Step step = STEP_END;
	int fd = -1;
	AccessLog *log = calloc(1, sizeof *log);
	if (!log)
		return err_no_memory(err);
	Status st = open_for_writing(archive_dir, &fd, err);
	if (st == ST_OK)
		st = begin_reading(&r, fd, err);
	while (st == ST_OK && (step = read_entry(&r, &json, err)) == STEP_ITEM)
		continue;
	if (st == ST_OK && step == STEP_ERROR) {
		if (err->code != ST_CORRUPT || entries_follow(&r))
			st = err->code;
		else if (ftruncate(fd, (off_t)r.at) != 0 || fdatasync(fd) != 0)
			st = err_errno(err, errno, "cut off the access log's torn end");
	}
	buf_done(&r.bytes);
	if (st != ST_OK) {
		close_quietly(fd);
		free(log);
		return st;
	}
	*log = (AccessLog){.fd = fd, .end = r.at, .entries = r.entries, .newest = r.newest};
	pthread_mutex_init(&log->mutex, NULL);
	*out = log;
	return ST_OK;
}

static void put_json(const AccessEntry *entry, Buf *out)
{
	char stamp[CLOCK_STAMP_LEN + 1];
	JsonOut j;
	clock_format_utc(clock_utc_ms(), stamp);
	jout_begin(&j, out);
	jout_open(&j, '{');
	jout_field_text(&j, "time", stamp);
	jout_field_str(&j, "who", entry->who);
	jout_field_str(&j, "action", entry->action);
	jout_field_str(&j, "what", str_slice(entry->what, 0, 4096));
	jout_field_str(&j, "result", entry->result);
	jout_field_str(&j, "request_id", entry->request_id);
	jout_close(&j, '}');
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

Status access_log_add(AccessLog *log, const AccessEntry *entry, Err *err)
{
	pthread_mutex_lock(&log->mutex);
	Status st = log->failed ? err_set(err, ST_READ_ONLY, "the access log failed before; open it anew") : ST_OK;
	Buf *b = &log->space;
	buf_clear(b);
	buf_extend(b, 8);
	buf_add(b, log->newest.bytes, STORE_HASH_LEN);
	put_json(entry, b);
	if (st == ST_OK && !buf_ok(b))
		st = err_no_memory(err);
	if (st == ST_OK && b->len - ENTRY_HEADER_LEN > ENTRY_MAX)
		st = err_set(err, ST_LIMIT, "an access entry of %zu bytes", b->len);
	if (st == ST_OK) {
		put_le32(b->data, (uint32_t)(b->len - ENTRY_HEADER_LEN));
		put_le32(b->data + 4, crc32c(crc32c(0, b->data, 4), b->data + 8, b->len - 8));
		st = file_pwrite(log->fd, b->data, b->len, log->end, "access log", err);
	}
	if (st == ST_OK) {
		hash_of(str_slice(buf_str(b), 8, b->len), &log->newest);
		log->end += b->len;
		log->entries++;
		log->unsynced = true;
		if (clock_utc_ms() - log->synced_ms >= SYNC_EVERY_MS)
			st = sync_locked(log, err);
	}
	pthread_mutex_unlock(&log->mutex);
	return st;
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

void access_log_close(AccessLog *log)
{
	Err ignored;
	if (!log)
		return;
	access_log_sync(log, &ignored);
	close_quietly(log->fd);
	buf_done(&log->space);
	pthread_mutex_destroy(&log->mutex);
	free(log);
}

Status access_log_read(const char *archive_dir, void (*each)(void *ctx, uint64_t number, Str json), void *ctx,
		       uint64_t *entries_out, Hash *newest_out, Err *err)
{
	FilePath path;
	AccessReader r = {0};
	Str json;
	Step step = STEP_END;
	Status st = log_path(archive_dir, &path, err);
	if (st != ST_OK)
		return st;
	int fd = open(path.text, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "open %s", path.text);
	st = begin_reading(&r, fd, err);
	while (st == ST_OK && (step = read_entry(&r, &json, err)) == STEP_ITEM)
		if (each)
			each(ctx, r.entries - 1, json);
	if (st == ST_OK && step == STEP_ERROR)
		st = err->code;
	if (st == ST_OK) {
		*entries_out = r.entries;
		*newest_out = r.newest;
	}
	buf_done(&r.bytes);
	close_quietly(fd);
	return st;
}
