/* store/log/live.h - the live segment, the one that grows: made, given a dictionary, sealed with a footer.
 *
 * Owns     nothing
 * Errors   ST_READ_ONLY the writer is poisoned; ST_NO_SPACE; ST_IO; ST_NO_MEMORY
 * Threads  with the writer's mutex held
 */
#ifndef STORE_LOG_LIVE_H
#define STORE_LOG_LIVE_H

#include "store/log/state.h"

Status live_start(Store *store, Err *err);          /* a new segment behind the last */
Status live_seal(Store *store, Err *err);           /* footer, trailer, fdatasync; there is no live segment then */
Status live_add_dictionary(Store *store, Err *err); /* a DICT frame of writer.dict */
void live_forget_dictionary(Store *store);          /* and the samples for the next one */

#endif
