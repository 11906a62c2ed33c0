/* cli/verifier/bytes.c - decoders are strict: a value that can be spelled in two ways could be shown in one and signed
 * in the other. base64 is therefore encoded once more and compared.
 */
#include "cli/verifier/bytes.h"

#include "cli/verifier/verdict.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool read_file(const char *path, Bytes *out)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	size_t room = 1 << 16, got;
	*out = (Bytes){malloc(room + 1), 0};
	while (file && out->bytes && (got = fread(out->bytes + out->len, 1, room - out->len, file)) > 0) {
		out->len += got;
		if (out->len < room)
			continue;
		unsigned char *bigger = room < INPUT_MAX ? realloc(out->bytes, room * 2 + 1) : NULL;
		if (!bigger) {
			free(out->bytes);
			out->bytes = NULL;
			break;
		}
		out->bytes = bigger;
		room *= 2;
	}
	bool fine = file && out->bytes && !ferror(file);
	if (file && file != stdin)
		fclose(file);
	if (fine) {
		out->bytes[out->len] = 0;
	} else {
		free(out->bytes);
		*out = (Bytes){0};
	}
	return fine;
}

bool decode_base64(const char *text, size_t len, Bytes *out)
{
	*out = (Bytes){0};
	if (len == 0 || len % 4 != 0 || len > INPUT_MAX)
		return false;
	*out = (Bytes){malloc(len / 4 * 3 + 1), 0};
	int got = out->bytes ? EVP_DecodeBlock(out->bytes, (const unsigned char *)text, (int)len) : -1;
	size_t padding = text[len - 1] != '=' ? 0 : text[len - 2] != '=' ? 1 : 2;
	char *again = got >= 0 ? malloc((size_t)got / 3 * 4 + 5) : NULL;
	bool fine = false;
	if (again) { /* one spelling only: encode it once more and compare */
		out->len = (size_t)got - padding;
		int back = EVP_EncodeBlock((unsigned char *)again, out->bytes, (int)out->len);
		fine = (size_t)back == len && memcmp(again, text, len) == 0;
	}
	free(again);
	if (!fine) {
		free(out->bytes);
		*out = (Bytes){0};
	}
	return fine;
}

bool decode_hex(const char *text, size_t len, unsigned char *out, size_t out_len)
{
	static const char digits[] = "0123456789abcdef";
	if (len != out_len * 2)
		return false;
	for (size_t i = 0; i < out_len; i++) {
		const char *high = text[2 * i] ? strchr(digits, text[2 * i]) : NULL;
		const char *low = text[2 * i + 1] ? strchr(digits, text[2 * i + 1]) : NULL;
		if (!high || !low)
			return false;
		out[i] = (unsigned char)((high - digits) << 4 | (low - digits));
	}
	return true;
}

uint64_t little_endian(const unsigned char *bytes, int count)
{
	uint64_t value = 0;
	while (count-- > 0)
		value = value << 8 | bytes[count];
	return value;
}

HashState *hash_begin(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	if (!ctx || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1)
		exit(verdict(FAILED, "SHA-256 does not work on this machine"));
	return ctx;
}

void hash_add(HashState *state, const void *bytes, size_t len)
{
	if (EVP_DigestUpdate(state, bytes, len) != 1)
		exit(verdict(FAILED, "SHA-256 does not work on this machine"));
}

Digest hash_end(HashState *state)
{
	Digest out;
	unsigned len = 0;
	if (EVP_DigestFinal_ex(state, out.bytes, &len) != 1 || len != HASH)
		exit(verdict(FAILED, "SHA-256 does not work on this machine"));
	EVP_MD_CTX_free(state);
	return out;
}

Digest sha256(const void *a, size_t a_len, const void *b, size_t b_len, const void *c, size_t c_len)
{
	HashState *state = hash_begin();
	hash_add(state, a, a_len);
	hash_add(state, b, b_len);
	hash_add(state, c, c_len);
	return hash_end(state);
}

bool same(const Digest *a, const Digest *b)
{
	return memcmp(a->bytes, b->bytes, HASH) == 0;
}
