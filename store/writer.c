/* store/writer.c - the one writer: lock, recovery of a torn tail, frames out, segments, commit.
 *
 *   writer_add … writer_add → buffer → pwrite → COMMIT → fdatasync → committed
 *
 * A batch is given to the file only when the batch before it is durable; while fdatasync runs the next one gathers
 * in memory. A failed fdatasync poisons the writer for good: Linux marks the failed pages clean, so trying again
 * would report success for bytes that are not there.
 */
#include "store/internal.h"

#include "base/clock.h"
#include "base/file.h"
#include "store/checkpoint.h"
#include "store/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* ---- waiting and poison ---------------------------------------------------------------------------------------- */

static void wait_for_sync(Writer *w)
{
	pthread_mutex_lock(&w->sync_mutex);
	while (w->syncing)
		pthread_cond_wait(&w->synced, &w->sync_mutex);
	pthread_mutex_unlock(&w->sync_mutex);
}

static Status check_poison(Writer *w, Err *err)
{
	pthread_mutex_lock(&w->sync_mutex);
	Status st = w->poison.code == ST_OK ? ST_OK : err_set(err, ST_READ_ONLY, "%s", w->poison.text);
	pthread_mutex_unlock(&w->sync_mutex);
	return st;
}

static void poison(Writer *w, const char *what, int errno_value)
{
	pthread_mutex_lock(&w->sync_mutex);
	if (w->poison.code == ST_OK)
		err_errno(&w->poison, errno_value, "the archive takes no writes until it is opened anew: %s failed", what);
	pthread_mutex_unlock(&w->sync_mutex);
}

/* ---- giving bytes to the file ---------------------------------------------------------------------------------- */

static Status check_space(Store *store, uint64_t needed, Err *err)
{
	struct statvfs info;
	if (fstatvfs(store->writer.live_fd, &info) != 0)
		return err_errno(err, errno, "ask for the room on the disk of %s", store->dir);
	uint64_t free_bytes = (uint64_t)info.f_bavail * info.f_frsize, reserve = (uint64_t)info.f_blocks * info.f_frsize / 32;
	if (reserve > store->options.reserve_bytes)
		reserve = store->options.reserve_bytes;
	if (free_bytes < needed + reserve)
		return err_set(err, ST_NO_SPACE, "the disk of %s has %" PRIu64 " MiB left, which are kept in reserve; make room", store->dir,
		               free_bytes >> 20);
	return ST_OK;
}

static Status flush(Store *store, Err *err)
{
	Writer *w = &store->writer;
	if (!w->buffer.len)
		return ST_OK;
	wait_for_sync(w);
	Status st = check_poison(w, err);
	if (st == ST_OK)
		st = check_space(store, w->buffer.len, err);
	if (st == ST_OK)
		st = file_pwrite(w->live_fd, w->buffer.data, w->buffer.len, w->buffer_at, w->live->file->name, err);
	if (st != ST_OK)
		return st;
	w->buffer_at += w->buffer.len;
	buf_clear(&w->buffer);
	return ST_OK;
}

/* ---- segments -------------------------------------------------------------------------------------------------- */

static Status path_of(const Store *store, uint32_t id, char out[static PATH_MAX], Err *err)
{
	char name[16];
	segment_name(id, name);
	if (snprintf(out, PATH_MAX, "%s/segments/%s", store->dir, name) >= PATH_MAX)
		return err_set(err, ST_LIMIT, "path too long: %.100s…", store->dir);
	return ST_OK;
}

static Status sync_segments_dir(const Store *store, Err *err)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, "%s/segments", store->dir) >= (int)sizeof path)
		return err_set(err, ST_LIMIT, "path too long: %.100s…", store->dir);
	return file_sync_dir(path, err);
}

