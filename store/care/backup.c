/* store/care/backup.c - piece by piece: sealed segments whole, the live one from where the copy ends. FORMAT comes
 * last, so that a half-made copy is no archive; the checkpoint only with its records.
 *
 * Bytes are appended to the copy's live segment behind its last COMMIT: interrupted, they are a torn tail, as after a
 * loss of power. The copy's own durable mark says where its last COMMIT ends.
 */
#include "store/care/backup.h"

#include "base/clock.h"
#include "store/care/backup_notes.h"
#include "store/care/copy.h"
#include "store/care/rewrite.h"
#include "store/log/files.h"
#include "store/log/mark.h"
#include "store/proof/checkpoint.h"
#include "store/proof/proof.h"
#include "store/proof/sealed_key.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_MS (UINT64_C(24) * 3600 * 1000)

typedef struct {
	Store *store;
	const char *to_dir;
	Committed committed;
	DurableMark there; /* what the target's mark names; batch 0: nothing */
	bool check_all;
	uint64_t now_ms;
	Buf checks;
	BackupReport report;
} Backup;

/* ---- the target ------------------------------------------------------------------------------------------------ */

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Neither the archive nor a folder in it, by whatever name, nor one whose segments are the archive's. */
static Status check_elsewhere(Backup *b, Err *err)
{
	FilePath at, own;
	struct stat archive, here, segments;
	if (stat(b->store->dir, &archive) != 0)
		return err_errno(err, errno, "look at %s", b->store->dir);
	char *real = realpath(b->to_dir, NULL);
	if (!real)
		return err_errno(err, errno, "look at %s", b->to_dir);
	Status st = snprintf(at.text, sizeof at.text, "%s", real) < (int)sizeof at.text
			    ? ST_OK
			    : err_set(err, ST_LIMIT, "path too long: %.100s…", real);
	free(real);
	if (st == ST_OK && stat(at.text, &here) == 0)
		b->report.same_disk = here.st_dev == archive.st_dev;
	while (st == ST_OK) {
		if (stat(at.text, &here) == 0 && is_same_file(&here, &archive))
			return err_set(err, ST_INVALID,
				       "%s lies in the archive %s: a backup goes to another place, best another disk",
				       b->to_dir, b->store->dir);
		char *slash = strrchr(at.text, '/');
		if (!slash || slash == at.text)
			break;
		*slash = 0;
	}
	if (st == ST_OK)
		st = file_path(&own, b->store->dir, "segments", err);
	if (st == ST_OK)
		st = file_path(&at, b->to_dir, "segments", err);
	if (st == ST_OK && stat(own.text, &segments) == 0 && stat(at.text, &here) == 0 &&
	    is_same_file(&here, &segments))
		return err_set(err, ST_INVALID, "%s/segments is the archive's own", b->to_dir);
	return st;
}

/* The target's log must be a beginning of this one. A target that is damaged is mended piece by piece. */
static Status check_history(Backup *b, Err *err)
{
	Store *target = NULL;
	StoreState state;
	Hash root;
	Err damage;
	if (store_open_with(&target, b->to_dir, &b->store->options, &damage) != ST_OK)
		return damage.code == ST_UNSUPPORTED ? err_set(err, damage.code, "%s", damage.text) : ST_OK;
	store_state(target, &state);
	bool whole = store_damage(target, &damage) == ST_OK;
	Status st = ST_OK;
	if (memcmp(target->archive_id, b->store->archive_id, ARCHIVE_ID_LEN) != 0)
		st = err_set(err, ST_CONFLICT, "%s holds another archive", b->to_dir);
	else if (whole && state.tree_size > b->committed.tree_size)
		st = err_set(err, ST_CONFLICT,
			     "%s holds %" PRIu64 " records and the archive %" PRIu64
			     ": it is newer, and is not written over",
			     b->to_dir, state.tree_size, b->committed.tree_size);
	else if (whole && store_root(b->store, state.tree_size, &root, err) != ST_OK)
		st = err->code;
	else if (whole && state.tree_size && !hash_eq(&root, &state.root))
		st = err_set(err, ST_CONFLICT, "%s holds another history of this archive", b->to_dir);
	if (st == ST_OK && mark_read(target, &b->there, &damage) != ST_OK)
		b->there = (DurableMark){0};
	store_close(target);
	return st;
}

static Status check_target(Backup *b, Err *err)
{
	FilePath path;
	Status st = check_elsewhere(b, err);
	if (st == ST_OK)
		st = file_path(&path, b->to_dir, "keys/signing.key", err);
	if (st == ST_OK && file_exists(path.text))
		st = err_set(err, ST_CONFLICT, "%s has a signing key: it is an archive of its own, no backup",
			     b->to_dir);
	if (st == ST_OK)
		st = file_path(&path, b->to_dir, "FORMAT", err);
	return st == ST_OK && file_exists(path.text) ? check_history(b, err) : st;
}

