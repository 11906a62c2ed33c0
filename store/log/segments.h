/* store/log/segments.h - the list of an archive's segments, in order of their ids.
 *
 * Owns     the list owns its Segments; a Segment lives until it is dropped
 * Errors   ST_IO, ST_NO_MEMORY, ST_LIMIT (a path too long)
 * Threads  with the store's lock held (for writing where the list changes), but for segments_is_there and
 *          segments_sync_dir, which look at the disk alone
 */
#ifndef STORE_LOG_SEGMENTS_H
#define STORE_LOG_SEGMENTS_H

#include "store/log/state.h"

Segment *segments_find(const Store *store, uint32_t id);            /* NULL: none */
Segment *segments_find_leaf(const Store *store, uint64_t sequence); /* NULL: no segment holds it */
/* Behind all others; false: out of memory. */
bool segments_add(Store *store, Segment *segment);
void segments_drop_after(Store *store, uint32_t id);
/* Opens a segment's file and puts it behind the others. Whoever wants its footer gives both sealed_out and footer_out.
 * A damaged header is noted in the Segment and is no failure. */
Status segments_open(Store *store, uint32_t id, Segment **out, bool *sealed_out, FooterDescriptor *footer_out,
		     Err *err);
/* Is there a file of this id? */
bool segments_is_there(const Store *store, uint32_t id);
Status segments_sync_dir(const Store *store, Err *err);

#endif
