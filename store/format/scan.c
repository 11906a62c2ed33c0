/* store/format/scan.c - a window of 1 MiB moves over the file. A frame counts as valid when the sums of header and
 * content are right for exactly this place. Behind damage every aligned place with the frame magic is tried until one
 * is.
 */
#include "store/format/scan.h"

#include "base/file.h"

#include <inttypes.h>

enum { WINDOW_BYTES = 1 << 20 };

void scan_begin(Scan *s, const SegmentFile *file, uint64_t from, uint64_t file_size)
{
	*s = (Scan){.file = file, .at = from, .end = file_size, .frame_end = from};
}

void scan_done(Scan *s)
{
	buf_done(&s->window);
}

/* Makes [at, at + len) readable in the window, len <= end - at. */
static Status fill(Scan *s, uint64_t at, size_t len, const uint8_t **bytes_out, Err *err)
{
	if (at < s->window_at || at + len > s->window_at + s->window.len) {
		size_t wanted = len > WINDOW_BYTES ? len : WINDOW_BYTES;
		if (wanted > s->end - at)
			wanted = (size_t)(s->end - at);
		buf_clear(&s->window);
		if (!buf_extend(&s->window, wanted))
			return err_no_memory(err);
		s->window_at = at;
		Status st = file_pread(s->file->fd, s->window.data, wanted, at, s->file->name, err);
		if (st != ST_OK) {
			buf_clear(&s->window);
			return st;
		}
	}
	*bytes_out = (const uint8_t *)s->window.data + (at - s->window_at);
	return ST_OK;
}

static Step frame_at(Scan *s, uint64_t at, Frame *out, Err *err)
{
	const uint8_t *bytes;
	FrameHeader header;
	uint32_t seed = frame_seed(s->file->seed, at);
	if (s->end - at >= FRAME_HEADER_LEN) {
		if (fill(s, at, FRAME_HEADER_LEN, &bytes, err) != ST_OK)
			return STEP_ERROR;
		if (frame_header_get(bytes, seed, &header) && frame_len(&header) <= s->end - at) {
			if (fill(s, at, (size_t)frame_len(&header), &bytes, err) != ST_OK)
				return STEP_ERROR;
			if (frame_content_ok(&header, seed, bytes + FRAME_HEADER_LEN)) {
				frame_split(bytes, at, &header, out);
				return STEP_ITEM;
			}
		}
	}
	err_set(err, ST_CORRUPT, "segment %s offset %" PRIu64 ": no valid frame", s->file->name, at);
	return STEP_ERROR;
}

Step scan_next(Scan *s, Frame *out, Err *err)
{
	if (s->at >= s->end)
		return STEP_END;
	Step step = frame_at(s, s->at, out, err);
	if (step == STEP_ITEM)
		s->at = s->frame_end = out->offset + frame_len(&out->header);
	return step;
}

Step scan_resync(Scan *s, Err *err)
{
	Frame frame;
	for (uint64_t at = (s->at | (FRAME_ALIGN - 1)) + 1; at < s->end && s->end - at >= FRAME_HEADER_LEN;
	     at += FRAME_ALIGN) {
		const uint8_t *bytes;
		if (fill(s, at, FRAME_HEADER_LEN, &bytes, err) != ST_OK)
			return STEP_ERROR;
		if (memcmp(bytes, "hFR1", 4) != 0)
			continue;
		Step step = frame_at(s, at, &frame, err);
		if (step == STEP_ITEM) {
			s->at = at;
			return STEP_ITEM;
		}
		if (err->code != ST_CORRUPT)
			return STEP_ERROR;
	}
	return STEP_END;
}
