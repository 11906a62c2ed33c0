/* store/care/backup.c - backup, restore and repair (see keep.h): segments are copied whole and every copy is read back
 * and checked frame by frame before it counts. FORMAT comes last, so that a half-made copy is no archive. */
#include "base/file.h"
#include "store/log/internal.h"
#include "store/care/keep.h"
#include "store/care/rewrite.h"
#include "store/proof/checkpoint.h"
#include "store/proof/proof.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART = 1 << 20 };

static Status join(char out[static PATH_MAX], const char *dir, const char *name, Err *err)
{
	return snprintf(out, PATH_MAX, "%s/%s", dir, name) < PATH_MAX
		       ? ST_OK
		       : err_set(err, ST_LIMIT, "path too long: %.100s…", dir);
}

/* `len` bytes of a descriptor into a new file, synced. */
static Status copy_bytes(int from, uint64_t len, const char *from_name, const char *to_path, Err *err)
{
	char *space = malloc(PART);
	int to = open(to_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	Status st = !space ? err_no_memory(err) : to < 0 ? err_errno(err, errno, "create %s", to_path) : ST_OK;
	for (uint64_t at = 0; st == ST_OK && at < len;) {
		size_t part = len - at < PART ? (size_t)(len - at) : PART;
		st = file_pread(from, space, part, at, from_name, err);
		if (st == ST_OK)
			st = file_pwrite(to, space, part, at, to_path, err);
		at += part;
	}
	if (st == ST_OK && fsync(to) != 0)
		st = err_errno(err, errno, "sync %s", to_path);
	close_quietly(to);
	free(space);
	return st;
}

/* Every frame from the header to the end (`end`: of a live segment's committed part; 0: it must be sealed). */
static Status check_copy(const char *dir, uint32_t id, const uint8_t *archive_id, uint64_t end, Err *err)
{
	SegmentHeader header;
	SegmentFile *file = NULL;
	Scan scan;
	Frame frame;
	struct stat info;
	bool sealed;
	Step step = STEP_END;
	Status st = segment_file_open(&file, dir, id, archive_id, &header, &sealed, NULL, err);
	if (st == ST_OK && fstat(file->fd, &info) != 0)
		st = err_errno(err, errno, "look at %s", file->name);
	if (st == ST_OK && !end && !sealed)
		st = err_set(err, ST_CORRUPT, "segment %s in %s is not sealed", file->name, dir);
	if (st == ST_OK) {
		uint32_t ordinal = 0;
		scan_begin(&scan, file, SEGMENT_HEADER_LEN, end ? end : (uint64_t)info.st_size - SEGMENT_TRAILER_LEN);
		while ((step = scan_next(&scan, &frame, err)) == STEP_ITEM && frame.header.ordinal == ordinal)
			ordinal++;
		scan_done(&scan);
		if (step == STEP_ERROR)
			st = err->code;
		else if (step == STEP_ITEM)
			st = err_set(err, ST_CORRUPT, "segment %s in %s: a frame is missing before offset %" PRIu64,
				     file->name, dir, frame.offset);
	}
	segment_file_free(file);
	return st;
}

/* Is the copy of this sealed segment already there? The trailer holds generation, place and a sum seeded with both. */
static bool is_there(const char *to_path, int from, uint64_t len)
{
	uint8_t a[SEGMENT_TRAILER_LEN], b[SEGMENT_TRAILER_LEN], head_a[SEGMENT_HEADER_LEN], head_b[SEGMENT_HEADER_LEN];
	struct stat info;
	Err ignored;
	int to = open(to_path, O_RDONLY | O_CLOEXEC);
	bool same = to >= 0 && fstat(to, &info) == 0 && (uint64_t)info.st_size == len &&
		    file_pread(to, a, sizeof a, len - sizeof a, to_path, &ignored) == ST_OK &&
		    file_pread(from, b, sizeof b, len - sizeof b, to_path, &ignored) == ST_OK &&
		    memcmp(a, b, sizeof a) == 0 &&
		    file_pread(to, head_a, sizeof head_a, 0, to_path, &ignored) == ST_OK &&
		    file_pread(from, head_b, sizeof head_b, 0, to_path, &ignored) == ST_OK &&
		    memcmp(head_a, head_b, sizeof head_a) == 0;
	close_quietly(to);
	return same;
}

/* Copies one segment under a temporary directory of the same shape, checks it there, then moves it into place. */
static Status copy_segment(const SegmentFile *from, const char *to_dir, uint32_t id, const uint8_t *archive_id,
			   uint64_t end, BackupReport *report, Err *err)
{
	char name[32], path[PATH_MAX], staging[PATH_MAX], staged[PATH_MAX], segments[PATH_MAX];
	struct stat info;
	segment_name(id, name);
	if (fstat(from->fd, &info) != 0)
		return err_errno(err, errno, "look at segment %s", name);
	uint64_t len = end ? end : (uint64_t)info.st_size;
	Status st = join(segments, to_dir, "segments", err);
	if (st == ST_OK)
		st = join(path, segments, name, err);
	if (st == ST_OK)
		st = join(staging, to_dir, "copying/segments", err);
	if (st == ST_OK)
		st = join(staged, staging, name, err);
	if (st != ST_OK)
		return st;
	report->segments++;
	if (!end && is_there(path, from->fd, len))
		return ST_OK;
	st = file_make_dirs(staging, err);
	if (st == ST_OK)
		st = copy_bytes(from->fd, len, from->name, staged, err);
	if (st == ST_OK && join(staging, to_dir, "copying", err) == ST_OK)
		st = check_copy(staging, id, archive_id, end, err);
	if (st == ST_OK && rename(staged, path) != 0)
		st = err_errno(err, errno, "rename %s", staged);
	if (st == ST_OK)
		st = file_sync_dir(segments, err);
	if (st != ST_OK)
		return st;
	report->bytes_copied += len;
	report->segments_copied++;
	return ST_OK;
}

static Status copy_small_file(const char *from_dir, const char *to_dir, const char *name, bool required, Err *err)
{
	char from[PATH_MAX], to[PATH_MAX];
	Buf text = {0};
	Status st = join(from, from_dir, name, err);
	if (st == ST_OK)
		st = join(to, to_dir, name, err);
	if (st == ST_OK)
		st = file_read_all(from, 1 << 16, &text, err);
	if (st == ST_NOT_FOUND && !required)
		st = ST_OK;
	else if (st == ST_OK)
		st = file_replace(to, buf_str(&text), err);
	buf_done(&text);
	return st;
}

static Status make_dirs(const char *dir, Err *err)
{
	static const char *const parts[] = {"segments", "keys", "access", "catalogue"};
	char path[PATH_MAX];
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < sizeof parts / sizeof parts[0]; i++) {
		st = join(path, dir, parts[i], err);
		if (st == ST_OK)
			st = file_make_dirs(path, err);
	}
	return st;
}

