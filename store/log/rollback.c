/* store/log/rollback.c - look-ups, segments and the tree go back to the committed state first, then the disk is cut to
 * it. Segments are removed from the last one down, each durably: a later one must never outlive an earlier one. */
#include "store/log/rollback.h"

#include "store/log/catalogue.h"
#include "store/log/out.h"
#include "store/log/segments.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_committed(void *ctx, const TableEntry *entry)
{
	const Store *store = ctx;
	const Committed *c = &store->committed;
	uint32_t segment = (uint32_t)(entry->value >> 32), ordinal = (uint32_t)entry->value;
	if (segment == 0) /* a sequence; from 2^32 on it is taken for a place, and the look-up of a dropped record
			     stays: it leads nowhere */
		return entry->value < c->tree_size;
	return segment < c->segment || (segment == c->segment && ordinal < c->frames);
}

static Status unlink_segments_after(Store *store, uint32_t id, Err *err)
{
	uint32_t last = id;
	FilePath path;
	Status st = ST_OK;
	for (st = segment_path(&path, store->dir, last + 1, "", err); st == ST_OK && file_exists(path.text);
	     st = segment_path(&path, store->dir, last + 1, "", err))
		last++;
	bool any = last > id;
	if (any || (store->catalogue.covered >= id && id))
		catalogue_cut(store, id);
	for (; st == ST_OK && last > id; last--) {
		st = segment_path(&path, store->dir, last, "", err);
		if (st == ST_OK && unlink(path.text) != 0 && errno != ENOENT)
			st = err_errno(err, errno, "remove %s", path.text);
		if (st == ST_OK) /* one by one: a later one must never outlive an earlier one */
			st = segments_sync_dir(store, err);
	}
	return st;
}

static Status cut_file(int fd, uint64_t end, const char *name, Err *err)
{
	if (ftruncate(fd, (off_t)end) != 0)
		return err_errno(err, errno, "cut %s at %" PRIu64, name, end);
	return fdatasync(fd) == 0 ? ST_OK : err_errno(err, errno, "sync %s", name);
}

static Status open_live(Store *store, uint32_t id, Err *err)
{
	FilePath path;
	Status st = segment_path(&path, store->dir, id, "", err);
	if (st != ST_OK)
		return st;
	close_quietly(store->writer.live_fd);
	store->writer.live_fd = open(path.text, O_RDWR | O_CLOEXEC);
	if (store->writer.live_fd < 0)
		return err_errno(err, errno, "open %s for writing", path.text);
	struct stat opened, read;
	const Segment *s = segments_find(store, id);
	if (s && s->file && fstat(store->writer.live_fd, &opened) == 0 && fstat(s->file->fd, &read) == 0 &&
	    (opened.st_ino != read.st_ino || opened.st_dev != read.st_dev))
		return err_set(err, ST_READ_ONLY, "%s is another file than the one that was read; start anew",
			       path.text);
	return ST_OK;
}

Status rollback_resume(Store *store, Err *err)
{
	Writer *w = &store->writer;
	const Committed *c = &store->committed;
	pthread_rwlock_wrlock(&store->lock);
	Segment *s = segments_find(store, c->segment);
	bool noted = true;
	if (s && !store->tail.sealed && store->tail.keep_frames > c->frames) {
		noted = segment_note_frame(s, c->frames, c->end);
		s->end = store->tail.keep_end;
	}
	w->frontier = c->frontier;
	pthread_rwlock_unlock(&store->lock);
	if (!noted)
		return err_no_memory(err);
	w->live = store->tail.sealed ? NULL : s;
	w->marked = c->segment == 0 || store->tail.sealed || store->tail.keep_end > c->end;
	w->batch = c->batch + 1;
	w->batch_frames = 0;
	w->batch_start = w->buffer_at = store->tail.keep_end;
	w->batch_first_sequence = c->tree_size;
	w->objects = c->objects;
	w->bytes_original = c->bytes_original;
	w->dict_ordinal = s ? s->last_dict : UINT32_MAX;
	buf_clear(&w->buffer);
	buf_clear(&w->tree_nodes);
	return ST_OK;
}

