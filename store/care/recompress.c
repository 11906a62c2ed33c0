/* store/care/recompress.c - LZ4HC with a dictionary trained on the segment itself, oldest segment first. A segment is
 * done when its generation says that it was written anew.
 */
#include "store/care/recompress.h"

#include "store/care/rewrite.h"
#include "store/log/files.h"

static RewriteAction choose_all(void *ctx, const Frame *frame)
{
	(void)ctx;
	/* what did not shrink at ingest (scans, pictures, packed files) will not shrink now */
	return frame->header.codec == CODEC_RAW && frame->header.type != FRAME_LEAF ? REWRITE_KEEP : REWRITE_REPACK;
}

/* Has it been written anew before? */
static Status is_done(Store *store, uint32_t id, bool *out, Err *err)
{
	SegmentFile *file;
	Status st = files_use(store, id, &file, err);
	if (st != ST_OK)
		return st;
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
