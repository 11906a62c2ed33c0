/* store/log/out.h - the writer's way to the disk: frames into its buffer, the buffer to the file, waiting, poison.
 *
 * Poisoned: an fdatasync failed, and the kernel may have forgotten the pages, so a second try would report success for
 * bytes that are not there. A poisoned writer takes nothing until the archive is opened anew.
 *
 * Owns     nothing
 * Errors   ST_READ_ONLY the writer is poisoned; ST_NO_SPACE; ST_IO; ST_NO_MEMORY
 * Threads  with the writer's mutex held
 */
#ifndef STORE_LOG_OUT_H
#define STORE_LOG_OUT_H

#include "store/log/state.h"

void out_wait_for_sync(Writer *w); /* until no fdatasync runs */
Status out_check_poison(Writer *w, Err *err);
void out_poison(Writer *w, const char *what, int errno_value);
/* Are `needed` bytes left on the disk beside the reserve? */
Status out_check_space(Store *store, uint64_t needed, Err *err);
/* Gives the buffer to the live segment's file, not durably. */
Status out_flush(Store *store, Err *err);
/* Puts a frame behind the others of the live segment. `stored` as packed; fills in ordinal, sequence, batch and
 * lengths. ordinal_out may be NULL. */
Status out_put_frame(Store *store, FrameHeader *header, Str descriptor, Str annex, Str stored, uint32_t *ordinal_out,
		     Err *err);

#endif
