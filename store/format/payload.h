/* store/format/payload.h - a leaf's payload: {"salt":"<32 hex>","objects":[…],<members of the metadata>}
 *
 *   metadata + objects + salt --payload_put--> payload --payload_get--> salt, objects, metadata
 *
 * The store alone writes the front part, so its form is fixed to the byte and read strictly.
 *
 * Owns     payload_get's results lie in the arena
 * Errors   ST_CORRUPT where the payload is not of the form, ST_NO_MEMORY
 * Threads  pure
 */
#ifndef STORE_FORMAT_PAYLOAD_H
#define STORE_FORMAT_PAYLOAD_H

#include "base/arena.h"
#include "base/err.h"
#include "store/format/entry.h"

enum { SALT_LEN = 16 };

void payload_put(const uint8_t salt[static SALT_LEN], const ObjectRef *objects, size_t count, Str metadata, Buf *out);
Status payload_salt(Str payload, uint8_t out[static SALT_LEN], Err *err);
Status payload_get(Str payload, Arena *arena, const ObjectRef **objects_out, size_t *count_out, Str *metadata_out,
		   Err *err);

#endif
