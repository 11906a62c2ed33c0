/* store/care/repair.c - a segment is put in its place, then the whole log is followed anew: if it does not fit,
 * the old one comes back. A log that lost its end is continued from a copy only if it is a beginning of the copy's log.
 */
#include "store/care/repair.h"

#include "store/care/copy.h"
#include "store/care/destroy.h"
#include "store/care/destroying.h"
#include "store/care/rewrite.h"
#include "store/care/verify.h"
#include "store/log/catalogue.h"
#include "store/log/files.h"
#include "store/log/load.h"
#include "store/log/segments.h"
#include "store/proof/proof.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- one segment ----------------------------------------------------------------------------------------------- */

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
		st = copy_range(fd, 0, (uint64_t)info.st_size, from.text, fresh.text, err);
	close_quietly(fd);
	if (st == ST_OK && rename(path.text, aside.text) != 0 && errno != ENOENT)
		st = err_errno(err, errno, "set %s aside", path.text);
	if (st == ST_OK)
		st = file_move(fresh.text, path.text, err);
	if (st != ST_OK)
		return st;
	Err before = store->damage;
	st = archive_load(store, false, err); /* reads everything and compares every commit's root */
	if (st == ST_OK)
		catalogue_forget(store, segment); /* its look-ups may have been made while it was damaged */
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
	Status st = copy_check(from_dir, segment, store->archive_id, 0, 0, err);
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

/* ---- the end of the log ---------------------------------------------------------------------------------------- */

/* The copy must be whole, of this archive, and begin with what is here. */
static Status check_continues(Store *store, Store *copy, const char *from_dir, Err *err)
{
	StoreState own, other;
	Hash root;
	Err damage;
	store_state(store, &own);
	store_state(copy, &other);
	if (memcmp(store->archive_id, copy->archive_id, ARCHIVE_ID_LEN) != 0)
		return err_set(err, ST_CONFLICT, "%s is a copy of another archive", from_dir);
	if (store_damage(copy, &damage) != ST_OK)
		return err_set(err, ST_CORRUPT, "%s is damaged itself: %.150s", from_dir, damage.text);
	if (other.tree_size < own.tree_size)
		return ST_OK; /* older than what is here: it may still have single segments */
	Status st = store_root(copy, own.tree_size, &root, err);
	if (st == ST_OK && own.tree_size && !hash_eq(&root, &own.root))
		st = err_set(err, ST_CONFLICT, "%s holds another history of this archive", from_dir);
	return st;
}

/* Every segment from the one where this log ends is the copy's. The writer's lock is held: nobody adds to it. */
static Status take_end(Store *store, Store *copy, Err *err)
{
	Status st = ST_OK;
	FilePath parts;
	st = file_path(&parts, store->dir, "segments", err);
	if (st == ST_OK)
		st = file_make_dirs(parts.text, err);
	uint32_t first = store->committed.segment ? store->committed.segment : 1;
	for (uint32_t id = first; st == ST_OK && id <= copy->committed.segment; id++) {
		SegmentFile *file = NULL;
		uint64_t end = id == copy->committed.segment ? copy->committed.end : 0;
		st = files_use(copy, id, &file, err);
		if (st == ST_OK)
			st = copy_segment(file, store->dir, id, store->archive_id, end, err);
		segment_file_free(file);
	}
	if (st == ST_OK)
		st = copy_remove_staging(store->dir, err);
	pthread_mutex_lock(&store->writer.mutex);
	if (st == ST_OK)
		st = archive_load(store, false, err);
	for (uint32_t id = first; st == ST_OK && id <= copy->committed.segment; id++)
		catalogue_forget(store, id);
	store->damage_judged = false;
	pthread_mutex_unlock(&store->writer.mutex);
	return st;
}

static Status regain_end(Store *store, Store *copy, RepairReport *report, Err *err)
{
	int lock_fd = -1;
	Err damage;
	uint64_t before = store_tree_size(store);
	uint64_t there = copy->committed.tree_size;
	if (store_damage(store, &damage) == ST_OK || there < before || (there == before && !store->gap))
		return ST_OK;
	Status st = rewrite_lock(store, &lock_fd, err);
	if (st == ST_OK)
		st = file_lock(store->writer.lock_fd, false, store->dir, err);
	if (st == ST_OK) {
		st = take_end(store, copy, err);
		file_unlock(store->writer.lock_fd);
	}
	rewrite_unlock(lock_fd);
	if (st == ST_OK)
		report->records_regained = store_tree_size(store) - before;
	return st;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static Status repair_segments(Store *store, const char *from_dir, uint32_t last, const Stop *stop, RepairReport *report,
			      Buf *replaced, Err *err)
{
	Status st = ST_OK;
	for (uint32_t id = 1; st == ST_OK && id <= last; id++) {
		VerifyReport found;
		st = store_verify_segment(store, id, 0, stop, NULL, NULL, &found, err);
		report->segments_checked++;
		if (st != ST_OK || !found.findings)
			continue;
		st = store_repair(store, id, from_dir, err);
		report->segments_repaired += st == ST_OK;
		if (st == ST_OK)
			buf_add(replaced, &id, sizeof id);
	}
	return st;
}

static Status replace_all(Store *store, Store *copy, const char *from_dir, const Stop *stop, RepairReport *report,
			  Buf *replaced, Err *err)
{
	uint32_t last = store->committed.segment;
	uint32_t sealed = last > 1 ? last - 1 : 0; /* the live one is not replaced by an older copy of it */
	Status st = repair_segments(store, from_dir, sealed, stop, report, replaced, err);
	if (st == ST_OK)
		st = regain_end(store, copy, report, err);
	for (uint32_t id = last ? last : 1; report->records_regained && id <= store->committed.segment; id++)
		buf_add(replaced, &id, sizeof id);
	return st == ST_OK && !buf_ok(replaced) ? err_no_memory(err) : st;
}

/* The copy may be older than a destruction. */
static Status destroy_what_came_back(Store *store, const Buf *replaced, RepairReport *report, Err *err)
{
	DestructionReport again;
	Status st = store_destroy_again(store, (const uint32_t *)replaced->data, replaced->len / 4, &again, err);
	if (st == ST_OK)
		report->destroyed_again = again.payloads + again.objects;
	return st;
}

Status store_repair_all(Store *store, const char *from_dir, const Stop *stop, RepairReport *out, Err *err)
{
	Store *copy = NULL;
	RepairReport report = {0};
	Buf replaced = {0};
	Err damage, ignored;
	bool was_pending = store_destroy_is_pending(store), any_destroyed = false;
	Status st = store_open_with(&copy, from_dir, &store->options, err);
	if (st == ST_OK)
		st = check_continues(store, copy, from_dir, err);
	if (st == ST_OK)
		st = store_destroy_expect(store, &any_destroyed, err);
	if (st == ST_OK)
		st = replace_all(store, copy, from_dir, stop, &report, &replaced, err);
	store_close(copy);
	if (st == ST_OK && store_damage(store, &damage) != ST_OK)
		st = err_set(err, ST_CORRUPT, "this copy does not have all that is missing: %.170s", damage.text);
	if (st == ST_OK && replaced.len)
		st = destroy_what_came_back(store, &replaced, &report, err);
	else if (!replaced.len && any_destroyed && !was_pending) /* nothing came back */
		destroying_remove(store, &ignored);
	buf_done(&replaced);
	if (st == ST_OK)
		*out = report;
	return st;
}
