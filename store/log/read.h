/* store/log/read.h - frames by their ordinal, leaves by their sequence, each checked against its sums and what was
 * asked.
 *
 * Owns     what is read lies in the arena
 * Errors   ST_NOT_FOUND there is none (yet); ST_CORRUPT names segment, offset and record; ST_IO, ST_NO_MEMORY
 * Threads  any; with SEE_PENDING the writer's mutex is held
 */
#ifndef STORE_LOG_READ_H
#define STORE_LOG_READ_H

#include "store/log/state.h"

Status read_frame(Store *store, Sight sight, uint32_t segment, uint32_t ordinal, Arena *arena, Frame *out, Err *err);
Status read_leaf(Store *store, Sight sight, uint64_t sequence, Arena *arena, Frame *out, LeafDescriptor *leaf_out,
		 uint32_t *segment_out, Err *err);
/* The descriptor of a committed leaf without its payload, checked by the leaf hash that is known from elsewhere; its
 * key lies in the arena. */
Status read_leaf_head(Store *store, uint64_t sequence, const Hash *leaf_hash, Arena *arena, LeafDescriptor *out,
		      Err *err);
/* Where a committed leaf's frame stands. *segment_out is set as soon as it is known, on failure too. */
Status read_leaf_place(Store *store, uint64_t sequence, uint32_t *segment_out, uint64_t *offset_out, Err *err);

#endif
