/* store/log/note.h - the text of a checkpoint (a signed tree head) and the last one that was signed here.
 *
 *   hoso/0f3c…                               origin: also the name of the key
 *   8867                                     tree size
 *   4pEwFj…=                                 root, base64
 *
 *   — hoso/0f3c… 3q2+7w…=                    signatures, which are store/proof's to make and to check
 *
 * The log reads it for one reason: it must never be cut below what was signed.
 *
 * Owns     a Checkpoint's views point into the text it was read from
 * Errors   ST_INVALID a text that is no checkpoint; ST_NOT_FOUND none was signed yet; ST_LIMIT, ST_IO
 * Threads  any
 * Source   C2SP tlog-checkpoint (https://c2sp.org)
 */
#ifndef STORE_LOG_NOTE_H
#define STORE_LOG_NOTE_H

#include "store/log/store.h"

enum { CHECKPOINT_MAX = 4096 }; /* bytes of a checkpoint that is read at all */

typedef struct {
	Str origin;
	uint64_t tree_size;
	Hash root;
	Str body; /* what is signed: the text up to and with the line break before the empty line */
} Checkpoint;

/* Reads the text without checking signatures. */
Status checkpoint_parse(Str text, Checkpoint *out, Err *err);
/* Appends the last one signed, as it lies in <archive>/checkpoint. */
Status store_checkpoint_last(Store *store, Buf *out, Err *err);

#endif