/* The backup there must be of this archive, or nothing. */
static Status check_target(Store *store, const char *to_dir, Err *err)
{
	char own[PATH_MAX], other[PATH_MAX];
	Buf a = {0}, b = {0};
	Status st = join(own, store->dir, "FORMAT", err);
	if (st == ST_OK)
		st = join(other, to_dir, "FORMAT", err);
	if (st == ST_OK && file_exists(other)) {
		st = file_read_all(own, 4096, &a, err);
		if (st == ST_OK)
			st = file_read_all(other, 4096, &b, err);
		if (st == ST_OK && !str_eq(buf_str(&a), buf_str(&b)))
			st = err_set(err, ST_CONFLICT, "%s holds another archive", to_dir);
	}
	buf_done(&a);
	buf_done(&b);
	return st;
}

static Status remove_staging(const char *to_dir, Err *err)
{
	char staging[PATH_MAX];
	Status st = join(staging, to_dir, "copying", err);
	return st == ST_OK ? file_remove_tree(staging, err) : st;
}

Status store_backup(Store *store, const char *to_dir, BackupReport *out, Err *err)
{
	BackupReport report = {0};
	int lock_fd = -1;
	Status st = rewrite_lock(store, &lock_fd, err);
	if (st == ST_OK)
		st = store_refresh(store, err);
	if (st == ST_OK)
		st = check_target(store, to_dir, err);
	if (st == ST_OK)
		st = make_dirs(to_dir, err);
	pthread_rwlock_rdlock(&store->lock);
	Committed c = store->committed;
	pthread_rwlock_unlock(&store->lock);
	for (uint32_t id = 1; st == ST_OK && id <= c.segment; id++) {
		SegmentFile *file = files_use(store, id, err);
		st = file ? copy_segment(file, to_dir, id, store->archive_id, id == c.segment ? c.end : 0, &report, err)
			  : err->code;
		segment_file_free(file);
	}
	if (st == ST_OK)
		st = copy_small_file(store->dir, to_dir, "keys/verifier.txt", false, err);
	if (st == ST_OK)
		st = copy_small_file(store->dir, to_dir, "FORMAT", true, err);
	if (st == ST_OK)
		st = remove_staging(to_dir, err);
	/* the checkpoint only if its records are in the copy */
	Buf note = {0};
	Checkpoint signed_head;
	Err none;
	if (st == ST_OK && store_checkpoint_last(store, &note, &none) == ST_OK &&
	    checkpoint_parse(buf_str(&note), &signed_head, &none) == ST_OK && signed_head.tree_size <= c.tree_size)
		st = copy_small_file(store->dir, to_dir, "checkpoint", false, err);
	buf_done(&note);
	rewrite_unlock(lock_fd);
	if (st == ST_OK) {
		report.tree_size = c.tree_size;
		*out = report;
	}
	return st;
}