static Status create_segment_file(Store *store, uint32_t id, int *fd_out, Err *err)
{
	char path[PATH_MAX];
	uint8_t bytes[SEGMENT_HEADER_LEN];
	SegmentHeader header = {.segment = id, .first_sequence = store->writer.frontier.size, .created_ms = clock_utc_ms()};
	Status st = path_of(store, id, path, err);
	if (st != ST_OK)
		return st;
	memcpy(header.archive_id, store->archive_id, ARCHIVE_ID_LEN);
	segment_header_put(&header, bytes);
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_errno(err, errno, "create %s", path);
	st = file_pwrite(fd, bytes, sizeof bytes, 0, path, err);
	if (st == ST_OK && fsync(fd) != 0)
		st = err_errno(err, errno, "sync %s", path);
	if (st == ST_OK)
		st = sync_segments_dir(store, err);
	if (st != ST_OK) {
		close_quietly(fd);
		unlink(path);
		return st;
	}
	*fd_out = fd;
	return ST_OK;
}

Status writer_add_dictionary(Store *store, Err *err)
{
	Writer *w = &store->writer;
	FrameHeader header = {.type = FRAME_DICT};
	Str bytes = dictionary_bytes(w->dict);
	header.raw_len = (uint32_t)bytes.len;
	uint32_t ordinal;
	Status st = writer_add(store, &header, (Str){(const char *)dictionary_hash(w->dict)->bytes, STORE_HASH_LEN}, (Str){0}, bytes,
	                       &ordinal, err);
	if (st != ST_OK)
		return st;
	w->dict_ordinal = ordinal;
	w->live->last_dict = ordinal;
	return ST_OK;
}

static Status start_segment(Store *store, Err *err)
{
	Writer *w = &store->writer;
	SegmentHeader header;
	bool sealed;
	uint32_t id = store->segment_count ? store->segments[store->segment_count - 1]->id + 1 : 1;
	int fd = -1;
	Segment *s = segment_new(id);
	if (!s)
		return err_no_memory(err);
	s->first_sequence = w->frontier.size;
	Status st = create_segment_file(store, id, &fd, err);
	if (st == ST_OK)
		st = segment_file_open(&s->file, store->dir, id, store->archive_id, &header, &sealed, NULL, err);
	if (st != ST_OK)
		goto done;
	pthread_rwlock_wrlock(&store->lock);
	bool added = log_add_segment(store, s);
	store->files_open += added;
	store->seen_size = SEGMENT_HEADER_LEN;
	pthread_rwlock_unlock(&store->lock);
	if (!added) {
		st = err_no_memory(err);
		goto done;
	}
	close_quietly(w->live_fd);
	w->live_fd = fd;
	w->live = s;
	w->buffer_at = w->batch_start = SEGMENT_HEADER_LEN;
	w->dict_ordinal = UINT32_MAX;
	return w->dict ? writer_add_dictionary(store, err) : ST_OK;
done:
	if (fd >= 0) {
		char path[PATH_MAX];
		Err ignored;
		if (path_of(store, id, path, &ignored) == ST_OK)
			unlink(path);
	}
	close_quietly(fd);
	segment_free(s);
	return st;
}

