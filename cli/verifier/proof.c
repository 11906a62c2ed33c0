/* cli/verifier/proof.c - first what the proof says of itself is held against the signed descriptor, then the
 * descriptor's hash is led up the tree to the root in the signed checkpoint, last the payload is held against its hash
 * in the descriptor. What a proof says is believed only after that.
 */
#include "cli/verifier/proof.h"

#include "cli/verifier/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIXED_DESCRIPTOR = 136, PATH_MAX_NODES = 64 };

/* ---- the tree: RFC 9162 2.1.3.2 and 2.1.4.2 -------------------------------------------------------------------- */

static Digest node_of(const Digest *left, const Digest *right)
{
	return sha256("\1", 1, left->bytes, HASH, right->bytes, HASH);
}

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
		return verdict(NOT_VERIFIED, "the proof has no id, version or sequence");
	if (d->len < FIXED_DESCRIPTOR || memcmp(d->bytes, "hsl1", 4) != 0 ||
	    d->len != FIXED_DESCRIPTOR + little_endian(d->bytes + 6, 2))
		return verdict(NOT_VERIFIED, "the descriptor is not one of this format");
	bool is_case = json_object_get(proof, "id") == NULL;
	if ((d->bytes[4] == KIND_CASE) != is_case)
		return verdict(NOT_VERIFIED, "the descriptor is that of another kind of entry");
	if (little_endian(d->bytes + 8, 4) != version || little_endian(d->bytes + 16, 8) != *sequence ||
	    json_string_length(id) != d->len - FIXED_DESCRIPTOR ||
	    memcmp(json_string_value(id), d->bytes + FIXED_DESCRIPTOR, d->len - FIXED_DESCRIPTOR) != 0)
		return verdict(NOT_VERIFIED, "id, version or sequence are not those of the descriptor");
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
		return verdict(NOT_VERIFIED, "the payload cannot be read");
	Digest hash = sha256(bytes.bytes, bytes.len, "", 0, "", 0);
	bool bound = memcmp(hash.bytes, descriptor->bytes + 72, HASH) == 0;
	if (bound)
		*out = json_loadb((const char *)bytes.bytes, bytes.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
	free(bytes.bytes);
	if (!bound)
		return verdict(NOT_VERIFIED, "the payload is not the one that the descriptor names");
	return json_is_array(json_object_get(*out, "objects")) ? VERIFIED
							       : verdict(NOT_VERIFIED, "the payload lists no objects");
}

static int check_chain(json_t *proof, const Bytes *descriptor, const Verifier *verifier, Proven *out)
{
	Digest nodes[PATH_MAX_NODES];
	TreeHead head = {0};
	size_t count = 0;
	json_t *note = json_object_get(proof, "checkpoint");
	if (!json_is_string(note) || !member_number(proof, "tree_size", &out->tree_size) ||
	    !read_path(json_object_get(proof, "path"), nodes, &count))
		return verdict(NOT_VERIFIED,
			       "the proof lacks a part: descriptor, tree_size, path and checkpoint are needed");
	int status = check_checkpoint(json_string_value(note), verifier, &head);
	if (status != VERIFIED)
		return status;
	if (head.tree_size != out->tree_size)
		return verdict(NOT_VERIFIED, "the proof is for another tree than its checkpoint");
	status = check_descriptor(proof, descriptor, &out->sequence);
	if (status != VERIFIED)
		return status;
	out->leaf = sha256("\0", 1, descriptor->bytes, descriptor->len, "", 0);
	if (!path_leads_to(out->leaf, out->sequence, out->tree_size, nodes, count, &head.root))
		return verdict(NOT_VERIFIED, "the record is not in the signed tree");
	out->kind = descriptor->bytes[4];
	out->version = little_endian(descriptor->bytes + 8, 4);
	out->utc_ms = little_endian(descriptor->bytes + 24, 8);
	out->name = strdup(json_string_value(name_of(proof)));
	return out->name ? open_payload(proof, descriptor, &out->payload) : verdict(FAILED, "out of memory");
}

int check_proof(const char *text, size_t len, const char *what, const Verifier *verifier, Proven *out)
{
	json_error_t why;
	Bytes descriptor = {0};
	*out = (Proven){0};
	json_t *proof = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (!proof)
		return verdict(NOT_VERIFIED, "%s is not a proof: %s", what, why.text);
	int status = member_bytes(proof, "descriptor", &descriptor)
			     ? check_chain(proof, &descriptor, verifier, out)
			     : verdict(NOT_VERIFIED,
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
		status = verdict(FAILED, "cannot read the checkpoints or the proof");
	if (status == VERIFIED)
		status = check_checkpoint((const char *)old_text.bytes, verifier, &old);
	if (status == VERIFIED)
		status = check_checkpoint((const char *)new_text.bytes, verifier, &new);
	if (status == VERIFIED)
		proof = json_loadb((const char *)text.bytes, text.len, JSON_REJECT_DUPLICATES, &why);
	if (status == VERIFIED && (!proof || !read_path(json_object_get(proof, "path"), nodes, &count)))
		status = verdict(NOT_VERIFIED, "%s is not a consistency proof", proof_path);
	if (status == VERIFIED && !is_continued(&old, &new, nodes, count))
		status = verdict(NOT_VERIFIED,
				 "the newer checkpoint does not continue the older one: history was changed");
	if (status == VERIFIED)
		printf("verified: the archive of %" PRIu64 " records continues that of %" PRIu64 "\n", new.tree_size,
		       old.tree_size);
	json_decref(proof);
	free(old_text.bytes);
	free(new_text.bytes);
	free(text.bytes);
	return status;
}
