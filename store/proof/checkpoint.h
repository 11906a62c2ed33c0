/* store/proof/checkpoint.h - signed tree heads: what an auditor keeps, so that history cannot be rewritten unseen.
 *
 *   hoso/0f3c…                               origin: also the name of the key
 *   8867                                     tree size
 *   4pEwFj…=                                 root, base64
 *
 *   — hoso/0f3c… 3q2+7w…=                    key id (4 bytes) and Ed25519 signature (64), base64
 *
 * A checkpoint is made of the committed state only (it is durable by then), and only when it is consistent with the
 * last one signed, which lies in <archive>/checkpoint. A writer refuses to cut the log below it. The signing key lies
 * in <archive>/keys/signing.key (mode 0600), the key to check with in keys/verifier.txt.
 *
 * Owns     texts go into the Buf or arena given
 * Errors   ST_CORRUPT the log is not a continuation of what was signed; ST_INVALID a text that is no checkpoint or is
 *          not signed by this key; ST_READ_ONLY there is no key and none may be made
 * Threads  any
 * Source   C2SP tlog-checkpoint and signed-note (https://c2sp.org)
 */
#ifndef STORE_PROOF_CHECKPOINT_H
#define STORE_PROOF_CHECKPOINT_H

#include "store/log/note.h" /* Checkpoint, checkpoint_parse, store_checkpoint_last */

/* Signs the committed state and keeps it as the last one; with nothing new the last one comes back as it is. */
Status store_checkpoint(Store *store, Buf *out, Err *err);
/* As it lies there, checked: its origin and, where keys/verifier.txt is, its signature. Views point into text. */
Status store_checkpoint_last_checked(Store *store, Buf *text, Checkpoint *out, Err *err);
/* "hoso/…+1a2b3c4d+AbC…": give it to whoever is to check. Makes the key pair where there is none. */
Status store_verifier_key(Store *store, Buf *out, Err *err);

/* Reads it and checks the signature by the key of this verifier line. */
Status checkpoint_check(Str text, Str verifier_key, Checkpoint *out, Err *err);

#endif
