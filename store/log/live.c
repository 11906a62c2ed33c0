/* store/log/live.c - a new file and its name are durable before anything is written to it; a segment is durable with
 * its footer before the next one is made. So segments 1 to n - 1 are whole wherever the power is cut. */
#include "store/log/live.h"

#include "base/clock.h"
#include "base/rwlock.h"
#include "store/log/out.h"
#include "store/log/segments.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static Status create_segment_file(Store *store, uint32_t id, int *fd_out, Err *err)
{
	FilePath path;
	uint8_t bytes[SEGMENT_HEADER_LEN];
	SegmentHeader header = {
		.segment = id, .first_sequence = store->writer.frontier.size, .created_ms = clock_utc_ms()};
	Status st = segment_path(&path, store->dir, id, "", err);
	if (st != ST_OK)
		return st;
	memcpy(header.archive_id, store->archive_id, ARCHIVE_ID_LEN);
	segment_header_put(&header, bytes);
	int fd = open(path.text, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return err_errno(err, errno, "create %s", path.text);
	st = file_pwrite(fd, bytes, sizeof bytes, 0, path.text, err);
	if (st == ST_OK && fsync(fd) != 0)
		st = err_errno(err, errno, "sync %s", path.text);
	if (st == ST_OK)
		st = segments_sync_dir(store, err);
	if (st != ST_OK) {
		close_quietly(fd);
		unlink(path.text);
		return st;
	}
	*fd_out = fd;
	return ST_OK;
}

Status live_add_dictionary(Store *store, Err *err)
{
	Writer *w = &store->writer;
	FrameHeader header = {.type = FRAME_DICT};
	Str bytes = dictionary_bytes(w->dict);
	header.raw_len = (uint32_t)bytes.len;
	uint32_t ordinal;
	Status st = out_put_frame(store, &header, (Str){(const char *)dictionary_hash(w->dict)->bytes, STORE_HASH_LEN},
				  (Str){0}, bytes, &ordinal, err);
	if (st != ST_OK)
		return st;
	w->dict_ordinal = ordinal;
	w->live->last_dict = ordinal;
	return ST_OK;
}

void live_forget_dictionary(Store *store)
{
	Writer *w = &store->writer;
	w->dict = NULL;
	w->dict_ordinal = UINT32_MAX;
	w->training_failed = false;
	buf_done(&w->samples);
	buf_done(&w->sample_sizes);
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
	bool added = segments_add(store, s);
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
	return w->dict ? live_add_dictionary(store, err) : ST_OK;
done:
	if (fd >= 0) {
		FilePath path;
		Err ignored;
		if (segment_path(&path, store->dir, id, "", &ignored) == ST_OK)
			unlink(path.text);
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
	Status st = out_flush(store, err);
	if (st == ST_OK) {
		out_wait_for_sync(w);
		st = build_footer(store, &footer, err);
	}
	if (st == ST_OK)
		st = out_check_space(store, footer.len, err);
	if (st == ST_OK)
		st = file_pwrite(w->live_fd, footer.data, footer.len, w->live->end, w->live->file->name, err);
	if (st != ST_OK) {
		if (footer.len && ftruncate(w->live_fd, (off_t)w->live->end) != 0)
			out_poison(w, "ftruncate", errno);
		goto done;
	}
	if (fdatasync(w->live_fd) != 0) {
		out_poison(w, "fdatasync", errno);
		st = out_check_poison(w, err);
		goto done;
	}
	st = segment_file_open(&fresh, store->dir, w->live->id, store->archive_id, &header, &sealed, NULL, err);
	if (st != ST_OK) { /* the segment stays live: what is written next must not meet half a footer */
		if (ftruncate(w->live_fd, (off_t)w->live->end) != 0)
			out_poison(w, "ftruncate", errno);
		goto done;
	}
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
