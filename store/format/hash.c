/* store/format/hash.c - SHA-256 through OpenSSL's low-level calls: EVP's fetch and allocation cost more than hashing a
 * descriptor does. CRC-32C by the SSE4.2 instruction where the machine has it, by eight tables elsewhere.
 */
#define OPENSSL_API_COMPAT 0x10100000L
#include "store/format/hash.h"

#include <openssl/sha.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(Sha256), "Sha256 has room for OpenSSL's context");

void sha256_begin(Sha256 *s)
{
	SHA256_Init((SHA256_CTX *)s);
}

void sha256_add(Sha256 *s, const void *bytes, size_t len)
{
	if (len)
		SHA256_Update((SHA256_CTX *)s, bytes, len);
}

void sha256_end(Sha256 *s, Hash *out)
{
	SHA256_Final(out->bytes, (SHA256_CTX *)s);
}

void hash_of(Str bytes, Hash *out)
{
	Sha256 s;
	sha256_begin(&s);
	sha256_add(&s, bytes.ptr, bytes.len);
	sha256_end(&s, out);
}

/* ---- CRC-32C --------------------------------------------------------------------------------------------------- */

static uint32_t table[8][256];

static uint32_t crc_by_table(uint32_t crc, const uint8_t *at, size_t len)
{
	for (; len >= 8; at += 8, len -= 8) {
		uint32_t low = get_le32(at) ^ crc, high = get_le32(at + 4);
		crc = table[7][low & 255] ^ table[6][low >> 8 & 255] ^ table[5][low >> 16 & 255] ^ table[4][low >> 24] ^
		      table[3][high & 255] ^ table[2][high >> 8 & 255] ^ table[1][high >> 16 & 255] ^
		      table[0][high >> 24];
	}
	while (len--)
		crc = crc >> 8 ^ table[0][(crc ^ *at++) & 255];
	return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc_by_instruction(uint32_t crc, const uint8_t *at, size_t len)
{
	uint64_t wide = crc;
	for (; len >= 8; at += 8, len -= 8) {
		uint64_t word;
		memcpy(&word, at, 8);
		wide = __builtin_ia32_crc32di(wide, word);
	}
	crc = (uint32_t)wide;
	while (len--)
		crc = __builtin_ia32_crc32qi(crc, *at++);
	return crc;
}
#endif

static uint32_t (*crc_update)(uint32_t crc, const uint8_t *at, size_t len) = crc_by_table;

__attribute__((constructor)) static void choose_crc(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78u : 0);
		table[0][i] = crc;
	}
	for (int t = 1; t < 8; t++)
		for (uint32_t i = 0; i < 256; i++)
			table[t][i] = table[t - 1][i] >> 8 ^ table[0][table[t - 1][i] & 255];
#if defined(__x86_64__)
	if (__builtin_cpu_supports("sse4.2"))
		crc_update = crc_by_instruction;
#endif
}

uint32_t crc32c(uint32_t crc, const void *bytes, size_t len)
{
	return len ? ~crc_update(~crc, bytes, len) : crc;
}