/* The FOOTER frame and the trailer of the live segment, as bytes to go at its end. */
static Status build_footer(Store *store, Buf *out, Err *err)
{
	Writer *w = &store->writer;
	Segment *s = w->live;
	const Committed *c = &store->committed;
	bool has_commit = c->segment == s->id;
	uint8_t head[FRAME_HEADER_LEN], tail[SEGMENT_TRAILER_LEN];
	uint32_t seed = frame_seed(s->file->seed, s->end);
	FooterDescriptor footer = {
		.frames = s->frames, .leaves = s->leaves,
		.committed_frames = has_commit ? c->frames : 0, .committed_leaves = has_commit ? c->leaves : 0,
		.committed_end = has_commit ? c->end : 0, .first_sequence = s->first_sequence, .batch = c->batch,
		.last_dict = s->last_dict, .frontier = w->frontier,
	};
	buf_extend(out, FRAME_HEADER_LEN);
	footer_descriptor_put(&footer, seed, out);
	FrameHeader header = {
		.type = FRAME_FOOTER, .ordinal = s->frames, .sequence = w->frontier.size, .batch = w->batch,
		.descriptor_len = (uint32_t)(out->len - FRAME_HEADER_LEN), .stored_len = (s->frames + s->leaves) * 4,
	};
	header.raw_len = header.stored_len;
	char *tables = buf_extend(out, (size_t)(frame_content_len(&header) - header.descriptor_len));
	if (!tables)
		return err_no_memory(err);
	memset(tables, 0, (size_t)(frame_content_len(&header) - header.descriptor_len));
	for (uint32_t i = 0; i < s->frames; i++)
		put_le32(tables + (size_t)i * 4, s->offsets[i]);
	for (uint32_t i = 0; i < s->leaves; i++)
		put_le32(tables + ((size_t)s->frames + i) * 4, s->leaf_ordinals[i]);
	frame_header_put(&header, seed, out->data + FRAME_HEADER_LEN, head);
	memcpy(out->data, head, sizeof head);
	SegmentTrailer trailer = {s->end, s->id, 0};
	segment_trailer_put(&trailer, frame_seed(s->file->seed, s->end + out->len), tail);
	buf_add(out, tail, sizeof tail);
	return buf_ok(out) ? ST_OK : err_no_memory(err);
}

static Status seal_live(Store *store, Err *err)
{
	Writer *w = &store->writer;
	Buf footer = {0};
	SegmentHeader header;
	SegmentFile *fresh = NULL;
	bool sealed;
	Status st = flush(store, err);
	if (st == ST_OK) {
		wait_for_sync(w);
		st = build_footer(store, &footer, err);
	}
	if (st == ST_OK)
		st = check_space(store, footer.len, err);
	if (st == ST_OK)
		st = file_pwrite(w->live_fd, footer.data, footer.len, w->live->end, w->live->file->name, err);
	if (st != ST_OK) {
		if (footer.len && ftruncate(w->live_fd, (off_t)w->live->end) != 0)
			poison(w, "ftruncate", errno);
		goto done;
	}
	if (fdatasync(w->live_fd) != 0) {
		poison(w, "fdatasync", errno);
		st = check_poison(w, err);
		goto done;
	}
	st = segment_file_open(&fresh, store->dir, w->live->id, store->archive_id, &header, &sealed, NULL, err);
	if (st != ST_OK)
		goto done;
	pthread_rwlock_wrlock(&store->lock);
	SegmentFile *old = w->live->file;
	w->live->file = fresh;
	w->live->sealed = true;
	pthread_rwlock_unlock(&store->lock);
	segment_file_free(old);
	fresh = NULL;
	w->live = NULL;
	w->marked = true;
done:
	segment_file_free(fresh);
	buf_done(&footer);
	return st;
}

static Status commit(Store *store, bool even_empty, Err *err);

Status writer_seal(Store *store, Err *err)
{
	Writer *w = &store->writer;
	if (w->batch_frames)
		return err_set(err, ST_CONFLICT, "there is something uncommitted");
	if (!w->live || !w->live->frames)
		return ST_OK;
	Status st = seal_live(store, err);
	if (st == ST_OK)
		st = start_segment(store, err);
	return st == ST_OK ? commit(store, true, err) : st; /* a commit behind it makes the sealed one a thing of the past */
}

/* ---- frames ---------------------------------------------------------------------------------------------------- */

Status writer_make_room(Store *store, uint64_t len, Err *err)
{
	Writer *w = &store->writer;
	if (w->live && w->live->frames > 1 && w->live->end + len > store->options.segment_bytes) {
		Status st = seal_live(store, err);
		if (st != ST_OK)
			return st;
	}
	if (!w->live) {
		Status st = start_segment(store, err);
		if (st != ST_OK)
			return st;
	}
	return w->buffer.len && w->buffer.len + len > store->options.buffer_bytes ? flush(store, err) : ST_OK;
}

