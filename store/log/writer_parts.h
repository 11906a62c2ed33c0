/* store/log/writer_parts.h - what writer.c, live.c and recover.c do for each other. All with the writer's mutex held.
 *
 * Errors   ST_READ_ONLY the writer is poisoned; ST_NO_SPACE; ST_IO
 */
#ifndef STORE_LOG_WRITER_PARTS_H
#define STORE_LOG_WRITER_PARTS_H

#include "store/log/internal.h"

#include <limits.h>

/* writer.c */
void writer_wait_for_sync(Writer *w);
Status writer_check_poison(Writer *w, Err *err);
void writer_poison(Writer *w, const char *what, int errno_value);
Status writer_check_space(Store *store, uint64_t needed, Err *err);
Status writer_flush(Store *store, Err *err);

/* live.c */
Status live_path(const Store *store, uint32_t id, char out[static PATH_MAX], Err *err);
Status live_sync_dir(const Store *store, Err *err);
Status live_start(Store *store, Err *err); /* a new segment behind the last */
Status live_seal(Store *store, Err *err);  /* footer, trailer, fdatasync; there is no live segment then */

#endif
