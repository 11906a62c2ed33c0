/* store/care/rewrite.h - writes a sealed segment anew, frame by frame, beside the old file, and puts it in its place.
 *
 * Owns     nothing
 * Errors   ST_CORRUPT a frame of the old file is damaged: nothing is replaced; ST_BUSY, ST_IO, ST_NO_SPACE
 * Threads  one at a time over all processes (rewrite_lock)
 */
#ifndef STORE_CARE_REWRITE_H
#define STORE_CARE_REWRITE_H

#include "store/format/codec.h"
#include "store/format/frame.h"
#include "store/log/store.h"

typedef enum { REWRITE_KEEP, REWRITE_REPACK, REWRITE_DESTROY } RewriteAction;

/* A dictionary whose frame becomes empty; `clean` stands behind the other frames and serves those that used it. */
typedef struct {
	uint32_t ordinal;
	const Dictionary *clean;
} DictionarySwap;

typedef struct {
	/* What to do with a frame that has a body. */
	RewriteAction (*choose)(void *ctx, const Frame *frame);
	void *ctx;
	bool train;                  /* REWRITE_REPACK with a dictionary trained on this segment */
	const DictionarySwap *swaps; /* not together with train */
	size_t swap_count;
} RewritePlan;

/* ST_BUSY: another process does it. */
Status rewrite_lock(Store *store, int *fd_out, Err *err);
/* The same for who only reads segments while none may be replaced; -1 where nobody can write. */
Status rewrite_lock_to_read(Store *store, int *fd_out, Err *err);
void rewrite_unlock(int fd);
Status rewrite_segment(Store *store, uint32_t id, const RewritePlan *plan, Err *err);

#endif