Status writer_add(Store *store, FrameHeader *header, Str descriptor, Str annex, Str stored, uint32_t *ordinal_out, Err *err)
{
	Writer *w = &store->writer;
	header->descriptor_len = (uint32_t)descriptor.len;
	header->annex_len = (uint32_t)annex.len;
	header->stored_len = (uint32_t)stored.len;
	bool in_place = header->type == FRAME_COMMIT || header->type == FRAME_MARK || header->type == FRAME_DICT ||
	                header->codec == CODEC_LZ4_DICT; /* they stand where their batch or their dictionary stands */
	Status st = in_place ? ST_OK : writer_make_room(store, frame_len(header), err);
	if (st != ST_OK)
		return st;
	if (!buf_reserve(&w->buffer, (size_t)frame_len(header))) {
		w->buffer.failed = false; /* what is in it stays */
		return err_no_memory(err);
	}
	Segment *s = w->live;
	header->ordinal = s->frames;
	header->batch = w->batch;
	header->sequence = w->frontier.size;
	uint8_t *at = (uint8_t *)w->buffer.data + w->buffer.len, *content = at + FRAME_HEADER_LEN;
	memset(content + frame_content_len(header) - FRAME_ALIGN, 0, frame_content_len(header) ? FRAME_ALIGN : 0);
	memcpy(content, descriptor.ptr ? descriptor.ptr : "", descriptor.len);
	memcpy(content + descriptor.len, annex.ptr ? annex.ptr : "", annex.len);
	memcpy(content + descriptor.len + annex.len, stored.ptr ? stored.ptr : "", stored.len);
	frame_header_put(header, frame_seed(s->file->seed, s->end), content, at);
	pthread_rwlock_wrlock(&store->lock);
	uint64_t offset = s->end;
	bool noted = segment_note_frame(s, header->ordinal, offset);
	if (noted && header->type == FRAME_LEAF)
		noted = segment_note_leaf(s, (uint32_t)(header->sequence - s->first_sequence), header->ordinal);
	if (noted)
		s->end = offset + frame_len(header);
	else
		segment_cut(s, header->ordinal, s->leaves, offset);
	pthread_rwlock_unlock(&store->lock);
	if (!noted)
		return err_no_memory(err);
	if (w->batch_frames == 0 && header->type != FRAME_MARK) {
		w->batch_start = offset;
		w->batch_first_sequence = w->frontier.size;
	}
	if (header->type != FRAME_MARK)
		w->batch_frames++;
	w->buffer.len += (size_t)frame_len(header);
	if (ordinal_out)
		*ordinal_out = header->ordinal;
	return ST_OK;
}

/* ---- commit ---------------------------------------------------------------------------------------------------- */

static Status add_commit_frame(Store *store, CommitDescriptor *commit, Err *err)
{
	Writer *w = &store->writer;
	uint8_t descriptor[COMMIT_DESCRIPTOR_LEN];
	FrameHeader header = {.type = FRAME_COMMIT};
	*commit = (CommitDescriptor){
		.batch = w->batch, .first_sequence = w->batch_first_sequence, .tree_size = w->frontier.size, .utc_ms = clock_utc_ms(),
		.objects = w->objects, .bytes_original = w->bytes_original,
	};
	frontier_root(&w->frontier, &commit->root);
	commit_descriptor_put(commit, descriptor);
	return writer_add(store, &header, (Str){(const char *)descriptor, sizeof descriptor}, (Str){0}, (Str){0}, NULL, err);
}

static void publish(Store *store, const Committed *next)
{
	pthread_rwlock_wrlock(&store->lock);
	store->committed = *next;
	store->seen_size = next->end;
	store->tail = (Tail){.keep_end = next->end, .keep_frames = next->frames};
	pthread_rwlock_unlock(&store->lock);
}

