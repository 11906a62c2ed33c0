/* store/care/hold.h - legal holds: a record under a hold is not destroyed until the hold is released.
 *
 * Owns     nothing
 * Errors   ST_NOT_FOUND no such record; ST_CONFLICT it is held already, or is not held; as store_append
 * Threads  any
 */
#ifndef STORE_CARE_HOLD_H
#define STORE_CARE_HOLD_H

#include "store/log/store.h"

/* An entry of the log: kind ENTRY_HOLD, key the record's id, its versions hold and release in turn. */
typedef struct {
	Str reason, by;
} HoldInput;
/* Within store_write_begin/end; commit as usual. Holding what is held, or releasing what is not, is ST_CONFLICT. */
Status store_hold(Store *store, Str record_id, const HoldInput *input, Receipt *out, Err *err);
Status store_release(Store *store, Str record_id, const HoldInput *input, Receipt *out, Err *err);
Status store_is_held(Store *store, Str record_id, bool *out, Err *err);

#endif
