/* cli/verifier/note.h - the archive's key, and the checkpoints that it signs.
 *
 * Owns     a Verifier points into the line it was read from
 * Errors   parse_verifier: false. check_checkpoint: NOT_VERIFIED, and says which part is wrong
 * Threads  one
 * Source   C2SP signed-note, tlog-checkpoint; Ed25519 (RFC 8032)
 */
#ifndef CLI_VERIFIER_NOTE_H
#define CLI_VERIFIER_NOTE_H

#include "cli/verifier/bytes.h"

enum { SIGNATURE = 64, KEY_ID = 4 };

typedef struct {
	const char *name; /* not zero-terminated */
	size_t name_len;
	unsigned char id[KEY_ID], key[HASH];
} Verifier;

typedef struct {
	uint64_t tree_size;
	Digest root;
} TreeHead;

bool parse_verifier(const char *line, Verifier *out);
int check_checkpoint(const char *text, const Verifier *verifier, TreeHead *out);

#endif