/* fdatasync with the mutex let go. On failure the unsynced bytes are cut off, so that nobody takes pages that the
 * kernel wrongly calls clean for durable ones. */
static Status sync_batch(Store *store, const Committed *next, Err *err)
{
	Writer *w = &store->writer;
	int fd = w->live_fd;
	Buf nodes = w->tree_nodes;
	buf_init(&w->tree_nodes);
	pthread_mutex_lock(&w->sync_mutex);
	w->syncing = true;
	pthread_mutex_unlock(&w->sync_mutex);
	pthread_mutex_unlock(&w->mutex);
	int failed = fdatasync(fd) != 0 ? errno : 0;
	if (!failed) {
		publish(store, next);
		if (buf_ok(&nodes))
			tree_add(store, buf_str(&nodes), next->tree_size);
	} else {
		poison(w, "fdatasync", failed);
		if (store->committed.segment == next->segment && ftruncate(fd, (off_t)store->committed.end) != 0)
			failed = errno;
	}
	buf_done(&nodes);
	pthread_mutex_lock(&w->sync_mutex);
	w->syncing = false;
	if (!failed)
		w->synced_batch = next->batch;
	pthread_cond_broadcast(&w->synced);
	pthread_mutex_unlock(&w->sync_mutex);
	pthread_mutex_lock(&w->mutex);
	return failed ? check_poison(w, err) : ST_OK;
}

Status writer_commit(Store *store, Err *err)
{
	return commit(store, false, err);
}

/* even_empty: a COMMIT frame also where nothing was added. */
static Status commit(Store *store, bool even_empty, Err *err)
{
	Writer *w = &store->writer;
	CommitDescriptor commit;
	wait_for_sync(w);
	Status st = check_poison(w, err);
	if (st != ST_OK || (w->batch_frames == 0 && !even_empty))
		return st;
	if (!w->live) /* it was sealed, and starting the next one failed then */
		st = start_segment(store, err);
	if (st == ST_OK)
		st = add_commit_frame(store, &commit, err);
	if (st == ST_OK)
		st = flush(store, err);
	if (st != ST_OK) {
		Err cause = *err, ignored;
		writer_drop(store, &ignored);
		*err = cause;
		return st;
	}
	Committed next = {
		.tree_size = commit.tree_size, .batch = commit.batch, .root = commit.root, .segment = w->live->id,
		.frames = w->live->frames, .leaves = w->live->leaves, .end = w->live->end, .batch_start = w->batch_start,
		.objects = w->objects, .bytes_original = w->bytes_original, .frontier = w->frontier,
	};
	w->batch++;
	w->batch_frames = 0;
	w->marked = false;
	st = sync_batch(store, &next, err);
	if (st == ST_OK && next.segment > 1)
		catalogue_cover(store, next.segment - 1); /* at once where nothing was sealed */
	return st;
}

/* ---- throwing away --------------------------------------------------------------------------------------------- */

static bool is_committed(void *ctx, const TableEntry *entry)
{
	const Store *store = ctx;
	const Committed *c = &store->committed;
	uint32_t segment = (uint32_t)(entry->value >> 32), ordinal = (uint32_t)entry->value;
	if (segment == 0) /* a sequence; archives of 2^32 records and more keep the look-ups of pending ones, harmless */
		return entry->value < c->tree_size;
	return segment < c->segment || (segment == c->segment && ordinal < c->frames);
}

