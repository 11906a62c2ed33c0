/* store/care/restore.c - FORMAT comes last of what is copied: until then the directory is no archive. Then it is
 * opened, verified from end to end, and used as it will be: it signs, proves and notes.
 *
 * A point in time is a beginning of the log: the segment that holds its COMMIT is cut behind it and is the live one
 * again. Where that segment was packed tighter since, its dictionaries stand behind the cut: what used them is
 * unpacked.
 */
#include "store/care/restore.h"

#include "base/json_out.h"
#include "store/access/access_log.h"
#include "store/care/backup_notes.h"
#include "store/care/copy.h"
#include "store/care/verify.h"
#include "store/format/scan.h"
#include "store/log/body.h"
#include "store/log/files.h"
#include "store/log/segments.h"
#include "store/proof/checkpoint.h"
#include "store/proof/keys.h"
#include "store/proof/proof.h"
#include "store/proof/sealed_key.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

typedef struct {
	Store *backup;
	const char *from_dir, *to_dir;
	const RestoreOptions *options;
	Buf key; /* the line of signing.key; empty: none comes along */
	uint64_t tree_size;
	RestoreReport report;
} Restore;

/* ---- the point in time ----------------------------------------------------------------------------------------- */

/* The newest point that is not after `as_of`: a time as it is written, or the beginning of one ("2026-12-01": all
 * of that day). */
static bool is_after(const BackupPoint *point, Str as_of)
{
	Str when = str_slice(str_from(point->when), 0, as_of.len);
	size_t len = when.len < as_of.len ? when.len : as_of.len;
	int order = memcmp(when.ptr, as_of.ptr, len);
	return order > 0;
}

static Status choose_point(Restore *r, Err *err)
{
	Buf points = {0};
	uint64_t wanted;
	Str as_of = r->options->as_of;
	r->tree_size = r->backup->committed.tree_size;
	if (!as_of.len)
		return ST_OK;
	Status st = points_load(r->from_dir, &points, err);
	const BackupPoint *items = (const BackupPoint *)points.data, *found = NULL;
	bool is_size = str_to_u64(as_of, &wanted);
	for (size_t i = 0; st == ST_OK && i < points.len / sizeof *items; i++)
		if (is_size ? items[i].tree_size == wanted : !is_after(&items[i], as_of))
			found = &items[i];
	if (st == ST_OK && !found)
		st = err_set(err, ST_NOT_FOUND,
			     "the backup has no point in time %.*s: hoso restore --points lists them",
			     STR_ARG(str_slice(as_of, 0, 40)));
	if (st == ST_OK && found->tree_size > r->tree_size)
		st = err_set(err, ST_CORRUPT, "the backup holds %" PRIu64 " records and names a point of %" PRIu64,
			     r->tree_size, found->tree_size);
	if (st == ST_OK)
		r->tree_size = found->tree_size;
	buf_done(&points);
	return st;
}

Status store_restore_points(const char *backup_dir, Buf *out, Err *err)
{
	Buf points = {0};
	Status st = points_load(backup_dir, &points, err);
	const BackupPoint *items = (const BackupPoint *)points.data;
	for (size_t i = 0; st == ST_OK && i < points.len / sizeof *items; i++)
		buf_printf(out, "%s  %" PRIu64 "\n", items[i].when, items[i].tree_size);
	buf_done(&points);
	return st != ST_OK || buf_ok(out) ? st : err_no_memory(err);
}

/* ---- segments -------------------------------------------------------------------------------------------------- */

/* One frame behind the others; a body whose dictionary stands behind the cut is unpacked. */
static Status cut_frame(Restore *r, uint32_t id, int fd, uint64_t *at, const Frame *frame, Arena *arena, Err *err)
{
	FrameHeader header = frame->header;
	Str stored = frame->stored;
	Buf out = {0};
	Status st = ST_OK;
	if (header.codec == CODEC_LZ4_DICT && header.dict_ordinal > header.ordinal) {
		st = body_read(r->backup, SEE_COMMITTED, id, frame, arena, &stored, err);
		header.codec = CODEC_RAW;
		header.dict_ordinal = 0;
		header.stored_len = (uint32_t)stored.len;
	}
	uint8_t *bytes = st == ST_OK ? (uint8_t *)buf_extend(&out, (size_t)frame_len(&header)) : NULL;
	if (st == ST_OK && !bytes)
		st = err_no_memory(err);
	if (st != ST_OK)
		goto done;
	uint8_t *content = bytes + FRAME_HEADER_LEN;
	const SegmentFile *file = segments_find(r->backup, id)->file;
	memset(content, 0, (size_t)frame_content_len(&header));
	memcpy(content, frame->descriptor.ptr ? frame->descriptor.ptr : "", frame->descriptor.len);
	memcpy(content + frame->descriptor.len, frame->annex.ptr ? frame->annex.ptr : "", frame->annex.len);
	memcpy(content + frame->descriptor.len + frame->annex.len, stored.ptr ? stored.ptr : "", stored.len);
	frame_header_put(&header, frame_seed(file->seed, *at), content, bytes);
	st = file_pwrite(fd, out.data, out.len, *at, "the restored segment", err);
	*at += out.len;
done:
	buf_done(&out);
	return st;
}

