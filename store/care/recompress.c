/* store/care/recompress.c - stronger compression of segments at rest (see keep.h): LZ4HC with a dictionary trained on
 * the segment itself. A segment is done when its generation says that it was written anew. */
#include "store/care/keep.h"
#include "store/care/rewrite.h"

static RewriteAction choose_all(void *ctx, const Frame *frame)
{
	(void)ctx;
	/* what did not shrink at ingest (scans, pictures, packed files) will not shrink now */
	return frame->header.codec == CODEC_RAW && frame->header.type != FRAME_LEAF ? REWRITE_KEEP : REWRITE_REPACK;
}

/* Has it been written anew before? */
static Status is_done(Store *store, uint32_t id, bool *out, Err *err)
{
	SegmentFile *file = files_use(store, id, err);
	if (!file)
		return err->code;
	*out = file->generation > 0 || !file->footer_offset;
	segment_file_free(file);
	return ST_OK;
}

Status store_recompress(Store *store, uint32_t limit, const Stop *stop, uint32_t *done_out, Err *err)
{
	RewritePlan plan = {.choose = choose_all, .train = true};
	int lock_fd = -1;
	pthread_rwlock_rdlock(&store->lock);
	uint32_t last = store->committed.segment;
	pthread_rwlock_unlock(&store->lock);
	*done_out = 0;
	Status st = rewrite_lock(store, &lock_fd, err);
	for (uint32_t id = 1; st == ST_OK && id < last && *done_out < limit && !stop_raised(stop); id++) {
		bool done = false;
		st = is_done(store, id, &done, err);
		if (st != ST_OK || done)
			continue;
		st = rewrite_segment(store, id, &plan, err);
		*done_out += st == ST_OK;
	}
	rewrite_unlock(lock_fd);
	return st;
}

Status store_seal(Store *store, Err *err)
{
	pthread_mutex_lock(&store->writer.mutex);
	Status st = store->writer.depth ? writer_seal(store, err)
					: err_set(err, ST_INTERNAL, "store_seal outside store_write_begin");
	pthread_mutex_unlock(&store->writer.mutex);
	return st;
}
