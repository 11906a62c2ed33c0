/* store/care/destroying.h - the file that says what is being destroyed, while it is: the intention before the act.
 *
 *   <archive>/destroying
 *   hoso destroying 1
 *   id 8f0d5c0e3c1d4b7a9e2f6a5b4c3d2e1f
 *   decision 17/QĐ-UBND
 *   sequence 12                             a leaf whose payload goes; one line each
 *   object 9f86d081…                        an object that only they name; one line each
 *   crc32c 1a2b3c4d                         of the lines above
 *
 * It is durable before the decision is in the log, and removed when everything is gone. If it is found, a destruction
 * was interrupted: one whose decision is in the log is carried on, any other one never began.
 *
 * Owns     a Destroying owns its buffers: destroying_done
 * Errors   ST_NOT_FOUND nothing is being destroyed; ST_CORRUPT the file is damaged; ST_IO, ST_NO_MEMORY
 * Threads  with the lock on rewriting held, but for destroying_read
 */
#ifndef STORE_CARE_DESTROYING_H
#define STORE_CARE_DESTROYING_H

#include "store/log/state.h"

typedef struct {
	Buf decision;  /* its number */
	Buf sequences; /* uint64_t, sorted: the leaves to destroy */
	Buf hashes;    /* Hash, sorted: objects that only they name */
} Destroying;

Status destroying_read(const Store *store, Destroying *out, Err *err);
Status destroying_write(const Store *store, const Destroying *what, Err *err);
Status destroying_remove(const Store *store, Err *err);
void destroying_done(Destroying *what);

#endif