static Status lock_target(const char *to_dir, int *fd_out, Err *err)
{
	FilePath path;
	Status st = file_path(&path, to_dir, "LOCK", err);
	if (st != ST_OK)
		return st;
	int fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return err_errno(err, errno, "open %s", path.text);
	st = file_lock(fd, false, path.text, err);
	if (st == ST_OK)
		*fd_out = fd;
	else
		close_quietly(fd);
	return st;
}

/* ---- pieces ---------------------------------------------------------------------------------------------------- */

/* How far the target's file is known to be the beginning of this one: same header, and up to the COMMIT that the
 * target's mark names, or sealed with the same trailer. *sealed_out: it is this file, sealed. 0: to be copied whole. */
static uint64_t same_up_to(const Backup *b, const SegmentFile *from, uint32_t id, uint64_t len, bool *sealed_out)
{
	uint8_t a[SEGMENT_HEADER_LEN], t[SEGMENT_HEADER_LEN];
	FilePath path;
	struct stat info;
	Err ignored;
	uint64_t same = 0;
	*sealed_out = false;
	if (segment_path(&path, b->to_dir, id, "", &ignored) != ST_OK)
		return 0;
	int to = open(path.text, O_RDONLY | O_CLOEXEC);
	if (to < 0 || fstat(to, &info) != 0 || file_pread(to, t, sizeof t, 0, path.text, &ignored) != ST_OK ||
	    file_pread(from->fd, a, sizeof a, 0, from->name, &ignored) != ST_OK || memcmp(a, t, sizeof a) != 0)
		goto done;
	uint64_t size = (uint64_t)info.st_size;
	if (from->footer_offset && size == len &&
	    file_pread(to, t, SEGMENT_TRAILER_LEN, size - SEGMENT_TRAILER_LEN, path.text, &ignored) == ST_OK &&
	    file_pread(from->fd, a, SEGMENT_TRAILER_LEN, size - SEGMENT_TRAILER_LEN, from->name, &ignored) == ST_OK &&
	    memcmp(a, t, SEGMENT_TRAILER_LEN) == 0) {
		*sealed_out = true;
		same = size;
	} else if (b->there.segment == id && size >= b->there.end && b->there.end <= len) {
		same = b->there.end;
	}
done:
	close_quietly(to);
	return same;
}

static Status copy_whole(Backup *b, const SegmentFile *from, uint32_t id, uint64_t len, uint64_t end, Err *err)
{
	Status st = copy_segment(from, b->to_dir, id, b->store->archive_id, end, err);
	if (st == ST_OK) {
		b->report.bytes_copied += len;
		b->report.segments_copied++;
		checks_set(&b->checks, id, from->generation, b->now_ms);
	}
	return st;
}

/* The copy's last COMMIT must be where this file has it too: the frame there is read from both. */
static Status append_rest(Backup *b, const SegmentFile *from, uint32_t id, uint64_t same, uint64_t len, uint64_t end,
			  Err *err)
{
	FilePath path;
	Status st = segment_path(&path, b->to_dir, id, "", err);
	if (st == ST_OK)
		st = copy_range(from->fd, same, len, from->name, path.text, err);
	if (st == ST_OK && len > same)
		st = copy_check(b->to_dir, id, b->store->archive_id, same, end, err);
	if (st == ST_OK && len > same) {
		b->report.bytes_copied += len - same;
		b->report.segments_copied++;
	}
	return st;
}

/* Checks a piece that is there, and copies it anew where it has rotted. */
static Status check_again(Backup *b, const SegmentFile *from, uint32_t id, uint64_t len, uint64_t end, Err *err)
{
	Err why;
	Status st = copy_check(b->to_dir, id, b->store->archive_id, 0, end, &why);
	b->report.bytes_checked += len;
	b->report.segments_checked++;
	checks_set(&b->checks, id, from->generation, b->now_ms);
	if (st == ST_OK)
		return ST_OK;
	if (st != ST_CORRUPT)
		return err_set(err, st, "%s", why.text);
	b->report.segments_replaced++;
	return copy_whole(b, from, id, len, end, err);
}

static bool is_due(const Backup *b, uint32_t id, uint32_t generation)
{
	uint64_t checked = checks_get(&b->checks, id, generation);
	return b->check_all || checked == 0 || checked > b->now_ms || b->now_ms - checked >= CHECK_DAYS * DAY_MS;
}

/* end: of the live segment's committed part; 0: it is sealed. */
static Status back_up_piece(Backup *b, const SegmentFile *from, uint32_t id, uint64_t end, Err *err)
{
	struct stat info;
	bool sealed;
	if (fstat(from->fd, &info) != 0)
		return err_errno(err, errno, "look at segment %s", from->name);
	uint64_t len = end ? end : (uint64_t)info.st_size;
	uint64_t same = same_up_to(b, from, id, len, &sealed);
	b->report.segments++;
	if (!same)
		return copy_whole(b, from, id, len, end, err);
	Status st = sealed ? ST_OK : append_rest(b, from, id, same, len, end, err);
	if (st == ST_CORRUPT)
		return copy_whole(b, from, id, len, end, err);
	return st == ST_OK && is_due(b, id, from->generation) ? check_again(b, from, id, len, end, err) : st;
}

