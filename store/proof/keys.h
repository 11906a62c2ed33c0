/* store/proof/keys.h - the archive's Ed25519 key: made once, read, and written as one line of text.
 *
 *   keys/signing.key     PRIVATE+KEY+hoso/…+1a2b3c4d+AbC…       mode 0600
 *   keys/verifier.txt    hoso/…+1a2b3c4d+AbC…                   to check with; anybody may have it
 *
 * Owns     a SigningKey holds a secret: sodium_memzero it after use
 * Errors   ST_CORRUPT the file holds another key; ST_READ_ONLY the key is missing, though something was signed: it is
 *          put back, or another one is made on purpose (new_key.h); ST_IO none can be made; ST_NO_MEMORY
 * Threads  any; two processes that make a key at the same time end with one
 * Source   C2SP signed-note (https://c2sp.org)
 */
#ifndef STORE_PROOF_KEYS_H
#define STORE_PROOF_KEYS_H

#include "store/log/state.h"

#include <sodium.h>

enum {
	KEY_LEN = crypto_sign_PUBLICKEYBYTES,
	SIGNATURE_LEN = crypto_sign_BYTES,
	KEY_ID_LEN = 4,
};

typedef struct {
	uint8_t public_key[KEY_LEN], secret[crypto_sign_SECRETKEYBYTES];
} SigningKey;

/* Makes the first key of an archive that never signed. */
Status key_read(Store *store, SigningKey *out, Err *err);
/* A new key: secret_line for signing.key, public_line for verifier.txt, each with its line feed. */
Status key_generate(const Store *store, SigningKey *out, Buf *secret_line, Buf *public_line, Err *err);
/* ST_OK: signing.key is the key of verifier.txt, or there is none. Makes nothing. */
Status key_verify(const Store *store, Err *err);
/* First 4 bytes of SHA-256(name, line feed, algorithm, public key). */
void key_id(Str name, const uint8_t key[static KEY_LEN], uint8_t out[static KEY_ID_LEN]);
/* Appends "name+id+base64" of a public key. */
void key_put_verifier(Str name, const uint8_t key[static KEY_LEN], Buf *out);
/* Reads such a line; false: it is none. */
bool key_get_verifier(Str line, Str *name_out, uint8_t id_out[static KEY_ID_LEN], uint8_t key_out[static KEY_LEN]);

#endif
