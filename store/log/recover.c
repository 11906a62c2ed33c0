/* store/log/recover.c - taking and giving back the writer's lock: what the disk holds behind the last COMMIT is judged,
 * cut off or taken over; what was not committed is thrown away. */
#include "store/log/writer_parts.h"

#include "base/file.h"
#include "store/proof/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- throwing away --------------------------------------------------------------------------------------------- */

static bool is_committed(void *ctx, const TableEntry *entry)
{
	const Store *store = ctx;
	const Committed *c = &store->committed;
	uint32_t segment = (uint32_t)(entry->value >> 32), ordinal = (uint32_t)entry->value;
	if (segment ==
	    0) /* a sequence; archives of 2^32 records and more keep the look-ups of pending ones, harmless */
		return entry->value < c->tree_size;
	return segment < c->segment || (segment == c->segment && ordinal < c->frames);
}

static Status unlink_segments_after(Store *store, uint32_t id, Err *err)
{
	uint32_t last = id;
	char path[PATH_MAX];
	Status st = ST_OK;
	for (st = live_path(store, last + 1, path, err); st == ST_OK && file_exists(path);
	     st = live_path(store, last + 1, path, err))
		last++;
	bool any = last > id;
	if (any || (store->catalogue.covered >= id && id))
		catalogue_cut(store, id);
	for (; st == ST_OK && last > id; last--) {
		st = live_path(store, last, path, err);
		if (st == ST_OK && unlink(path) != 0 && errno != ENOENT)
			st = err_errno(err, errno, "remove %s", path);
		if (st == ST_OK) /* one by one: a later one must never outlive an earlier one */
			st = live_sync_dir(store, err);
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
	char path[PATH_MAX];
	Status st = live_path(store, id, path, err);
	if (st != ST_OK)
		return st;
	close_quietly(store->writer.live_fd);
	store->writer.live_fd = open(path, O_RDWR | O_CLOEXEC);
	return store->writer.live_fd >= 0 ? ST_OK : err_errno(err, errno, "open %s for writing", path);
}

/* Puts the writer behind the committed state (and the MARK that may follow it). */
static Status resume(Store *store, Err *err)
{
	Writer *w = &store->writer;
	const Committed *c = &store->committed;
	pthread_rwlock_wrlock(&store->lock);
	Segment *s = log_segment(store, c->segment);
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

/* Makes the disk agree with the committed state: later segments and torn bytes go. */
static Status cut_tail(Store *store, Err *err)
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

Status writer_drop(Store *store, Err *err)
{
	Writer *w = &store->writer;
	writer_wait_for_sync(w);
	Err cause = *err;
	pthread_rwlock_wrlock(&store->lock);
	const Committed *c = &store->committed;
	bool filtered = table_filter(&store->table, is_committed, store);
	log_drop_segments_after(store, c->segment);
	Segment *s = log_segment(store, c->segment);
	if (s) {
		segment_cut(s, c->frames, c->leaves, c->end);
		s->sealed = false;
	}
	store->tail = (Tail){.keep_end = c->end, .keep_frames = c->frames};
	pthread_rwlock_unlock(&store->lock);
	Status st = filtered ? cut_tail(store, err) : err_no_memory(err);
	if (st == ST_OK)
		st = resume(store, err);
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

void writer_save(const Store *store, Savepoint *out)
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

void writer_back_to(Store *store, const Savepoint *save)
{
	Writer *w = &store->writer;
	Err ignored;
	if (!save->live || w->live != save->live || writer_check_poison(w, &ignored) != ST_OK)
		return; /* complete frames of an entry that was not finished: nothing points to them */
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
	writer_wait_for_sync(w);
	buf_clear(&w->buffer);
	w->buffer_at = save->end;
	if (ftruncate(w->live_fd, (off_t)save->end) != 0)
		writer_poison(w, "ftruncate", errno);
}

/* ---- begin and end --------------------------------------------------------------------------------------------- */

static Status take_lock(Store *store, Err *err)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int got;
	do
		got = fcntl(store->writer.lock_fd, F_OFD_SETLK, &lock);
	while (got != 0 && errno == EINTR);
	if (got == 0)
		return ST_OK;
	if (errno == EAGAIN || errno == EACCES)
		return err_set(err, ST_BUSY, "another process is writing to the archive %s", store->dir);
	return err_errno(err, errno, "lock %s/LOCK", store->dir);
}

static void release_lock(Store *store)
{
	struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
	fcntl(store->writer.lock_fd, F_OFD_SETLK, &lock);
}

/* The last batch is whole but nothing proves that its fdatasync came back, and pages of a failed one count as clean:
 * the same bytes are written once more, so that the next fdatasync covers them. */
static Status write_again(Store *store, Err *err)
{
	const Committed *c = &store->committed;
	Writer *w = &store->writer;
	enum { PART = 1 << 20 };
	char *space = malloc(PART);
	Status st = space ? ST_OK : err_no_memory(err);
	for (uint64_t at = c->batch_start; st == ST_OK && at < c->end;) {
		size_t part = c->end - at < PART ? (size_t)(c->end - at) : PART;
		st = file_pread(w->live_fd, space, part, at, "the live segment", err);
		if (st == ST_OK)
			st = file_pwrite(w->live_fd, space, part, at, "the live segment", err);
		at += part;
	}
	free(space);
	if (st == ST_OK && fdatasync(w->live_fd) != 0)
		st = err_errno(err, errno, "sync the live segment");
	return st;
}

void writer_forget_dictionary(Store *store)
{
	Writer *w = &store->writer;
	w->dict = NULL;
	w->dict_ordinal = UINT32_MAX;
	w->training_failed = false;
	buf_done(&w->samples);
	buf_done(&w->sample_sizes);
}

/* That of the live segment, whatever was used before: frames name it by its place. Else the one in use, or the last. */
static Status find_dictionary(Store *store, Err *err)
{
	Writer *w = &store->writer;
	if (w->dict_ordinal != UINT32_MAX && w->live)
		return read_dictionary(store, SEE_COMMITTED, w->live->id, w->dict_ordinal, &w->dict, err);
	for (size_t i = store->segment_count; i-- > 0 && !w->dict;) {
		Segment *s = store->segments[i];
		pthread_rwlock_wrlock(&store->lock);
		Status st = files_open(store, s, err); /* where it was written anew it has another dictionary */
		pthread_rwlock_unlock(&store->lock);
		if (st != ST_OK)
			return st;
		if (s->last_dict != UINT32_MAX)
			return read_dictionary(store, SEE_COMMITTED, s->id, s->last_dict, &w->dict, err);
	}
	return ST_OK;
}

/* Never cut the log below what was signed: that would be a rewritten history. */
static Status check_signed(Store *store, Err *err)
{
	Buf text = {0};
	Checkpoint last;
	Status st = store_checkpoint_last(store, &text, err);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st == ST_OK && checkpoint_parse(buf_str(&text), &last, err) != ST_OK)
		st = err_set(err, ST_READ_ONLY, "%s/checkpoint is damaged; put it back or remove it", store->dir);
	else if (st == ST_OK && last.tree_size > store->committed.tree_size)
		st = err_set(err, ST_READ_ONLY,
			     "the archive holds %" PRIu64 " records, but %" PRIu64
			     " were signed: the end of the log is missing",
			     store->committed.tree_size, last.tree_size);
	buf_done(&text);
	return st;
}

static Status recover(Store *store, Err *err)
{
	Status st = ST_OK;
	if (store->damage.code != ST_OK) {
		/* a reader may have misjudged what was being written; with the lock held the judgement is final */
		if (!store->damage_judged)
			st = log_load(store, false, err);
		store->damage_judged = true;
	} else {
		pthread_rwlock_wrlock(&store->lock);
		st = log_advance(store, err);
		pthread_rwlock_unlock(&store->lock);
	}
	if (st == ST_OK && store->damage.code != ST_OK)
		st = err_set(err, ST_READ_ONLY, "the archive is damaged and takes no writes: %.180s",
			     store->damage.text);
	if (st == ST_OK && (store->tail.torn_bytes || store->checked_tail != store->committed.batch))
		st = check_signed(store, err);
	if (st == ST_OK)
		st = cut_tail(store, err);
	if (st == ST_OK)
		store->checked_tail = store->committed.batch;
	if (st == ST_OK && store->committed.segment && !store->tail.sealed && !store->tail.confirmed)
		st = write_again(store, err);
	if (st == ST_OK)
		st = resume(store, err);
	if (st == ST_OK && files_recheck(store))
		writer_forget_dictionary(store); /* something may have been destroyed that it was trained on */
	if (st == ST_OK)
		st = find_dictionary(store, err);
	if (st == ST_OK)
		tree_catch_up(store);
	return st;
}

Status writer_begin(Store *store, Err *err)
{
	Writer *w = &store->writer;
	Status st = writer_check_poison(w, err);
	if (st != ST_OK)
		return st;
	if (w->depth > 0) {
		w->depth++;
		return ST_OK;
	}
	st = take_lock(store, err);
	if (st != ST_OK)
		return st;
	st = recover(store, err);
	if (st != ST_OK) {
		release_lock(store);
		return st;
	}
	w->depth = 1;
	return ST_OK;
}

static void add_mark(Store *store)
{
	Writer *w = &store->writer;
	Err ignored;
	FrameHeader header = {.type = FRAME_MARK};
	if (w->marked || !w->live || writer_check_poison(w, &ignored) != ST_OK)
		return;
	if (writer_add(store, &header, (Str){0}, (Str){0}, (Str){0}, NULL, &ignored) == ST_OK &&
	    writer_flush(store, &ignored) == ST_OK) {
		pthread_rwlock_wrlock(&store->lock);
		store->seen_size = w->live->end;
		pthread_rwlock_unlock(&store->lock);
	}
}

void writer_end(Store *store)
{
	Writer *w = &store->writer;
	Err ignored = {0};
	if (w->depth == 0 || --w->depth > 0)
		return;
	writer_wait_for_sync(w);
	if (w->batch_frames > 0 && writer_check_poison(w, &ignored) == ST_OK) {
		err_set(&ignored, ST_CONFLICT, "it was not committed");
		writer_drop(store, &ignored);
	}
	add_mark(store);
	if (w->live) {
		const Committed *c = &store->committed;
		pthread_rwlock_wrlock(&store->lock);
		segment_cut(w->live, c->frames, c->leaves, c->end);
		pthread_rwlock_unlock(&store->lock);
	}
	release_lock(store);
}
