/* store/care/backup.c - segments are copied whole, and every copy is read back and checked frame by frame before it
 * gets its name. FORMAT comes last, so that a half-made copy is no archive; the last signed checkpoint comes only with
 * its records. A repaired segment is put in its place, then the whole log is followed anew: if it does not fit the old
 * one comes back.
 */
#include "store/care/backup.h"

#include "store/care/rewrite.h"
#include "store/care/verify.h"
#include "store/format/scan.h"
#include "store/log/files.h"
#include "store/log/load.h"
#include "store/proof/checkpoint.h"
#include "store/proof/proof.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART = 1 << 20 };

/* `len` bytes of a descriptor into a new file, synced. */
static Status copy_bytes(int from, uint64_t len, const char *from_name, const char *to_path, Err *err)
{
	char *space = malloc(PART);
	int to = open(to_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
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
	FilePath path, staging, staged;
	struct stat info;
	if (fstat(from->fd, &info) != 0)
		return err_errno(err, errno, "look at segment %s", from->name);
	uint64_t len = end ? end : (uint64_t)info.st_size;
	Status st = segment_path(&path, to_dir, id, "", err);
	if (st == ST_OK)
		st = file_path(&staging, to_dir, "copying/segments", err);
	if (st == ST_OK)
		st = file_path(&staged, staging.text, from->name, err);
	if (st != ST_OK)
		return st;
	report->segments++;
	if (!end && is_there(path.text, from->fd, len))
		return ST_OK;
	st = file_make_dirs(staging.text, err);
	if (st == ST_OK)
		st = copy_bytes(from->fd, len, from->name, staged.text, err);
	if (st == ST_OK)
		st = file_path(&staging, to_dir, "copying", err);
	if (st == ST_OK)
		st = check_copy(staging.text, id, archive_id, end, err);
	if (st == ST_OK)
		st = file_move(staged.text, path.text, err);
	if (st != ST_OK)
		return st;
	report->bytes_copied += len;
	report->segments_copied++;
	return ST_OK;
}

static Status copy_small_file(const char *from_dir, const char *to_dir, const char *name, bool required, Err *err)
{
	FilePath from, to;
	Buf text = {0};
	Status st = file_path(&from, from_dir, name, err);
	if (st == ST_OK)
		st = file_path(&to, to_dir, name, err);
	if (st == ST_OK)
		st = file_read_all(from.text, 1 << 16, &text, err);
	if (st == ST_NOT_FOUND && !required)
		st = ST_OK;
	else if (st == ST_OK)
		st = file_replace(to.text, buf_str(&text), err);
	buf_done(&text);
	return st;
}

static Status make_dirs(const char *dir, Err *err)
{
	static const char *const parts[] = {"segments", "keys", "access", "catalogue"};
	FilePath path;
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < sizeof parts / sizeof parts[0]; i++) {
		st = file_path(&path, dir, parts[i], err);
		if (st == ST_OK)
			st = file_make_dirs(path.text, err);
	}
	return st;
}

/* What lies in the target must be a backup of this archive, or nothing. */
static Status check_target(Store *store, const char *to_dir, Err *err)
{
	FilePath own, other;
	Buf a = {0}, b = {0};
	Status st = file_path(&own, store->dir, "FORMAT", err);
	if (st == ST_OK)
		st = file_path(&other, to_dir, "FORMAT", err);
	if (st == ST_OK && file_exists(other.text)) {
		st = file_read_all(own.text, 4096, &a, err);
		if (st == ST_OK)
			st = file_read_all(other.text, 4096, &b, err);
		if (st == ST_OK && !str_eq(buf_str(&a), buf_str(&b)))
			st = err_set(err, ST_CONFLICT, "%s holds another archive", to_dir);
	}
	buf_done(&a);
	buf_done(&b);
	return st;
}

static Status remove_staging(const char *to_dir, Err *err)
{
	FilePath staging;
	Status st = file_path(&staging, to_dir, "copying", err);
	return st == ST_OK ? file_remove_tree(staging.text, err) : st;
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
		SegmentFile *file = NULL;
		st = files_use(store, id, &file, err);
		if (st == ST_OK)
			st = copy_segment(file, to_dir, id, store->archive_id, id == c.segment ? c.end : 0, &report,
					  err);
		segment_file_free(file);
	}
	if (st == ST_OK)
		st = copy_small_file(store->dir, to_dir, "keys/verifier.txt", false, err);
	if (st == ST_OK)
		st = copy_small_file(store->dir, to_dir, "FORMAT", true, err);
	if (st == ST_OK)
		st = remove_staging(to_dir, err);
	/* the checkpoint is copied only if all its records are in the copy */
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
	FilePath path;
	Status st = file_make_dirs(to_dir, err);
	if (st == ST_OK)
		st = file_path(&path, to_dir, "FORMAT", err);
	if (st == ST_OK && file_exists(path.text))
		st = err_set(err, ST_CONFLICT, "%s is an archive already; restore into an empty directory", to_dir);
	if (st == ST_OK)
		st = file_path(&path, to_dir, "segments/00000001.seg", err);
	if (st == ST_OK && file_exists(path.text))
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
		SegmentFile *file = NULL;
		uint64_t end = id == backup->committed.segment ? backup->committed.end : 0;
		st = files_use(backup, id, &file, err);
		if (st == ST_OK)
			st = copy_segment(file, to_dir, id, backup->archive_id, end, &report, err);
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
	char name[16];
	FilePath from, path, fresh, aside;
	struct stat info;
	segment_name(segment, name);
	Status st = segment_path(&from, from_dir, segment, "", err);
	if (st == ST_OK)
		st = segment_path(&path, store->dir, segment, "", err);
	if (st == ST_OK)
		st = segment_path(&fresh, store->dir, segment, ".new", err);
	if (st == ST_OK)
		st = segment_path(&aside, store->dir, segment, ".damaged", err);
	if (st != ST_OK)
		return st;
	int fd = open(from.text, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &info) != 0)
		st = err_errno(err, errno, "open %s", from.text);
	if (st == ST_OK)
		st = copy_bytes(fd, (uint64_t)info.st_size, from.text, fresh.text, err);
	close_quietly(fd);
	if (st == ST_OK && rename(path.text, aside.text) != 0 && errno != ENOENT)
		st = err_errno(err, errno, "set %s aside", path.text);
	if (st == ST_OK)
		st = file_move(fresh.text, path.text, err);
	if (st != ST_OK)
		return st;
	Err before = store->damage;
	st = archive_load(store, false, err); /* reads everything and compares every commit's root */
	if (st == ST_OK && store->damage.code == ST_OK) {
		store->damage_judged = false;
		unlink(aside.text);
		return ST_OK;
	}
	if (st == ST_OK && strcmp(before.text, store->damage.text) != 0 && !strstr(store->damage.text, name))
		return ST_OK; /* this segment is whole now; what is damaged still is another one */
	Err why = store->damage, ignored;
	rename(aside.text, path.text);
	archive_load(store, false, &ignored);
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