/* ---- restore --------------------------------------------------------------------------------------------------- */

static Status check_empty(const char *to_dir, Err *err)
{
	char path[PATH_MAX];
	Status st = file_make_dirs(to_dir, err);
	if (st == ST_OK)
		st = join(path, to_dir, "FORMAT", err);
	if (st == ST_OK && file_exists(path))
		st = err_set(err, ST_CONFLICT, "%s is an archive already; restore into an empty directory", to_dir);
	if (st == ST_OK)
		st = join(path, to_dir, "segments/00000001.seg", err);
	if (st == ST_OK && file_exists(path))
		st = err_set(err, ST_CONFLICT, "%s holds segments; restore into an empty directory", to_dir);
	return st;
}

static Status check_restored(const char *to_dir, Err *err)
{
	Store *store = NULL;
	VerifyReport report;
	Buf note = {0};
	Checkpoint last;
	Hash root;
	Err none;
	Status st = store_open(&store, to_dir, err);
	if (st == ST_OK)
		st = store_verify(store, false, NULL, NULL, NULL, &report, err);
	if (st == ST_OK && report.findings)
		st = err_set(err, ST_CORRUPT, "the restored archive has %" PRIu64 " faults; run verify on the backup",
			     report.findings);
	if (st == ST_OK && store_checkpoint_last(store, &note, &none) == ST_OK) {
		st = checkpoint_parse(buf_str(&note), &last, err);
		if (st == ST_OK)
			st = store_root(store, last.tree_size, &root, err);
		if (st == ST_OK && last.tree_size && !hash_eq(&root, &last.root))
			st = err_set(err, ST_CORRUPT, "the restored records are not those that were signed");
	}
	buf_done(&note);
	store_close(store);
	return st;
}

