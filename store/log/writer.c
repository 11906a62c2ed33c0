/* store/log/writer.c - the one writer: frames out, commit, poison.
 *
 *   writer_add … writer_add → buffer → pwrite → COMMIT → fdatasync → committed
 *
 * The durable mark (mark.h) is set between fdatasync and committed, so that other processes know what is durable.
 *
 * A batch is given to the file only when the batch before it is durable; while fdatasync runs the next one gathers
 * in memory. A failed fdatasync poisons the writer for good: Linux marks the failed pages clean, so trying again
 * would report success for bytes that are not there.
 */
#include "store/log/writer.h"

#include "base/clock.h"
#include "base/rwlock.h"
#include "store/log/catalogue.h"
#include "store/log/live.h"
#include "store/log/mark.h"
#include "store/log/out.h"
#include "store/log/rollback.h"
#include "store/log/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* ---- frames -------------------------------------------------------------------------------------------------------
 */

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
	return w->buffer.len && w->buffer.len + len > store->options.buffer_bytes ? out_flush(store, err) : ST_OK;
}

Status writer_add(Store *store, FrameHeader *header, Str descriptor, Str annex, Str stored, uint32_t *ordinal_out,
		  Err *err)
{
	header->descriptor_len = (uint32_t)descriptor.len;
	header->annex_len = (uint32_t)annex.len;
	header->stored_len = (uint32_t)stored.len;
	/* what was packed with a dictionary stands in the segment of that dictionary, for which room was made before */
	Status st = header->codec == CODEC_LZ4_DICT ? ST_OK : writer_make_room(store, frame_len(header), err);
	return st == ST_OK ? out_put_frame(store, header, descriptor, annex, stored, ordinal_out, err) : st;
}

/* ---- commit -------------------------------------------------------------------------------------------------------
 */

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
	return out_put_frame(store, &header, (Str){(const char *)descriptor, sizeof descriptor}, (Str){0}, (Str){0},
			     NULL, err);
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
	Err why;
	Buf nodes = w->tree_nodes;
	buf_init(&w->tree_nodes);
	pthread_mutex_lock(&w->sync_mutex);
	w->syncing = true;
	pthread_mutex_unlock(&w->sync_mutex);
	pthread_mutex_unlock(&w->mutex);
	int failed = fdatasync(fd) != 0 ? errno : 0;
	if (!failed) {
		if (mark_set(store, next, &why) == ST_OK)
			w->marked_batch = next->batch;
		else
			out_poison(w, "setting the durable mark", EIO); /* others would not see what follows */
		publish(store, next);
		if (buf_ok(&nodes))
			tree_add(store, buf_str(&nodes), next->tree_size);
	} else {
		out_poison(w, "fdatasync", failed);
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
	return failed ? out_check_poison(w, err) : ST_OK;
}

/* even_empty: a COMMIT frame also where nothing was added. */
static Status commit(Store *store, bool even_empty, Err *err)
{
	Writer *w = &store->writer;
	CommitDescriptor commit;
	out_wait_for_sync(w);
	Status st = out_check_poison(w, err);
	if (st != ST_OK || (w->batch_frames == 0 && !even_empty))
		return st;
	if (!w->live) /* it was sealed, and starting the next one failed then */
		st = live_start(store, err);
	if (st == ST_OK)
		st = add_commit_frame(store, &commit, err);
	if (st == ST_OK)
		st = out_flush(store, err);
	if (st != ST_OK) {
		Err cause = *err, why = cause; /* those who wait for this batch are told the same */
		rollback_batch(store, &why);
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
		catalogue_cover(store, next.segment - 1); /* returns at once where nothing was sealed */
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
	/* the log goes on behind the sealed segment with this commit: only then may the segment be written anew */
	return st == ST_OK ? commit(store, true, err) : st;
}

/* ---- open and close -----------------------------------------------------------------------------------------------
 */

Status writer_open(Store *store, Err *err)
{
	Writer *w = &store->writer;
	FilePath path;
	w->live_fd = -1;
	w->dict_ordinal = UINT32_MAX;
	Status st = file_path(&path, store->dir, "LOCK", err);
	if (st != ST_OK)
		return st;
	w->lock_fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
	if (w->lock_fd < 0 && errno != EROFS && errno != EACCES && errno != EPERM)
		return err_errno(err, errno, "open %s", path.text);
	if (w->lock_fd < 0) { /* what takes no writes can still be read */
		w->not_writable = errno;
		w->lock_fd = open(path.text, O_RDONLY | O_CLOEXEC); /* -1 where nobody ever wrote */
	}
	w->packer = packer_new(PACK_FAST);
	return w->packer ? ST_OK : err_no_memory(err);
}

void writer_close(Store *store)
{
	Writer *w = &store->writer;
	mark_close(store);
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
