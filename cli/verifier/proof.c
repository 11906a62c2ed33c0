/* cli/verifier/proof.c - does a proof hold? payload → descriptor → leaf → path → root → signature. */
#include "cli/verifier/verifier.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

/* ---- bytes ----------------------------------------------------------------------------------------------------- */

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

static bool decode_base64(const char *text, size_t len, Bytes *out)
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
		exit(stop(FAILED, "SHA-256 does not work on this machine"));
	return ctx;
}

void hash_add(HashState *state, const void *bytes, size_t len)
{
	if (EVP_DigestUpdate(state, bytes, len) != 1)
		exit(stop(FAILED, "SHA-256 does not work on this machine"));
}

Digest hash_end(HashState *state)
{
	Digest out;
	unsigned len = 0;
	if (EVP_DigestFinal_ex(state, out.bytes, &len) != 1 || len != HASH)
		exit(stop(FAILED, "SHA-256 does not work on this machine"));
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

static Digest node_of(const Digest *left, const Digest *right)
{
	return sha256("\1", 1, left->bytes, HASH, right->bytes, HASH);
}

bool same(const Digest *a, const Digest *b)
{
	return memcmp(a->bytes, b->bytes, HASH) == 0;
}

/* ---- checkpoints: C2SP tlog-checkpoint in a signed note -------------------------------------------------------- */

typedef struct {
	uint64_t tree_size;
	Digest root;
} TreeHead;

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

/* One of the note's signature lines is by this key and right. */
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

static int check_checkpoint(const char *text, const Verifier *verifier, TreeHead *out)
{
	const char *end = strstr(text, "\n\n"), *size = strchr(text, '\n'),
		   *root = size ? strchr(size + 1, '\n') : NULL;
	if (!end || !size || !root || root >= end || size == text)
		return stop(NOT_VERIFIED,
			    "the checkpoint is not one: origin, tree size, root and an empty line were expected");
	char *after;
	errno = 0;
	out->tree_size = strtoull(size + 1, &after, 10);
	const char *root_end = memchr(root + 1, '\n', (size_t)(end + 1 - root - 1));
	Bytes raw;
	if (errno || after != root || size[1] < '0' || size[1] > '9' || (size[1] == '0' && root - size != 2) ||
	    !root_end || !decode_base64(root + 1, (size_t)(root_end - root - 1), &raw))
		return stop(NOT_VERIFIED, "the checkpoint's tree size or root cannot be read");
	bool fine = raw.len == HASH;
	if (fine)
		memcpy(out->root.bytes, raw.bytes, HASH);
	free(raw.bytes);
	if (!fine)
		return stop(NOT_VERIFIED, "the checkpoint's root has another length");
	if (!is_signed(text, (size_t)(end + 1 - text), end + 2, verifier))
		return stop(NOT_VERIFIED, "the checkpoint is not signed with this key");
	return VERIFIED;
}

/* ---- the tree: RFC 9162 2.1.3.2 and 2.1.4.2 -------------------------------------------------------------------- */

static bool read_path(json_t *array, Digest *path, size_t *count)
{
	if (!json_is_array(array) || json_array_size(array) > PATH_MAX_NODES)
		return false;
	*count = json_array_size(array);
	for (size_t i = 0; i < *count; i++) {
		json_t *item = json_array_get(array, i);
		if (!json_is_string(item) ||
		    !decode_hex(json_string_value(item), json_string_length(item), path[i].bytes, HASH))
			return false;
	}
	return true;
}

static bool path_leads_to(Digest hash, uint64_t index, uint64_t size, const Digest *path, size_t count,
			  const Digest *root)
{
	if (index >= size)
		return false;
	uint64_t at = index, last = size - 1;
	for (size_t i = 0; i < count; i++) {
		if (last == 0)
			return false;
		if (at % 2 == 1 || at == last) {
			hash = node_of(&path[i], &hash);
			for (; at % 2 == 0 && at != 0; at /= 2)
				last /= 2;
		} else {
			hash = node_of(&hash, &path[i]);
		}
		at /= 2;
		last /= 2;
	}
	return last == 0 && same(&hash, root);
}

static bool is_continued(const TreeHead *old, const TreeHead *new, const Digest *path, size_t count)
{
	if (old->tree_size > new->tree_size)
		return false;
	if (old->tree_size == new->tree_size)
		return count == 0 && same(&old->root, &new->root);
	if (old->tree_size == 0) {
		Digest nothing = sha256("", 0, "", 0, "", 0);
		return count == 0 && same(&old->root, &nothing);
	}
	size_t next = 0;
	bool power = (old->tree_size & (old->tree_size - 1)) == 0;
	if (!power && count == 0)
		return false;
	Digest first = power ? old->root : path[next++], second = first;
	uint64_t at = old->tree_size - 1, last = new->tree_size - 1;
	for (; at % 2 == 1; at /= 2)
		last /= 2;
	for (; next < count; next++) {
		if (last == 0)
			return false;
		if (at % 2 == 1 || at == last) {
			first = node_of(&path[next], &first);
			second = node_of(&path[next], &second);
			for (; at % 2 == 0 && at != 0; at /= 2)
				last /= 2;
		} else {
			second = node_of(&second, &path[next]);
		}
		at /= 2;
		last /= 2;
	}
	return last == 0 && same(&first, &old->root) && same(&second, &new->root);
}

/* ---- a record's proof ------------------------------------------------------------------------------------------ */

static bool member_bytes(json_t *proof, const char *name, Bytes *out)
{
	json_t *value = json_object_get(proof, name);
	return json_is_string(value) && decode_base64(json_string_value(value), json_string_length(value), out);
}

static bool member_number(json_t *proof, const char *name, uint64_t *out)
{
	json_t *value = json_object_get(proof, name);
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*out = (uint64_t)json_integer_value(value);
	return true;
}

/* A record's id, or a case file's code. */
static json_t *name_of(json_t *proof)
{
	json_t *id = json_object_get(proof, "id");
	return id ? id : json_object_get(proof, "code");
}

/* What the proof says of itself must be what the signed descriptor says. */
static int check_descriptor(json_t *proof, const Bytes *d, uint64_t *sequence)
{
	uint64_t version;
	json_t *id = name_of(proof);
	if (!json_is_string(id) || !member_number(proof, "version", &version) ||
	    !member_number(proof, "sequence", sequence))
		return stop(NOT_VERIFIED, "the proof has no id, version or sequence");
	if (d->len < FIXED_DESCRIPTOR || memcmp(d->bytes, "hsl1", 4) != 0 ||
	    d->len != FIXED_DESCRIPTOR + little_endian(d->bytes + 6, 2))
		return stop(NOT_VERIFIED, "the descriptor is not one of this format");
	bool is_case = json_object_get(proof, "id") == NULL;
	if ((d->bytes[4] == KIND_CASE) != is_case)
		return stop(NOT_VERIFIED, "the descriptor is that of another kind of entry");
	if (little_endian(d->bytes + 8, 4) != version || little_endian(d->bytes + 16, 8) != *sequence ||
	    json_string_length(id) != d->len - FIXED_DESCRIPTOR ||
	    memcmp(json_string_value(id), d->bytes + FIXED_DESCRIPTOR, d->len - FIXED_DESCRIPTOR) != 0)
		return stop(NOT_VERIFIED, "id, version or sequence are not those of the descriptor");
	return VERIFIED;
}

/* The payload as JSON; NULL where it was destroyed. */
static int open_payload(json_t *proof, const Bytes *descriptor, json_t **out)
{
	Bytes bytes;
	json_error_t why;
	json_t *given = json_object_get(proof, "payload");
	*out = NULL;
	if (json_is_null(given) || (json_is_string(given) && json_string_length(given) == 0))
		return VERIFIED;
	if (!member_bytes(proof, "payload", &bytes))
		return stop(NOT_VERIFIED, "the payload cannot be read");
	Digest hash = sha256(bytes.bytes, bytes.len, "", 0, "", 0);
	bool bound = memcmp(hash.bytes, descriptor->bytes + 72, HASH) == 0;
	if (bound)
		*out = json_loadb((const char *)bytes.bytes, bytes.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
	free(bytes.bytes);
	if (!bound)
		return stop(NOT_VERIFIED, "the payload is not the one that the descriptor names");
	return json_is_array(json_object_get(*out, "objects")) ? VERIFIED
							       : stop(NOT_VERIFIED, "the payload lists no objects");
}

static int check_chain(json_t *proof, const Bytes *descriptor, const Verifier *verifier, Proven *out)
{
	Digest nodes[PATH_MAX_NODES];
	TreeHead head = {0};
	size_t count = 0;
	json_t *note = json_object_get(proof, "checkpoint");
	if (!json_is_string(note) || !member_number(proof, "tree_size", &out->tree_size) ||
	    !read_path(json_object_get(proof, "path"), nodes, &count))
		return stop(NOT_VERIFIED,
			    "the proof lacks a part: descriptor, tree_size, path and checkpoint are needed");
	int status = check_checkpoint(json_string_value(note), verifier, &head);
	if (status != VERIFIED)
		return status;
	if (head.tree_size != out->tree_size)
		return stop(NOT_VERIFIED, "the proof is for another tree than its checkpoint");
	status = check_descriptor(proof, descriptor, &out->sequence);
	if (status != VERIFIED)
		return status;
	out->leaf = sha256("\0", 1, descriptor->bytes, descriptor->len, "", 0);
	if (!path_leads_to(out->leaf, out->sequence, out->tree_size, nodes, count, &head.root))
		return stop(NOT_VERIFIED, "the record is not in the signed tree");
	out->kind = descriptor->bytes[4];
	out->version = little_endian(descriptor->bytes + 8, 4);
	out->utc_ms = little_endian(descriptor->bytes + 24, 8);
	out->name = strdup(json_string_value(name_of(proof)));
	return out->name ? open_payload(proof, descriptor, &out->payload) : stop(FAILED, "out of memory");
}

int check_proof(const char *text, size_t len, const char *what, const Verifier *verifier, Proven *out)
{
	json_error_t why;
	Bytes descriptor = {0};
	*out = (Proven){0};
	json_t *proof = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (!proof)
		return stop(NOT_VERIFIED, "%s is not a proof: %s", what, why.text);
	int status = member_bytes(proof, "descriptor", &descriptor)
			     ? check_chain(proof, &descriptor, verifier, out)
			     : stop(NOT_VERIFIED,
				    "the proof lacks a part: descriptor, tree_size, path and checkpoint are needed");
	free(descriptor.bytes);
	json_decref(proof);
	return status;
}

void proven_free(Proven *p)
{
	free(p->name);
	json_decref(p->payload);
	*p = (Proven){0};
}

int check_consistency(const char *proof_path, const char *old_path, const char *new_path, const Verifier *verifier)
{
	Bytes old_text = {0}, new_text = {0}, text = {0};
	TreeHead old = {0}, new = {0};
	Digest nodes[PATH_MAX_NODES];
	size_t count = 0;
	json_error_t why;
	json_t *proof = NULL;
	int status = VERIFIED;
	if (!read_file(old_path, &old_text) || !read_file(new_path, &new_text) || !read_file(proof_path, &text))
		status = stop(FAILED, "cannot read the checkpoints or the proof");
	if (status == VERIFIED)
		status = check_checkpoint((const char *)old_text.bytes, verifier, &old);
	if (status == VERIFIED)
		status = check_checkpoint((const char *)new_text.bytes, verifier, &new);
	if (status == VERIFIED)
		proof = json_loadb((const char *)text.bytes, text.len, JSON_REJECT_DUPLICATES, &why);
	if (status == VERIFIED && (!proof || !read_path(json_object_get(proof, "path"), nodes, &count)))
		status = stop(NOT_VERIFIED, "%s is not a consistency proof", proof_path);
	if (status == VERIFIED && !is_continued(&old, &new, nodes, count))
		status =
			stop(NOT_VERIFIED, "the newer checkpoint does not continue the older one: history was changed");
	if (status == VERIFIED)
		printf("verified: the archive of %" PRIu64 " records continues that of %" PRIu64 "\n", new.tree_size,
		       old.tree_size);
	json_decref(proof);
	free(old_text.bytes);
	free(new_text.bytes);
	free(text.bytes);
	return status;
}