/* Of the sealed pieces that are not due, those checked longest ago: at least a CHECK_DAYS-th of all a run. */
static Status check_a_share(Backup *b, Err *err)
{
	Status st = ST_OK;
	uint32_t wanted = (b->report.segments + CHECK_DAYS - 1) / CHECK_DAYS;
	while (st == ST_OK && b->report.segments_checked < wanted) {
		SegmentFile *file = NULL;
		struct stat info;
		uint32_t oldest = 0;
		uint64_t oldest_ms = b->now_ms;
		const PieceCheck *checks = (const PieceCheck *)b->checks.data;
		for (size_t i = 0; i < b->checks.len / sizeof *checks; i++) {
			if (checks[i].segment < b->committed.segment && checks[i].utc_ms < oldest_ms) {
				oldest = checks[i].segment;
				oldest_ms = checks[i].utc_ms;
			}
		}
		if (!oldest)
			break;
		st = files_use(b->store, oldest, &file, err);
		if (st == ST_OK && fstat(file->fd, &info) != 0)
			st = err_errno(err, errno, "look at segment %s", file->name);
		if (st == ST_OK)
			st = check_again(b, file, oldest, (uint64_t)info.st_size, 0, err);
		segment_file_free(file);
	}
	return st;
}

static Status back_up_log(Backup *b, Err *err)
{
	Status st = ST_OK;
	for (uint32_t id = 1; st == ST_OK && id <= b->committed.segment; id++) {
		SegmentFile *file = NULL;
		st = files_use(b->store, id, &file, err);
		if (st == ST_OK)
			st = back_up_piece(b, file, id, id == b->committed.segment ? b->committed.end : 0, err);
		segment_file_free(file);
	}
	return st == ST_OK ? check_a_share(b, err) : st;
}

/* ---- what stands beside the log -------------------------------------------------------------------------------- */

/* The checkpoint goes along only if all its records do. */
static Status back_up_checkpoint(const Backup *b, Err *err)
{
	Buf note = {0};
	Checkpoint last;
	Err none;
	bool whole = store_checkpoint_last(b->store, &note, &none) == ST_OK &&
		     checkpoint_parse(buf_str(&note), &last, &none) == ST_OK &&
		     last.tree_size <= b->committed.tree_size;
	buf_done(&note);
	return whole ? copy_small_file(b->store->dir, b->to_dir, "checkpoint", false, err) : ST_OK;
}

static Status back_up_rest(Backup *b, const BackupOptions *options, Err *err)
{
	Hash root = b->committed.root;
	if (b->committed.tree_size == 0)
		hash_of((Str){"", 0}, &root);
	Status st = copy_access_log(b->store->dir, b->to_dir, err);
	if (st == ST_OK)
		st = sealed_key_back_up(b->store, b->to_dir, options->key_passphrase, &b->report.has_key,
					&b->report.key_left_behind, err);
	if (st == ST_OK)
		st = mark_write_copy(b->store, &b->committed, b->to_dir, err);
	if (st == ST_OK)
		st = copy_small_file(b->store->dir, b->to_dir, "FORMAT", true, err);
	if (st == ST_OK)
		st = back_up_checkpoint(b, err);
	if (st == ST_OK)
		st = copy_remove_staging(b->to_dir, err);
	if (st == ST_OK)
		st = checks_save(b->to_dir, &b->checks, err);
	return st == ST_OK ? points_add(b->to_dir, b->committed.tree_size, &root, err) : st;
}

Status store_backup(Store *store, const char *to_dir, const BackupOptions *options, BackupReport *out, Err *err)
{
	Backup b = {.store = store,
		    .to_dir = to_dir,
		    .check_all = options->check_all,
		    .now_ms = options->now_utc_ms ? options->now_utc_ms : clock_utc_ms()};
	Err damage;
	int lock_fd = -1, target_fd = -1;
	Status st = rewrite_lock_to_read(store, &lock_fd, err);
	if (st == ST_OK)
		st = store_refresh(store, err);
	if (st == ST_OK && store_damage(store, &damage) != ST_OK)
		st = err_set(err, ST_CORRUPT, "the archive is damaged, and its backup stays as it is: %.150s",
			     damage.text);
	if (st == ST_OK)
		st = file_make_dirs(to_dir, err);
	pthread_rwlock_rdlock(&store->lock);
	b.committed = store->committed;
	pthread_rwlock_unlock(&store->lock);
	if (st == ST_OK)
		st = check_target(&b, err);
	if (st == ST_OK)
		st = copy_make_dirs(to_dir, err);
	if (st == ST_OK)
		st = lock_target(to_dir, &target_fd, err);
	if (st == ST_OK)
		st = checks_load(to_dir, &b.checks, err);
	if (st == ST_OK)
		st = back_up_log(&b, err);
	if (st == ST_OK)
		st = back_up_rest(&b, options, err);
	close_quietly(target_fd);
	rewrite_unlock(lock_fd);
	buf_done(&b.checks);
	if (st == ST_OK) {
		b.report.tree_size = b.committed.tree_size;
		*out = b.report;
	}
	return st;
}
