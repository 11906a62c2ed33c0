/* store/log/recover.h - taking and giving back the writer's lock.
 *
 * Owns     nothing; the kernel gives the lock back when the process dies
 * Errors   ST_BUSY another process writes; ST_READ_ONLY the writer is poisoned, the archive is damaged, or records that
 *          were signed are missing; ST_IO, ST_NO_MEMORY
 * Threads  with the writer's mutex held
 */
#ifndef STORE_LOG_RECOVER_H
#define STORE_LOG_RECOVER_H

#include "store/log/state.h"

/* Calls nest: each begin wants its end. The outermost one recovers what a writer left that was cut off. */
Status writing_begin(Store *store, Err *err);
/* The outermost one throws away what was not committed. */
void writing_end(Store *store);

#endif
