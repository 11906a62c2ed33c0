/* store/log/live.c - the live segment: made, filled by the writer, sealed with a footer. A new file and its name are
 * durable before anything is written to it; a segment is durable with its footer before the next one is made. */
#include "store/log/writer_parts.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/rwlock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

Status live_path(const Store *store, uint32_t id, char out[static PATH_MAX], Err *err)
{
	char name[16];
	segment_name(id, name);
	if (snprintf(out, PATH_MAX, "%s/segments/%s", store->dir, name) >= PATH_MAX)
		return err_set(err, ST_LIMIT, "path too long: %.100s…", store->dir);
	return ST_OK;
}

Status live_sync_dir(const Store *store, Err *err)
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
	SegmentHeader header = {
		.segment = id, .first_sequence = store->writer.frontier.size, .created_ms = clock_utc_ms()};
	Status st = live_path(store, id, path, err);
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
		st = live_sync_dir(store, err);
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
	Status st = writer_add(store, &header, (Str){(const char *)dictionary_hash(w->dict)->bytes, STORE_HASH_LEN},
			       (Str){0}, bytes, &ordinal, err);
	if (st != ST_OK)
		return st;
	w->dict_ordinal = ordinal;
	w->live->last_dict = ordinal;
	return ST_OK;
}

Status live_start(Store *store, Err *err)
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
	rwlock_write(&store->lock);
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
		if (live_path(store, id, path, &ignored) == ST_OK)
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
		.frames = s->frames,
		.leaves = s->leaves,
		.committed_frames = has_commit ? c->frames : 0,
		.committed_leaves = has_commit ? c->leaves : 0,
		.committed_end = has_commit ? c->end : 0,
		.first_sequence = s->first_sequence,
		.batch = c->batch,
		.last_dict = s->last_dict,
		.frontier = w->frontier,
	};
	buf_extend(out, FRAME_HEADER_LEN);
	footer_descriptor_put(&footer, seed, out);
	FrameHeader header = {
		.type = FRAME_FOOTER,
		.ordinal = s->frames,
		.sequence = w->frontier.size,
		.batch = w->batch,
		.descriptor_len = (uint32_t)(out->len - FRAME_HEADER_LEN),
		.stored_len = (s->frames + s->leaves) * 4,
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

Status live_seal(Store *store, Err *err)
{
	Writer *w = &store->writer;
	Buf footer = {0};
	SegmentHeader header;
	SegmentFile *fresh = NULL;
	bool sealed;
	Status st = writer_flush(store, err);
	if (st == ST_OK) {
		writer_wait_for_sync(w);
		st = build_footer(store, &footer, err);
	}
	if (st == ST_OK)
		st = writer_check_space(store, footer.len, err);
	if (st == ST_OK)
		st = file_pwrite(w->live_fd, footer.data, footer.len, w->live->end, w->live->file->name, err);
	if (st != ST_OK) {
		if (footer.len && ftruncate(w->live_fd, (off_t)w->live->end) != 0)
			writer_poison(w, "ftruncate", errno);
		goto done;
	}
	if (fdatasync(w->live_fd) != 0) {
		writer_poison(w, "fdatasync", errno);
		st = writer_check_poison(w, err);
		goto done;
	}
	st = segment_file_open(&fresh, store->dir, w->live->id, store->archive_id, &header, &sealed, NULL, err);
	if (st != ST_OK)
		goto done;
	rwlock_write(&store->lock);
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
