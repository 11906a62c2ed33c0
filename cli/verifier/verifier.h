/* cli/verifier/verifier.h - what the files of hoso-verify share. On purpose nothing of the archive's own code is in
 * here.
 *
 *   hoso_verify.c  the command line        hoso_verify_proof.c    checkpoints, tree, one record's proof
 *   hoso_verify_zip.c  a strict ZIP reader     hoso_verify_package.c  a case package, from its bytes to the signature
 *   hoso_verify_register.c  the register that a package must have
 *
 * Errors   a status that is the exit code; the sentence goes to standard error where it happens
 */
#ifndef CLI_VERIFIER_VERIFIER_H
#define CLI_VERIFIER_VERIFIER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { VERIFIED = 0, NOT_VERIFIED = 1, USAGE = 2, FAILED = 3 };
enum { HASH = 32, SIGNATURE = 64, KEY_ID = 4, FIXED_DESCRIPTOR = 136, PATH_MAX_NODES = 64, INPUT_MAX = 64 << 20 };
enum { KIND_RECORD = 1, KIND_CASE = 2 };

typedef struct {
	unsigned char *bytes;
	size_t len;
} Bytes;
typedef struct {
	unsigned char bytes[HASH];
} Digest;

/* Prints the sentence and gives the status back. */
int stop(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool read_file(const char *path, Bytes *out); /* zero-terminated; "-": standard input */
bool decode_hex(const char *text, size_t len, unsigned char *out, size_t out_len);
uint64_t little_endian(const unsigned char *bytes, int count);
Digest sha256(const void *a, size_t a_len, const void *b, size_t b_len, const void *c, size_t c_len);
bool same(const Digest *a, const Digest *b);

/* Bytes that come piece by piece. */
typedef struct evp_md_ctx_st HashState;
HashState *hash_begin(void);
void hash_add(HashState *state, const void *bytes, size_t len);
Digest hash_end(HashState *state); /* frees it */

typedef struct {
	const char *name; /* not zero-terminated */
	size_t name_len;
	unsigned char id[KEY_ID], key[HASH];
} Verifier;

bool parse_verifier(const char *line, Verifier *out); /* points into line */

/* What a proof says, once it holds. */
typedef struct {
	char *name; /* the record's id or the case file's code */
	unsigned kind;
	uint64_t version, sequence, tree_size, utc_ms;
	Digest leaf;
	json_t *payload; /* NULL: lawfully destroyed */
} Proven;

/* `what` names the proof in messages. proven_free also after a failure. */
int check_proof(const char *text, size_t len, const char *what, const Verifier *verifier, Proven *out);
void proven_free(Proven *p);
int check_consistency(const char *proof_path, const char *old_path, const char *new_path, const Verifier *verifier);

/* The register as it must be: CSV with a row for each record. Starts as zeros; bytes are freed by free. */
typedef struct {
	char *bytes;
	size_t len, room;
} Register;
void register_begin(Register *r);
void register_add(Register *r, size_t ordinal, const Proven *proven, const char *folder);

int check_package(const char *path, const Verifier *verifier);
bool is_package(const char *path);

#endif
