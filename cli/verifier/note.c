/* cli/verifier/note.c - a checkpoint is origin, tree size, root and an empty line; signature lines follow. It counts
 * where one of them is by the key that was given; others are passed over.
 */
#include "cli/verifier/note.h"

#include "cli/verifier/verdict.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

bool parse_verifier(const char *line, Verifier *out)
{
	size_t len = strcspn(line, "\r\n");
	const char *plus = memchr(line, '+', len);
	Bytes key;
	if (!plus || plus == line || (size_t)(plus - line) + 10 >= len || plus[9] != '+' ||
	    !decode_hex(plus + 1, 8, out->id, KEY_ID) ||
	    !decode_base64(plus + 10, len - (size_t)(plus - line) - 10, &key))
		return false;
	bool fine = key.len == 1 + HASH && key.bytes[0] == 1;
	if (fine) {
		out->name = line;
		out->name_len = (size_t)(plus - line);
		memcpy(out->key, key.bytes + 1, HASH);
		Digest id = sha256(line, out->name_len, "\n\1", 2, out->key, HASH);
		fine = memcmp(id.bytes, out->id, KEY_ID) == 0;
	}
	free(key.bytes);
	return fine;
}

static bool signature_holds(const unsigned char *signature, const char *text, size_t len, const unsigned char *key)
{
	EVP_PKEY *public_key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, HASH);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool fine = public_key && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, public_key) == 1 &&
		    EVP_DigestVerify(ctx, signature, SIGNATURE, (const unsigned char *)text, len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(public_key);
	return fine;
}

/* Is one of the note's signature lines by this key, and does it hold? */
static bool is_signed(const char *text, size_t body_len, const char *signatures, const Verifier *verifier)
{
	static const char mark[] = "\xE2\x80\x94 ";
	for (const char *line = signatures; *line;) {
		size_t len = strcspn(line, "\n"), head = sizeof mark - 1 + verifier->name_len;
		Bytes raw;
		if (len > head + 1 && memcmp(line, mark, sizeof mark - 1) == 0 &&
		    memcmp(line + sizeof mark - 1, verifier->name, verifier->name_len) == 0 && line[head] == ' ' &&
		    decode_base64(line + head + 1, len - head - 1, &raw)) {
			bool fine = raw.len == KEY_ID + SIGNATURE && memcmp(raw.bytes, verifier->id, KEY_ID) == 0 &&
				    signature_holds(raw.bytes + KEY_ID, text, body_len, verifier->key);
			free(raw.bytes);
			if (fine)
				return true;
		}
		line += len + (line[len] == '\n');
	}
	return false;
}

int check_checkpoint(const char *text, const Verifier *verifier, TreeHead *out)
{
	const char *end = strstr(text, "\n\n"), *size = strchr(text, '\n'),
		   *root = size ? strchr(size + 1, '\n') : NULL;
	if (!end || !size || !root || root >= end || size == text)
		return verdict(NOT_VERIFIED,
			       "the checkpoint is not one: origin, tree size, root and an empty line were expected");
	char *after;
	errno = 0;
	out->tree_size = strtoull(size + 1, &after, 10);
	const char *root_end = memchr(root + 1, '\n', (size_t)(end + 1 - root - 1));
	Bytes raw;
	if (errno || after != root || size[1] < '0' || size[1] > '9' || (size[1] == '0' && root - size != 2) ||
	    !root_end || !decode_base64(root + 1, (size_t)(root_end - root - 1), &raw))
		return verdict(NOT_VERIFIED, "the checkpoint's tree size or root cannot be read");
	bool fine = raw.len == HASH;
	if (fine)
		memcpy(out->root.bytes, raw.bytes, HASH);
	free(raw.bytes);
	if (!fine)
		return verdict(NOT_VERIFIED, "the checkpoint's root has another length");
	if (!is_signed(text, (size_t)(end + 1 - text), end + 2, verifier))
		return verdict(NOT_VERIFIED, "the checkpoint is not signed with this key");
	return VERIFIED;
}
