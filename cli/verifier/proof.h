/* cli/verifier/proof.h - does a proof hold? payload → descriptor → leaf → path → root → signature.
 *
 * Owns     check_proof fills `out`, also where it fails; proven_free frees what it holds
 * Errors   NOT_VERIFIED names the step; FAILED a file can't be read or memory is short
 * Threads  one
 * Source   docs/FORMAT.md §5 to §7; RFC 9162 §2.1.3.2 (inclusion), §2.1.4.2 (consistency)
 */
#ifndef CLI_VERIFIER_PROOF_H
#define CLI_VERIFIER_PROOF_H

#include "cli/verifier/note.h"

#include <jansson.h>

enum { KIND_RECORD = 1, KIND_CASE = 2 };

/* What a proof says, once it holds. */
typedef struct {
	char *name; /* the record's id or the case file's code */
	unsigned kind;
	uint64_t version, sequence, tree_size, utc_ms;
	Digest leaf;
	json_t *payload; /* NULL: lawfully destroyed */
} Proven;

/* `what` names the proof in messages. */
int check_proof(const char *text, size_t len, const char *what, const Verifier *verifier, Proven *out);
void proven_free(Proven *p);
/* Does the newer checkpoint only add to the older one? */
int check_consistency(const char *proof_path, const char *old_path, const char *new_path, const Verifier *verifier);

#endif
