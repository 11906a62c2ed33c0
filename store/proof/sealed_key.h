/* store/proof/sealed_key.h - the signing key under a passphrase, so that it can lie in a backup.
 *
 *   <backup>/keys/signing.key.sealed
 *   hoso sealed key 1
 *   argon2id 3 268435456                    operations, bytes of memory
 *   salt 9f86d0…                            16 bytes
 *   nonce 1b4f0e…                           24 bytes
 *   box 60303a…                             the line of keys/signing.key, XSalsa20-Poly1305
 *
 * Owns     a Buf that held a key is overwritten by key_buf_done
 * Errors   ST_FORBIDDEN the passphrase does not open it; ST_NOT_FOUND there is none; ST_CORRUPT it is damaged
 * Threads  any
 * Source   libsodium crypto_pwhash (RFC 9106) and crypto_secretbox
 */
#ifndef STORE_PROOF_SEALED_KEY_H
#define STORE_PROOF_SEALED_KEY_H

#include "store/log/store.h"

/* Copies the public keys; seals the signing key there if a passphrase is given. *has_key_out: one lies there, sealed.
 * *left_behind_out: the archive has one that does not. */
Status sealed_key_back_up(const Store *store, const char *to_dir, Str passphrase, bool *has_key_out,
			  bool *left_behind_out, Err *err);
/* The line of signing.key. */
Status sealed_key_open(const char *backup_dir, Str passphrase, Buf *out, Err *err);
void key_buf_done(Buf *b);

#endif
