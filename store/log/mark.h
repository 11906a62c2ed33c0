/* store/log/mark.h - the durable mark: how far the log is known to be on the disk, for every process to read.
 *
 *   <archive>/durable
 *   hoso durable 1
 *   id 8f0d5c0e3c1d4b7a9e2f6a5b4c3d2e1f
 *   batch 00000000000000000017
 *   tree_size 00000000000000008867
 *   root 4f1c…                              64 hexadecimal digits
 *   end 00000003 00000000000000104512       segment and offset behind the COMMIT
 *   crc32c 1a2b3c4d                         of the lines above
 *
 * The writer overwrites it in place after each fdatasync of the log, before anybody is told that the batch is stored.
 * So what it names is durable, whatever the page cache shows of the log; and a log that ends before it has lost
 * something that was acknowledged. It is itself synced when the writer rests for good: after a power cut it may be
 * older than the log, never newer.
 *
 * Owns     nothing; the writer keeps the file open in Writer.mark_fd
 * Errors   ST_NOT_FOUND there is none (an archive of before, or one nobody wrote to); ST_CORRUPT; ST_IO
 * Threads  mark_read: any; the others with the writer's lock held
 */
#ifndef STORE_LOG_MARK_H
#define STORE_LOG_MARK_H

#include "store/log/state.h"

typedef struct {
	uint64_t batch, tree_size, end;
	uint32_t segment;
	Hash root;
} DurableMark;

Status mark_read(const Store *store, DurableMark *out, Err *err);
/* Opens the mark for writing, makes it where there is none, and sets it to the committed state. */
Status mark_begin(Store *store, Err *err);
/* Sets it to what has just become durable. ST_IO leaves the old one, which is true as well. */
Status mark_set(Store *store, const Committed *durable, Err *err);
void mark_close(Store *store);
/* Writes the mark of a copy in another directory. */
Status mark_write_copy(const Store *store, const Committed *durable, const char *dir, Err *err);

#endif