static bool is_the_commit(const Restore *r, const Frame *frame)
{
	CommitDescriptor commit;
	return frame->header.type == FRAME_COMMIT && commit_descriptor_get(frame->descriptor, &commit) &&
	       commit.tree_size == r->tree_size;
}

/* Copies frames up to the COMMIT that ends the point in time; *ended_out: it was met. */
static Status cut_segment(Restore *r, const SegmentFile *from, uint32_t id, uint64_t end, bool *ended_out, Err *err)
{
	FilePath path;
	uint8_t head[SEGMENT_HEADER_LEN];
	uint64_t at = SEGMENT_HEADER_LEN;
	Scan scan;
	Frame frame;
	Arena arena = {0};
	Step step = STEP_END;
	*ended_out = false;
	Status st = segment_path(&path, r->to_dir, id, "", err);
	int fd = st == ST_OK ? open(path.text, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE) : -1;
	if (st == ST_OK && fd < 0)
		st = err_errno(err, errno, "create %s", path.text);
	if (st == ST_OK)
		st = file_pread(from->fd, head, sizeof head, 0, from->name, err);
	if (st == ST_OK)
		st = file_pwrite(fd, head, sizeof head, 0, path.text, err);
	scan_begin(&scan, from, SEGMENT_HEADER_LEN, end);
	while (st == ST_OK && !*ended_out && (step = scan_next(&scan, &frame, err)) == STEP_ITEM) {
		arena_reset(&arena);
		st = cut_frame(r, id, fd, &at, &frame, &arena, err);
		*ended_out = is_the_commit(r, &frame);
	}
	if (st == ST_OK && step == STEP_ERROR)
		st = err->code;
	scan_done(&scan);
	if (st == ST_OK && fsync(fd) != 0)
		st = err_errno(err, errno, "sync %s", path.text);
	close_quietly(fd);
	arena_done(&arena);
	if (st == ST_OK)
		st = copy_check(r->to_dir, id, r->backup->archive_id, 0, at, err);
	r->report.bytes_copied += at;
	return st;
}

/* Does the point in time end in this segment? */
static bool ends_here(Restore *r, const SegmentFile *file, uint64_t end)
{
	Scan scan;
	Frame frame;
	Err ignored;
	bool found = false;
	scan_begin(&scan, file, SEGMENT_HEADER_LEN, end);
	while (!found && scan_next(&scan, &frame, &ignored) == STEP_ITEM)
		found = is_the_commit(r, &frame);
	scan_done(&scan);
	return found;
}

static Status restore_segment(Restore *r, uint32_t id, bool *ended_out, Err *err)
{
	const Committed *c = &r->backup->committed;
	SegmentFile *file = NULL;
	bool whole = r->tree_size == c->tree_size;
	uint64_t end = id == c->segment ? c->end : 0;
	Status st = files_use(r->backup, id, &file, err);
	if (st == ST_OK) {
		uint64_t frames_end = end ? end : file->footer_offset;
		if (!whole && ends_here(r, file, frames_end)) {
			st = cut_segment(r, file, id, frames_end, ended_out, err);
		} else {
			st = copy_segment(file, r->to_dir, id, r->backup->archive_id, end, err);
			r->report.bytes_copied += end ? end : file->footer_offset;
		}
		r->report.segments++;
	}
	segment_file_free(file);
	return st;
}

/* ---- the key --------------------------------------------------------------------------------------------------- */

static Status choose_key(Restore *r, Err *err)
{
	const RestoreOptions *o = r->options;
	FilePath verifier;
	Status st = file_path(&verifier, r->from_dir, "keys/verifier.txt", err);
	if (st != ST_OK || o->without_key)
		return st;
	if (o->key_file)
		return file_read_all(o->key_file, 4096, &r->key, err);
	if (o->key_passphrase.len)
		return sealed_key_open(r->from_dir, o->key_passphrase, &r->key, err);
	if (!file_exists(verifier.text))
		return ST_OK; /* it never signed: it makes its key when it first does */
	return err_set(err, ST_INVALID,
		       "this archive signs: give its key (--key FILE, or --passphrase-file FILE for the one in the "
		       "backup), or --without-key");
}

static Status write_key(Restore *r, Err *err)
{
	FilePath path;
	if (!r->key.len)
		return ST_OK;
	Status st = file_path(&path, r->to_dir, "keys/signing.key", err);
	return st == ST_OK ? file_replace(path.text, buf_str(&r->key), err) : st;
}

/* ---- copying --------------------------------------------------------------------------------------------------- */

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

static Status copy_keys(Restore *r, Err *err)
{
	bool has_key, left_behind;
	Status st = sealed_key_back_up(r->backup, r->to_dir, (Str){0}, &has_key, &left_behind, err);
	return st == ST_OK ? write_key(r, err) : st;
}

