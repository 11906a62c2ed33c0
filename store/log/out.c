/* store/log/out.c - frames are laid out in the buffer exactly as they will lie in the file, sums and padding included,
 * so giving them to the file is one write. It waits for a running fdatasync first: a batch reaches the file only when
 * the batch before it is durable. */
#include "store/log/out.h"

#include "base/rwlock.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/statvfs.h>

/* ---- waiting and poison -------------------------------------------------------------------------------------------
 */

void out_wait_for_sync(Writer *w)
{
	pthread_mutex_lock(&w->sync_mutex);
	while (w->syncing)
		pthread_cond_wait(&w->synced, &w->sync_mutex);
	pthread_mutex_unlock(&w->sync_mutex);
}

Status out_check_poison(Writer *w, Err *err)
{
	pthread_mutex_lock(&w->sync_mutex);
	Status st = w->poison.code == ST_OK ? ST_OK : err_set(err, ST_READ_ONLY, "%s", w->poison.text);
	pthread_mutex_unlock(&w->sync_mutex);
	return st;
}

void out_poison(Writer *w, const char *what, int errno_value)
{
	pthread_mutex_lock(&w->sync_mutex);
	if (w->poison.code == ST_OK)
		err_errno(&w->poison, errno_value, "the archive takes no writes until it is opened anew: %s failed",
			  what);
	pthread_mutex_unlock(&w->sync_mutex);
}

/* ---- giving bytes to the file -------------------------------------------------------------------------------------
 */

/* fd: of any file on that disk; -1: the directory is asked. */
static Status read_space(const Store *store, int fd, uint64_t *free_out, uint64_t *reserve_out, Err *err)
{
	struct statvfs info;
	if ((fd < 0 ? statvfs(store->dir, &info) : fstatvfs(fd, &info)) != 0)
		return err_errno(err, errno, "ask for the room on the disk of %s", store->dir);
	uint64_t reserve = (uint64_t)info.f_blocks * info.f_frsize / 32;
	*free_out = (uint64_t)info.f_bavail * info.f_frsize;
	*reserve_out = reserve < store->options.reserve_bytes ? reserve : store->options.reserve_bytes;
	return ST_OK;
}

Status store_room(const Store *store, uint64_t *bytes_out, Err *err)
{
	uint64_t free_bytes, reserve;
	Status st = read_space(store, -1, &free_bytes, &reserve, err);
	if (st == ST_OK)
		*bytes_out = free_bytes > reserve ? free_bytes - reserve : 0;
	return st;
}

Status out_check_space(Store *store, uint64_t needed, Err *err)
{
	uint64_t free_bytes, reserve;
	Status st = read_space(store, store->writer.live_fd, &free_bytes, &reserve, err);
	if (st == ST_OK && free_bytes < needed + reserve)
		st = err_set(err, ST_NO_SPACE,
			     "the disk of %s has %" PRIu64 " MiB left, which are kept in reserve; make room",
			     store->dir, free_bytes >> 20);
	return st;
}

Status out_flush(Store *store, Err *err)
{
	Writer *w = &store->writer;
	if (!w->buffer.len)
		return ST_OK;
	out_wait_for_sync(w);
	Status st = out_check_poison(w, err);
	if (st == ST_OK)
		st = out_check_space(store, w->buffer.len, err);
	if (st == ST_OK)
		st = file_pwrite(w->live_fd, w->buffer.data, w->buffer.len, w->buffer_at, w->live->file->name, err);
	if (st != ST_OK)
		return st;
	w->buffer_at += w->buffer.len;
	buf_clear(&w->buffer);
	return ST_OK;
}

/* ---- frames -------------------------------------------------------------------------------------------------------
 */

Status out_put_frame(Store *store, FrameHeader *header, Str descriptor, Str annex, Str stored, uint32_t *ordinal_out,
		     Err *err)
{
	Writer *w = &store->writer;
	header->descriptor_len = (uint32_t)descriptor.len;
	header->annex_len = (uint32_t)annex.len;
	header->stored_len = (uint32_t)stored.len;
	if (!buf_reserve(&w->buffer, (size_t)frame_len(header))) {
		w->buffer.failed = false; /* the frames in it stay valid */
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
