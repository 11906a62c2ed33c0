/* store/log/writer.h - the one writer: room, frames, commit, sealing.
 *
 *   writer_add … writer_add → buffer → pwrite → COMMIT → fdatasync → committed
 *
 * Owns     writer_open to writer_close: the lock file and the writer's buffers
 * Errors   ST_READ_ONLY the writer is poisoned; ST_NO_SPACE; ST_IO; ST_NO_MEMORY
 * Threads  with the writer's mutex held, but for open and close
 */
#ifndef STORE_LOG_WRITER_H
#define STORE_LOG_WRITER_H

#include "store/log/state.h"

Status writer_open(Store *store, Err *err); /* opens LOCK, does not take the lock */
void writer_close(Store *store);
/* A frame, where there is room for it: as out_put_frame, in a new segment where the live one would grow too large. */
Status writer_add(Store *store, FrameHeader *header, Str descriptor, Str annex, Str stored, uint32_t *ordinal_out,
		  Err *err);
/* Seals the live segment if len more bytes would be too many, starts one where there is none, flushes. */
Status writer_make_room(Store *store, uint64_t len, Err *err);
/* The live segment, with nothing uncommitted in it; where there is none nothing is done. */
Status writer_seal(Store *store, Err *err);
/* Lets the mutex go while fdatasync runs. On failure the batch is gone. */
Status writer_commit(Store *store, Err *err);

#endif