Status rollback_cut_tail(Store *store, Err *err)
{
	Writer *w = &store->writer;
	const Committed *c = &store->committed;
	Status st = unlink_segments_after(store, c->segment, err);
	if (st != ST_OK || c->segment == 0 || store->tail.sealed)
		return st;
	st = open_live(store, c->segment, err);
	if (st != ST_OK)
		return st;
	struct stat info;
	if (fstat(w->live_fd, &info) != 0)
		return err_errno(err, errno, "look at segment %08" PRIx32 ".seg", c->segment);
	if ((uint64_t)info.st_size > store->tail.keep_end)
		st = cut_file(w->live_fd, store->tail.keep_end, "the live segment", err);
	store->seen_size = store->tail.keep_end;
	return st;
}

Status rollback_batch(Store *store, Err *err)
{
	Writer *w = &store->writer;
	out_wait_for_sync(w);
	Err cause = *err;
	pthread_rwlock_wrlock(&store->lock);
	const Committed *c = &store->committed;
	bool filtered = table_filter(&store->table, is_committed, store);
	segments_drop_after(store, c->segment);
	Segment *s = segments_find(store, c->segment);
	if (s) {
		segment_cut(s, c->frames, c->leaves, c->end);
		s->sealed = false;
	}
	store->tail = (Tail){.keep_end = c->end, .keep_frames = c->frames};
	pthread_rwlock_unlock(&store->lock);
	Status st = filtered ? rollback_cut_tail(store, err) : err_no_memory(err);
	if (st == ST_OK)
		st = rollback_resume(store, err);
	pthread_mutex_lock(&w->sync_mutex);
	w->drops++;
	w->drop_cause = cause;
	if (st != ST_OK && w->poison.code == ST_OK)
		err_set(&w->poison, ST_READ_ONLY, "the archive takes no writes until it is opened anew: %.150s",
			err->text);
	pthread_cond_broadcast(&w->synced);
	pthread_mutex_unlock(&w->sync_mutex);
	return st;
}

/* ---- one entry ----------------------------------------------------------------------------------------------------
 */

void rollback_save(const Store *store, Savepoint *out)
{
	const Writer *w = &store->writer;
	*out = (Savepoint){
		.live = w->live,
		.frames = w->live ? w->live->frames : 0,
		.leaves = w->live ? w->live->leaves : 0,
		.end = w->live ? w->live->end : 0,
		.objects = w->objects,
		.bytes_original = w->bytes_original,
		.batch_frames = w->batch_frames,
		.dict_ordinal = w->dict_ordinal,
		.tree_nodes_len = w->tree_nodes.len,
		.frontier = w->frontier,
	};
}

typedef struct {
	uint32_t segment, frames;
	uint64_t tree_size;
} KeepBefore;

static bool is_before(void *ctx, const TableEntry *entry)
{
	const KeepBefore *keep = ctx;
	uint32_t segment = (uint32_t)(entry->value >> 32), ordinal = (uint32_t)entry->value;
	if (segment == 0)
		return entry->value < keep->tree_size;
	return segment < keep->segment || (segment == keep->segment && ordinal < keep->frames);
}

void rollback_entry(Store *store, const Savepoint *save)
{
	Writer *w = &store->writer;
	Err ignored;
	if (!save->live || w->live != save->live || out_check_poison(w, &ignored) != ST_OK)
		return; /* the frames stay: they are whole, and nothing points to them */
	if (w->live->frames == save->frames)
		return;
	KeepBefore keep = {save->live->id, save->frames, save->frontier.size};
	pthread_rwlock_wrlock(&store->lock);
	table_filter(&store->table, is_before, &keep);
	segment_cut(w->live, save->frames, save->leaves, save->end);
	w->frontier = save->frontier;
	pthread_rwlock_unlock(&store->lock);
	w->objects = save->objects;
	w->bytes_original = save->bytes_original;
	w->batch_frames = save->batch_frames;
	w->dict_ordinal = save->dict_ordinal;
	w->tree_nodes.len = save->tree_nodes_len;
	if (save->end >= w->buffer_at) {
		w->buffer.len = (size_t)(save->end - w->buffer_at);
		return;
	}
	out_wait_for_sync(w);
	buf_clear(&w->buffer);
	w->buffer_at = save->end;
	if (ftruncate(w->live_fd, (off_t)save->end) != 0)
		out_poison(w, "ftruncate", errno);
}
