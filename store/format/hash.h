/* store/format/hash.h - the two sums of the archive: SHA-256 says what bytes are, CRC-32C says whether they are still
 * so.
 *
 * Units    bytes
 * Owns     nothing
 * Errors   none
 * Threads  pure; a Sha256 belongs to one thread at a time
 * Source   FIPS 180-4; CRC-32C (Castagnoli) RFC 3720 B.4
 */
#ifndef STORE_FORMAT_HASH_H
#define STORE_FORMAT_HASH_H

#include "base/buf.h"

enum { STORE_HASH_LEN = 32 };

typedef struct {
	uint8_t bytes[STORE_HASH_LEN];
} Hash;

static inline bool hash_eq(const Hash *a, const Hash *b)
{
	return memcmp(a->bytes, b->bytes, STORE_HASH_LEN) == 0;
}
void hash_of(Str bytes, Hash *out); /* SHA-256 */

typedef struct {
	uint64_t opaque[16];
} Sha256; /* room for OpenSSL's context, so that no hash allocates */

void sha256_begin(Sha256 *s);
void sha256_add(Sha256 *s, const void *bytes, size_t len);
void sha256_end(Sha256 *s, Hash *out);

/* CRC-32C of what `crc` is the sum of, followed by these bytes; start with 0. */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t len);

#endif
