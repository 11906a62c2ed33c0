/* store/log/objects.h - objects in: hash first, then store what is not there yet, large ones chunk by chunk.
 *
 * Owns     nothing
 * Errors   ST_NOT_FOUND no bytes, no file, and not stored; ST_CONFLICT the file changed while it was read; as writer.h
 * Threads  with the writer's mutex held
 */
#ifndef STORE_LOG_OBJECTS_H
#define STORE_LOG_OBJECTS_H

#include "store/log/state.h"

/* Fills in hash and size of an input object. */
Status object_measure(Store *store, ObjectInput *object, Err *err);
/* Stores the object unless it is there. */
Status object_store(Store *store, const ObjectInput *object, Err *err);

#endif
