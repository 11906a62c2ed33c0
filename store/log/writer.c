/* store/log/writer.c - the one writer: frames out, commit, poison.
 *
 *   writer_add … writer_add → buffer → pwrite → COMMIT → fdatasync → committed
 *
 * A batch is given to the file only when the batch before it is durable; while fdatasync runs the next one gathers
 * in memory. A failed fdatasync poisons the writer for good: Linux marks the failed pages clean, so trying again
 * would report success for bytes that are not there.
 */
#include "store/log/writer_parts.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/rwlock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* ---- waiting and poison ---------------------------------------------------------------------------------------- */

void writer_wait_for_sync(Writer *w)
{
	pthread_mutex_lock(&w->sync_mutex);
	while (w->syncing)
		pthread_cond_wait(&w->synced, &w->sync_mutex);
	pthread_mutex_unlock(&w->sync_mutex);
}

Status writer_check_poison(Writer *w, Err *err)
{
	pthread_mutex_lock(&w->sync_mutex);
	Status st = w->poison.code == ST_OK ? ST_OK : err_set(err, ST_READ_ONLY, "%s", w->poison.text);
	pthread_mutex_unlock(&w->sync_mutex);
	return st;
}

void writer_poison(Writer *w, const char *what, int errno_value)
{
	pthread_mutex_lock(&w->sync_mutex);
	if (w->poison.code == ST_OK)
		err_errno(&w->poison, errno_value, "the archive takes no writes until it is opened anew: %s failed",
			  what);
	pthread_mutex_unlock(&w->sync_mutex);
}

/* ---- giving bytes to the file ---------------------------------------------------------------------------------- */

Status writer_check_space(Store *store, uint64_t needed, Err *err)
{
	struct statvfs info;
	if (fstatvfs(store->writer.live_fd, &info) != 0)
		return err_errno(err, errno, "ask for the room on the disk of %s", store->dir);
	uint64_t free_bytes = (uint64_t)info.f_bavail * info.f_frsize,
		 reserve = (uint64_t)info.f_blocks * info.f_frsize / 32;
	if (reserve > store->options.reserve_bytes)
		reserve = store->options.reserve_bytes;
	if (free_bytes < needed + reserve)
		return err_set(err, ST_NO_SPACE,
			       "the disk of %s has %" PRIu64 " MiB left, which are kept in reserve; make room",
			       store->dir, free_bytes >> 20);
	return ST_OK;
}

Status writer_flush(Store *store, Err *err)
{
	Writer *w = &store->writer;
	if (!w->buffer.len)
		return ST_OK;
	writer_wait_for_sync(w);
	Status st = writer_check_poison(w, err);
	if (st == ST_OK)
		st = writer_check_space(store, w->buffer.len, err);
	if (st == ST_OK)
		st = file_pwrite(w->live_fd, w->buffer.data, w->buffer.len, w->buffer_at, w->live->file->name, err);
	if (st != ST_OK)
		return st;
	w->buffer_at += w->buffer.len;
	buf_clear(&w->buffer);
	return ST_OK;
}

/* ---- frames ---------------------------------------------------------------------------------------------------- */

Status writer_make_room(Store *store, uint64_t len, Err *err)
{
	Writer *w = &store->writer;
	if (w->live && w->live->frames > 1 && w->live->end + len > store->options.segment_bytes) {
		Status st = live_seal(store, err);
		if (st != ST_OK)
			return st;
	}
	if (!w->live) {
		Status st = live_start(store, err);
		if (st != ST_OK)
			return st;
	}
	return w->buffer.len && w->buffer.len + len > store->options.buffer_bytes ? writer_flush(store, err) : ST_OK;
}

Status writer_add(Store *store, FrameHeader *header, Str descriptor, Str annex, Str stored, uint32_t *ordinal_out,
		  Err *err)
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
	rwlock_write(&store->lock);
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
		.batch = w->batch,
		.first_sequence = w->batch_first_sequence,
		.tree_size = w->frontier.size,
		.utc_ms = clock_utc_ms(),
		.objects = w->objects,
		.bytes_original = w->bytes_original,
	};
	frontier_root(&w->frontier, &commit->root);
	commit_descriptor_put(commit, descriptor);
	return writer_add(store, &header, (Str){(const char *)descriptor, sizeof descriptor}, (Str){0}, (Str){0}, NULL,
			  err);
}

static void publish(Store *store, const Committed *next)
{
	rwlock_write(&store->lock);
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
		writer_poison(w, "fdatasync", failed);
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
	return failed ? writer_check_poison(w, err) : ST_OK;
}

/* even_empty: a COMMIT frame also where nothing was added. */
static Status commit(Store *store, bool even_empty, Err *err)
{
	Writer *w = &store->writer;
	CommitDescriptor commit;
	writer_wait_for_sync(w);
	Status st = writer_check_poison(w, err);
	if (st != ST_OK || (w->batch_frames == 0 && !even_empty))
		return st;
	if (!w->live) /* it was sealed, and starting the next one failed then */
		st = live_start(store, err);
	if (st == ST_OK)
		st = add_commit_frame(store, &commit, err);
	if (st == ST_OK)
		st = writer_flush(store, err);
	if (st != ST_OK) {
		Err cause = *err, why = cause; /* those who wait for this batch are told the same */
		writer_drop(store, &why);
		*err = cause;
		return st;
	}
	Committed next = {
		.tree_size = commit.tree_size,
		.batch = commit.batch,
		.root = commit.root,
		.segment = w->live->id,
		.frames = w->live->frames,
		.leaves = w->live->leaves,
		.end = w->live->end,
		.batch_start = w->batch_start,
		.objects = w->objects,
		.bytes_original = w->bytes_original,
		.frontier = w->frontier,
	};
	w->batch++;
	w->batch_frames = 0;
	w->marked = false;
	st = sync_batch(store, &next, err);
	if (st == ST_OK && next.segment > 1)
		catalogue_cover(store, next.segment - 1); /* at once where nothing was sealed */
	return st;
}

Status writer_commit(Store *store, Err *err)
{
	return commit(store, false, err);
}

Status writer_seal(Store *store, Err *err)
{
	Writer *w = &store->writer;
	const Segment *live = w->live;
	Status st = ST_OK;
	if (w->batch_frames)
		return err_set(err, ST_CONFLICT, "there is something uncommitted");
	if (store->committed.segment == 0)
		return ST_OK;
	if (live && store->committed.segment == live->id && live->leaves == 0 && live->frames <= 2)
		return ST_OK; /* nothing in it but a COMMIT and a MARK */
	if (live && live->frames)
		st = live_seal(store, err);
	if (st == ST_OK && !w->live)
		st = live_start(store, err);
	/* a commit behind it makes the sealed one a thing of the past: only then may it be written anew */
	return st == ST_OK ? commit(store, true, err) : st;
}

/* ---- open and close -------------------------------------------------------------------------------------------- */

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
