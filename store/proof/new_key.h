/* store/proof/new_key.h - another signing key, by an act that the log records.
 *
 * The old key signs the new one where it is there; where it was lost, the entry says so by having no signature.
 * Public keys are kept: keys/verifier.txt becomes keys/verifier-<id>.txt, and checkpoints it signed check as before.
 *
 * Owns     nothing
 * Errors   ST_INVALID a name or a reason is missing; as store_append
 * Threads  any
 */
#ifndef STORE_PROOF_NEW_KEY_H
#define STORE_PROOF_NEW_KEY_H

#include "store/log/store.h"

typedef struct {
	Str by, reason;
} NewKeyInput;

/* Records it, puts the new key in place and signs a checkpoint with it, which goes to `out`. */
Status store_new_key(Store *store, const NewKeyInput *input, Buf *out, Err *err);

#endif
