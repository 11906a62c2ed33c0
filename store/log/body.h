/* store/log/body.h - a frame's body as it was before compression, and the dictionaries that takes.
 *
 * Owns     bodies lie in the arena, or are views of the frame; dictionaries live as long as the store
 * Errors   ST_NOT_FOUND the body was lawfully destroyed; ST_CORRUPT it does not unpack; ST_IO, ST_NO_MEMORY
 * Threads  any, but for body_keep_dictionary
 */
#ifndef STORE_LOG_BODY_H
#define STORE_LOG_BODY_H

#include "store/log/state.h"

Status body_read(Store *store, Sight sight, uint32_t segment, const Frame *frame, Arena *arena, Str *out, Err *err);
/* Its first `wanted` bytes, to `out`. */
Status body_unpack(Store *store, Sight sight, uint32_t segment, const Frame *frame, void *out, size_t wanted, Err *err);
/* The dictionary that stands in a DICT frame, read once and kept. */
Status body_load_dictionary(Store *store, Sight sight, uint32_t segment, uint32_t ordinal, const Dictionary **out,
			    Err *err);
/* Takes the dictionary; gives the kept one with equal bytes, NULL when out of memory. Lock held for writing. */
const Dictionary *body_keep_dictionary(Store *store, Dictionary *dict);

#endif
