/* cli/verifier/main.c - hoso-verify: is this copy what the archive took in? Checks without the archive and without
 * hoso.
 *
 *   hoso-verify -k KEY PACKAGE.zip                        a case package: every file, every proof
 *   hoso-verify -k KEY PROOF [FILE…]                      a record's proof; each FILE must be one of its objects
 *   hoso-verify -k KEY -c CONSISTENCY OLD NEW             NEW checkpoint only adds to OLD
 *
 * KEY is a verifier line (name+id+key) or a file that holds one. Deliberately shares no code with the archive: it is
 * written from docs/FORMAT.md, on OpenSSL (SHA-256, Ed25519) and jansson alone, so that a fault in one of them does
 * not hide itself in the other.
 *
 *   file → its SHA-256 in the payload → payload hash in the descriptor → leaf → path → root → signature
 *
 * Exit 0: verified. 1: not verified, with the step that failed. 2: usage. 3: could not be looked at.
 */
#include "cli/verifier/package.h"
#include "cli/verifier/proof.h"
#include "cli/verifier/verdict.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool hash_stream(const char *path, Digest *out, uint64_t *size)
{
	unsigned char *space = malloc(1 << 16);
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	HashState *state = hash_begin();
	size_t got;
	*size = 0;
	while (space && file && (got = fread(space, 1, 1 << 16, file)) > 0) {
		hash_add(state, space, got);
		*size += got;
	}
	bool fine = space && file && !ferror(file);
	if (file && file != stdin)
		fclose(file);
	*out = hash_end(state);
	free(space);
	return fine;
}

/* The file's hash must be one of those in the payload. */
static int check_file(const char *path, json_t *objects)
{
	Digest found, named;
	uint64_t size;
	size_t i;
	json_t *object;
	if (!hash_stream(path, &found, &size))
		return verdict(FAILED, "cannot read %s", path);
	json_array_foreach(objects, i, object)
	{
		json_t *hash = json_object_get(object, "sha256"), *role = json_object_get(object, "role");
		if (!json_is_string(hash) ||
		    !decode_hex(json_string_value(hash), json_string_length(hash), named.bytes, HASH) ||
		    !same(&found, &named))
			continue;
		printf("verified: %s is the %s, %" PRIu64 " bytes\n", path,
		       json_is_string(role) ? json_string_value(role) : "object", size);
		return VERIFIED;
	}
	return verdict(NOT_VERIFIED, "%s is none of the record's objects", path);
}

static int check_record(const char *path, const Verifier *verifier, char **files, int file_count)
{
	Bytes text;
	Proven proven;
	if (!read_file(path, &text))
		return verdict(FAILED, "cannot read %s", path);
	int status = check_proof((const char *)text.bytes, text.len, path, verifier, &proven);
	free(text.bytes);
	if (status == VERIFIED && !proven.payload) {
		puts("the record's content was lawfully destroyed; that it was archived is proven");
		if (file_count)
			status = verdict(NOT_VERIFIED, "nothing can be said of files of a destroyed record");
	}
	for (int i = 0; status == VERIFIED && i < file_count; i++)
		status = check_file(files[i], json_object_get(proven.payload, "objects"));
	if (status == VERIFIED)
		printf("verified: %s, version %" PRIu64 ", is number %" PRIu64 " of %" PRIu64 " in the archive\n",
		       proven.name, proven.version, proven.sequence, proven.tree_size);
	proven_free(&proven);
	return status;
}

static const char usage[] =
	"usage: hoso-verify -k KEY PACKAGE.zip\n"
	"       hoso-verify -k KEY PROOF [FILE…]\n"
	"       hoso-verify -k KEY -c CONSISTENCY OLD-CHECKPOINT NEW-CHECKPOINT\n"
	"KEY: verifier line name+id+key, or a file that holds it. Get it from the archive, not from the package.\n";

int main(int argc, char **argv)
{
	Verifier verifier;
	Bytes file = {0};
	const char *key = NULL;
	bool compare = false;
	static const struct option longs[] = {
		{"key", required_argument, NULL, 'k'}, {"help", no_argument, NULL, 'h'}, {0}};
	for (int got; (got = getopt_long(argc, argv, "k:ch", longs, NULL)) != -1;) {
		if (got == 'h') {
			fputs(usage, stdout);
			return VERIFIED;
		}
		if (got == 'k')
			key = optarg;
		else if (got == 'c')
			compare = true;
		else
			return USAGE;
	}
	int rest = argc - optind;
	argv += optind;
	if (!key || rest == 0 || (compare && rest != 3)) {
		fputs(usage, stderr);
		return USAGE;
	}
	if (!parse_verifier(key, &verifier) &&
	    (!read_file(key, &file) || !parse_verifier((const char *)file.bytes, &verifier)))
		return verdict(USAGE, "%s is no verifier key and no file that holds one", key);
	int status;
	if (compare)
		status = check_consistency(argv[0], argv[1], argv[2], &verifier);
	else if (rest == 1 && is_package(argv[0]))
		status = check_package(argv[0], &verifier);
	else
		status = check_record(argv[0], &verifier, argv + 1, rest - 1);
	free(file.bytes);
	return status;
}