/* The checkpoint of an earlier point in time is none: the newer one stays in the backup. */
static Status copy_checkpoint(Restore *r, Err *err)
{
	return r->tree_size == r->backup->committed.tree_size
		       ? copy_small_file(r->from_dir, r->to_dir, "checkpoint", false, err)
		       : ST_OK;
}

static Status copy_all(Restore *r, Err *err)
{
	bool ended = r->tree_size == 0;
	Status st = check_empty(r->to_dir, err);
	if (st == ST_OK)
		st = copy_make_dirs(r->to_dir, err);
	for (uint32_t id = 1; st == ST_OK && !ended && id <= r->backup->committed.segment; id++)
		st = restore_segment(r, id, &ended, err);
	if (st == ST_OK)
		st = copy_access_log(r->from_dir, r->to_dir, err);
	if (st == ST_OK)
		st = copy_keys(r, err);
	if (st == ST_OK)
		st = copy_checkpoint(r, err);
	if (st == ST_OK)
		st = copy_remove_staging(r->to_dir, err);
	return st == ST_OK ? copy_small_file(r->from_dir, r->to_dir, "FORMAT", true, err) : st;
}

/* ---- using it -------------------------------------------------------------------------------------------------- */

static Status check_restored(Restore *r, Store *store, Err *err)
{
	VerifyReport report;
	Status st = store_write_begin(store, err); /* sets the durable mark */
	if (st != ST_OK)
		return st;
	store_write_end(store);
	if (store_tree_size(store) != r->tree_size)
		return err_set(err, ST_CORRUPT, "%" PRIu64 " records were restored instead of %" PRIu64,
			       store_tree_size(store), r->tree_size);
	st = store_verify(store, false, NULL, NULL, NULL, &report, err);
	if (st == ST_OK && report.findings)
		st = err_set(err, ST_CORRUPT, "the restored archive has %" PRIu64 " faults; run verify on the backup",
			     report.findings);
	return st;
}

/* Signs what was restored and proves its newest record with that. */
static Status sign_and_prove(Restore *r, Store *store, Err *err)
{
	Buf note = {0}, key = {0};
	Checkpoint head;
	Proof proof;
	Arena arena = {0};
	Status st = store_checkpoint(store, &note, err);
	if (st == ST_OK)
		st = store_verifier_key(store, &key, err);
	if (st == ST_OK)
		st = checkpoint_check(buf_str(&note), buf_str(&key), &head, err);
	if (st == ST_OK && head.tree_size)
		st = store_prove_inclusion(store, head.tree_size - 1, head.tree_size, &arena, &proof, err);
	if (st == ST_OK && head.tree_size && !hash_eq(&proof.root, &head.root))
		st = err_set(err, ST_CORRUPT, "the restored records are not those that were signed");
	r->report.signs = st == ST_OK;
	buf_done(&note);
	buf_done(&key);
	arena_done(&arena);
	return st;
}

static Status note_restore(Restore *r, Err *err)
{
	AccessLog *log = NULL;
	Hash newest;
	char result[64];
	Status st = access_log_open(&log, r->to_dir, err);
	if (st != ST_OK)
		return st;
	r->report.trace_is_damaged = access_log_damage(log)[0] != 0;
	snprintf(result, sizeof result, "%" PRIu64 " records", r->tree_size);
	st = access_log_add(log,
			    &(AccessEntry){.who = STR("hoso"),
					   .action = STR("restore"),
					   .what = str_from(r->from_dir),
					   .result = str_from(result)},
			    err);
	access_log_head(log, &r->report.access_entries, &newest);
	access_log_close(log);
	return st;
}

Status store_restore(const char *backup_dir, const char *to_dir, const RestoreOptions *options, RestoreReport *out,
		     Err *err)
{
	Restore r = {.from_dir = backup_dir, .to_dir = to_dir, .options = options};
	Store *store = NULL;
	Err damage;
	Status st = store_open(&r.backup, backup_dir, err);
	if (st == ST_OK && store_damage(r.backup, &damage) != ST_OK)
		st = err_set(err, ST_CORRUPT, "the backup is damaged: %.180s", damage.text);
	if (st == ST_OK)
		st = choose_point(&r, err);
	if (st == ST_OK)
		st = choose_key(&r, err);
	if (st == ST_OK)
		st = copy_all(&r, err);
	if (st == ST_OK)
		st = store_open_with(&store, to_dir, &r.backup->options, err);
	if (st == ST_OK)
		st = check_restored(&r, store, err);
	if (st == ST_OK && r.key.len)
		st = sign_and_prove(&r, store, err);
	if (st == ST_OK)
		st = note_restore(&r, err);
	store_close(store);
	store_close(r.backup);
	key_buf_done(&r.key);
	if (st == ST_OK) {
		r.report.tree_size = r.tree_size;
		*out = r.report;
	}
	return st;
}
