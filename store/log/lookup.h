/* store/log/lookup.h - from a key or an object's hash to its place in the log.
 *
 * A look-up is a 64-bit hash with the places it may lead to; what stands there decides. Places come from the table in
 * memory (what no catalogue run covers) and from the catalogue.
 *
 * Owns     frames lie in the arena
 * Errors   ST_NOT_FOUND; ST_CORRUPT what was found is damaged; ST_IO, ST_NO_MEMORY
 * Threads  any; with SEE_PENDING the writer's mutex is held
 */
#ifndef STORE_LOG_LOOKUP_H
#define STORE_LOG_LOOKUP_H

#include "store/log/state.h"

/* Adds a look-up to the table; `store` is a Store (for frame_lookups). Takes the lock itself. */
Status lookup_add(void *store, uint64_t hash, uint64_t value, Err *err);
/* Values of a hash, not yet checked, in no order, appended as uint64_t. */
Status lookup_values(Store *store, uint64_t hash, Buf *out, Err *err);
/* Sequence of a key's version (0: newest), checked against its leaf. */
Status lookup_key(Store *store, Sight sight, uint8_t kind, Str key, uint32_t version, uint64_t *sequence_out, Err *err);
/* The OBJECT frame of a hash. */
Status lookup_object_frame(Store *store, Sight sight, const Hash *hash, Arena *arena, uint32_t *segment_out,
			   Frame *frame_out, Err *err);

#endif