static Status unlink_segments_after(Store *store, uint32_t id, Err *err)
{
	uint32_t last = id;
	char path[PATH_MAX];
	Status st = ST_OK;
	for (st = path_of(store, last + 1, path, err); st == ST_OK && file_exists(path); st = path_of(store, last + 1, path, err))
		last++;
	bool any = last > id;
	if (any || (store->catalogue.covered >= id && id))
		catalogue_cut(store, id);
	for (; st == ST_OK && last > id; last--) {
		st = path_of(store, last, path, err);
		if (st == ST_OK && unlink(path) != 0 && errno != ENOENT)
			st = err_errno(err, errno, "remove %s", path);
		if (st == ST_OK) /* one by one: a later one must never outlive an earlier one */
			st = sync_segments_dir(store, err);
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
	Status st = path_of(store, id, path, err);
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
	wait_for_sync(w);
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
		err_set(&w->poison, ST_READ_ONLY, "the archive takes no writes until it is opened anew: %.150s", err->text);
	pthread_cond_broadcast(&w->synced);
	pthread_mutex_unlock(&w->sync_mutex);
	return st;
}

void writer_save(const Store *store, Savepoint *out)
{
	const Writer *w = &store->writer;
	*out = (Savepoint){
		.live = w->live, .frames = w->live ? w->live->frames : 0, .leaves = w->live ? w->live->leaves : 0,
		.end = w->live ? w->live->end : 0, .objects = w->objects, .bytes_original = w->bytes_original,
		.batch_frames = w->batch_frames, .dict_ordinal = w->dict_ordinal,
		.tree_nodes_len = w->tree_nodes.len, .frontier = w->frontier,
	};
}

typedef struct { uint32_t segment, frames; uint64_t tree_size; } KeepBefore;

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
	if (!save->live || w->live != save->live || check_poison(w, &ignored) != ST_OK)
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
	wait_for_sync(w);
	buf_clear(&w->buffer);
	w->buffer_at = save->end;
	if (ftruncate(w->live_fd, (off_t)save->end) != 0)
		poison(w, "ftruncate", errno);
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

static Status find_dictionary(Store *store, Err *err)
{
	Writer *w = &store->writer;
	for (size_t i = store->segment_count; i-- > 0 && !w->dict;) {
		const Segment *s = store->segments[i];
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
		st = err_set(err, ST_READ_ONLY, "the archive holds %" PRIu64 " records, but %" PRIu64 " were signed: the end of the log is missing",
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
		st = err_set(err, ST_READ_ONLY, "the archive is damaged and takes no writes: %.180s", store->damage.text);
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
	if (st == ST_OK)
		st = find_dictionary(store, err);
	if (st == ST_OK)
		tree_catch_up(store);
	return st;
}

Status writer_begin(Store *store, Err *err)
{
	Writer *w = &store->writer;
	Status st = check_poison(w, err);
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
	if (w->marked || !w->live || check_poison(w, &ignored) != ST_OK)
		return;
	if (writer_add(store, &header, (Str){0}, (Str){0}, (Str){0}, NULL, &ignored) == ST_OK && flush(store, &ignored) == ST_OK) {
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
	wait_for_sync(w);
	if (w->batch_frames > 0 && check_poison(w, &ignored) == ST_OK) {
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

Status writer_open(Store *store, Err *err)
{
	Writer *w = &store->writer;
	char path[PATH_MAX];
	w->live_fd = -1;
	w->dict_ordinal = UINT32_MAX;
	if (snprintf(path, sizeof path, "%s/LOCK", store->dir) >= (int)sizeof path)
		return err_set(err, ST_LIMIT, "path too long: %.100s…", store->dir);
	w->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (w->lock_fd < 0)
		w->lock_fd = open(path, O_RDONLY | O_CLOEXEC); /* may still be read */
	if (w->lock_fd < 0)
		return err_errno(err, errno, "open %s", path);
	w->packer = packer_new(PACK_FAST);
	return w->packer ? ST_OK : err_no_memory(err);
}

void writer_close(Store *store)
{
	Writer *w = &store->writer;
	close_quietly(w->live_fd);
	close_quietly(w->lock_fd);
	packer_free(w->packer);
	buf_done(&w->buffer);
	buf_done(&w->samples);
	buf_done(&w->sample_sizes);
	buf_done(&w->packed);
	buf_done(&w->annex);
	buf_done(&w->descriptor);
	buf_done(&w->payload);
	buf_done(&w->tree_nodes);
}
