/* store/care/recompress.h - stronger compression of segments at rest.
 *
 * Sealed segments are written anew as a whole, beside the old file, and renamed: ordinals, descriptors and proofs stay,
 * the generation goes up. Reading goes on meanwhile.
 *
 * Owns     nothing
 * Errors   ST_BUSY another process is writing segments anew; ST_CORRUPT a frame is damaged: nothing is replaced; ST_IO,
 *          ST_NO_SPACE, ST_NO_MEMORY
 * Threads  any; one of these at a time over all processes
 */
#ifndef STORE_CARE_RECOMPRESS_H
#define STORE_CARE_RECOMPRESS_H

#include "base/stop.h"
#include "store/log/store.h"

/* Recompresses the sealed segments that were not yet (LZ4HC with a dictionary of their own), oldest first, at most
 * `limit` of them; *done_out how many. Ends between segments when stop is raised. */
Status store_recompress(Store *store, uint32_t limit, const Stop *stop, uint32_t *done_out, Err *err);

#endif
