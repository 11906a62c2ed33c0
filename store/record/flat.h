/* store/record/flat.h - the record reader's short way: records of strings and lists of strings, without a JSON tree.
 *
 * Nearly every record has that shape, and reading it through a tree of allocated values took an eighth of a whole
 * ingest of short records. What is not exactly understood is left to the JSON library, which also words the errors.
 *
 * Errors   none: FLAT_OTHER_SHAPE leaves the record to jansson
 * Owns     everything *out points to lies in the arena
 * Threads  pure
 */
#ifndef STORE_RECORD_FLAT_H
#define STORE_RECORD_FLAT_H

#include "base/arena.h"
#include "store/record/fields.h"

typedef enum { FLAT_READ, FLAT_OTHER_SHAPE, FLAT_NO_MEMORY } FlatResult;

/* canonical: the JSON was written by record_write, so members that are JSON themselves are compact and sorted already.
 * Dates are as written; nothing is checked but the JSON itself. */
FlatResult record_read_flat(Str json, bool canonical, Arena *arena, Record *out);

#endif