Status store_restore(const char *backup_dir, const char *to_dir, BackupReport *out, Err *err)
{
	Store *backup = NULL;
	BackupReport report = {0};
	Status st = store_open(&backup, backup_dir, err);
	if (st == ST_OK && backup->damage.code != ST_OK)
		st = err_set(err, ST_CORRUPT, "the backup is damaged: %.180s", backup->damage.text);
	if (st == ST_OK)
		st = check_empty(to_dir, err);
	if (st == ST_OK)
		st = make_dirs(to_dir, err);
	for (uint32_t id = 1; st == ST_OK && id <= backup->committed.segment; id++) {
		SegmentFile *file = files_use(backup, id, err);
		uint64_t end = id == backup->committed.segment ? backup->committed.end : 0;
		st = file ? copy_segment(file, to_dir, id, backup->archive_id, end, &report, err) : err->code;
		segment_file_free(file);
	}
	if (st == ST_OK)
		st = copy_small_file(backup_dir, to_dir, "checkpoint", false, err);
	if (st == ST_OK)
		st = copy_small_file(backup_dir, to_dir, "keys/verifier.txt", false, err);
	if (st == ST_OK)
		st = remove_staging(to_dir, err);
	if (st == ST_OK)
		st = copy_small_file(backup_dir, to_dir, "FORMAT", true, err);
	if (st == ST_OK)
		st = check_restored(to_dir, err);
	if (st == ST_OK) {
		report.tree_size = backup->committed.tree_size;
		*out = report;
	}
	store_close(backup);
	return st;
}

/* ---- repair ---------------------------------------------------------------------------------------------------- */

static Status swap_in(Store *store, uint32_t segment, const char *from_dir, Err *err)
{
	char name[32], from[PATH_MAX], path[PATH_MAX], fresh[PATH_MAX], aside[PATH_MAX], dir[PATH_MAX];
	struct stat info;
	segment_name(segment, name);
	Status st = join(dir, store->dir, "segments", err);
	if (st == ST_OK)
		st = join(path, dir, name, err);
	if (st == ST_OK &&
	    (snprintf(from, sizeof from, "%s/segments/%s", from_dir, name) >= (int)sizeof from ||
	     snprintf(fresh, sizeof fresh, "%s/segments/%s.new", store->dir, name) >= (int)sizeof fresh ||
	     snprintf(aside, sizeof aside, "%s/segments/%s.damaged", store->dir, name) >= (int)sizeof aside))
		st = err_set(err, ST_LIMIT, "path too long: %.100s…", from_dir);
	if (st != ST_OK)
		return st;
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &info) != 0)
		st = err_errno(err, errno, "open %s", from);
	if (st == ST_OK)
		st = copy_bytes(fd, (uint64_t)info.st_size, from, fresh, err);
	close_quietly(fd);
	if (st == ST_OK && rename(path, aside) != 0 && errno != ENOENT)
		st = err_errno(err, errno, "set %s aside", path);
	if (st == ST_OK && rename(fresh, path) != 0)
		st = err_errno(err, errno, "rename %s", fresh);
	if (st == ST_OK)
		st = file_sync_dir(dir, err);
	if (st != ST_OK)
		return st;
	Err before = store->damage;
	st = log_load(store, false, err); /* reads everything and compares every commit's root */
	if (st == ST_OK && store->damage.code == ST_OK) {
		store->damage_judged = false;
		unlink(aside);
		return ST_OK;
	}
	if (st == ST_OK && strcmp(before.text, store->damage.text) != 0 && !strstr(store->damage.text, name))
		return ST_OK; /* this one is whole now; the next damage is another one's */
	Err why = store->damage, ignored;
	rename(aside, path);
	log_load(store, false, &ignored);
	return err_set(err, ST_CORRUPT, "segment %s of %s does not fit this archive: %.120s", name, from_dir, why.text);
}

Status store_repair(Store *store, uint32_t segment, const char *from_dir, Err *err)
{
	int lock_fd = -1;
	Status st = check_copy(from_dir, segment, store->archive_id, 0, err);
	if (st == ST_OK)
		st = rewrite_lock(store, &lock_fd, err);
	if (st != ST_OK)
		return st;
	pthread_mutex_lock(&store->writer.mutex);
	if (store->writer.depth)
		st = err_set(err, ST_BUSY, "the archive is being written to");
	else
		st = swap_in(store, segment, from_dir, err);
	pthread_mutex_unlock(&store->writer.mutex);
	rewrite_unlock(lock_fd);
	return st;
}
