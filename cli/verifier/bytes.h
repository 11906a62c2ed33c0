/* cli/verifier/bytes.h - files, hexadecimal, base64 and SHA-256, by OpenSSL and the C library alone.
 *
 * Owns     read_file and decode_base64 allocate out->bytes, which the caller frees; hash_end frees the state
 * Errors   false: can't be read, is not of that form, or memory is short. Without SHA-256 the program ends (exit 3)
 * Threads  one
 */
#ifndef CLI_VERIFIER_BYTES_H
#define CLI_VERIFIER_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HASH = 32, INPUT_MAX = 64 << 20 };

typedef struct {
	unsigned char *bytes;
	size_t len;
} Bytes;

typedef struct {
	unsigned char bytes[HASH];
} Digest;

bool read_file(const char *path, Bytes *out); /* at most INPUT_MAX; zero-terminated; "-": standard input */
bool decode_hex(const char *text, size_t len, unsigned char *out, size_t out_len); /* lower case only */
bool decode_base64(const char *text, size_t len, Bytes *out);                      /* the one right spelling only */
uint64_t little_endian(const unsigned char *bytes, int count);
bool same(const Digest *a, const Digest *b);
/* Of three pieces, joined. */
Digest sha256(const void *a, size_t a_len, const void *b, size_t b_len, const void *c, size_t c_len);

/* Of bytes that come piece by piece. */
typedef struct evp_md_ctx_st HashState;
HashState *hash_begin(void);
void hash_add(HashState *state, const void *bytes, size_t len);
Digest hash_end(HashState *state);

#endif
