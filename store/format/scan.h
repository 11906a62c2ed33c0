/* store/format/scan.h - reads a segment frame by frame, whatever its footer says, and finds the way back after damage.
 *
 * Owns     a Scan from scan_begin to scan_done; the file must outlive it
 * Errors   ST_CORRUPT no valid frame at s->at; ST_IO, ST_NO_MEMORY could not look
 * Threads  a Scan belongs to one thread at a time
 */
#ifndef STORE_FORMAT_SCAN_H
#define STORE_FORMAT_SCAN_H

#include "store/format/segment.h"

typedef struct {
	const SegmentFile *file;
	uint64_t at, end;   /* next frame's offset; end of the file as it was at scan_begin */
	uint64_t frame_end; /* behind the frame last returned */
	Buf window;
	uint64_t window_at;
} Scan;

void scan_begin(Scan *s, const SegmentFile *file, uint64_t from, uint64_t file_size);
void scan_done(Scan *s);
/* The next frame, valid in header and content; the views live until the next call. STEP_END: exactly at the end.
 * STEP_ERROR with ST_CORRUPT: no valid frame at s->at (it stays there); with ST_IO or ST_NO_MEMORY: could not look. */
Step scan_next(Scan *s, Frame *out, Err *err);
/* Moves behind damage to the next place where a valid frame stands; STEP_END when there is none. */
Step scan_resync(Scan *s, Err *err);

#endif
