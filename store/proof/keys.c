/* store/proof/keys.c - a key line has one spelling only, so that no change of it goes unseen. Secrets are overwritten
 * in every buffer they passed through. */
#include "store/proof/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

enum { SEED_LEN = crypto_sign_SEEDBYTES, ALGORITHM_ED25519 = 1, KEY_FILE_MAX = 4096 };

void key_id(Str name, const uint8_t key[static KEY_LEN], uint8_t out[static KEY_ID_LEN])
{
	Buf text = {0};
	Hash hash;
	buf_add_str(&text, name);
	buf_add_char(&text, '\n');
	buf_add_char(&text, ALGORITHM_ED25519);
	buf_add(&text, key, KEY_LEN);
	hash_of(buf_str(&text), &hash);
	memcpy(out, hash.bytes, KEY_ID_LEN);
	buf_done(&text);
}

static void put_key_line(Str prefix, Str name, const uint8_t public_key[static KEY_LEN], const uint8_t *bytes,
			 size_t len, Buf *out)
{
	uint8_t id[KEY_ID_LEN], tagged[1 + KEY_LEN] = {ALGORITHM_ED25519};
	key_id(name, public_key, id);
	memcpy(tagged + 1, bytes, len);
	buf_add_str(out, prefix);
	buf_add_str(out, name);
	buf_add_char(out, '+');
	buf_add_hex(out, id, sizeof id);
	buf_add_char(out, '+');
	buf_add_base64(out, tagged, 1 + len);
	sodium_memzero(tagged, sizeof tagged);
}

void key_put_verifier(Str name, const uint8_t key[static KEY_LEN], Buf *out)
{
	put_key_line(STR(""), name, key, key, KEY_LEN, out);
}

/* Cuts "name+id+base64" apart; the key in *key, 32 bytes. The base64 part may hold '+' itself. One spelling only, so
 * that no change of the line goes unseen. */
bool key_get_verifier(Str line, Str *name_out, uint8_t id_out[static KEY_ID_LEN], uint8_t key_out[static KEY_LEN])
{
	Buf raw = {0}, again = {0};
	ptrdiff_t first = str_find_char(line, '+');
	bool right = false;
	if (first <= 0 || line.len < (size_t)first + 10 || line.ptr[first + 9] != '+')
		return false;
	*name_out = str_slice(line, 0, (size_t)first);
	if (hex_decode(str_slice(line, (size_t)first + 1, (size_t)first + 9), id_out, KEY_ID_LEN) &&
	    buf_add_base64_decoded(&raw, str_slice(line, (size_t)first + 10, line.len)) && raw.len == 1 + KEY_LEN &&
	    raw.data[0] == ALGORITHM_ED25519) {
		memcpy(key_out, raw.data + 1, KEY_LEN);
		buf_add_hex(&again, id_out, KEY_ID_LEN);
		buf_add_char(&again, '+');
		buf_add_base64(&again, raw.data, raw.len);
		right = str_eq(buf_str(&again), str_slice(line, (size_t)first + 1, line.len));
	}
	if (raw.data)
		sodium_memzero(raw.data, raw.len);
	if (again.data)
		sodium_memzero(again.data, again.len);
	buf_done(&raw);
	buf_done(&again);
	return right;
}

Status key_generate(const Store *store, SigningKey *out, Buf *secret_line, Buf *public_line, Err *err)
{
	uint8_t seed[SEED_LEN];
	Str origin = str_from(store->origin);
	if (sodium_init() < 0)
		return err_set(err, ST_INTERNAL, "libsodium does not start");
	randombytes_buf(seed, sizeof seed);
	crypto_sign_seed_keypair(out->public_key, out->secret, seed);
	put_key_line(STR("PRIVATE+KEY+"), origin, out->public_key, seed, sizeof seed, secret_line);
	buf_add_char(secret_line, '\n');
	key_put_verifier(origin, out->public_key, public_line);
	buf_add_char(public_line, '\n');
	sodium_memzero(seed, sizeof seed);
	return buf_ok(secret_line) && buf_ok(public_line) ? ST_OK : err_no_memory(err);
}

typedef struct {
	FilePath dir, secret, verifier;
} KeyPaths;

static Status key_paths(const Store *store, KeyPaths *out, Err *err)
{
	Status st = file_path(&out->dir, store->dir, "keys", err);
	if (st == ST_OK)
		st = file_path(&out->secret, out->dir.text, "signing.key", err);
	return st == ST_OK ? file_path(&out->verifier, out->dir.text, "verifier.txt", err) : st;
}

/* Something was signed here, or somebody was given a key: a new one would make that look forged. */
static Status check_may_make(const Store *store, const KeyPaths *paths, Err *err)
{
	FilePath checkpoint;
	Status st = file_path(&checkpoint, store->dir, "checkpoint", err);
	if (st != ST_OK || (!file_exists(paths->verifier.text) && !file_exists(checkpoint.text)))
		return st;
	return err_set(
		err, ST_READ_ONLY,
		"%s is missing, and this archive has signed before: put it back (hoso restore brings it along), or "
		"make another one on purpose (hoso checkpoint --new-key)",
		paths->secret.text);
}

/* A power cut leaves the whole key or none: half of one would keep the archive from signing for good. The lock on the
 * folder keeps two processes from ending with two keys. */
static Status make_key(Store *store, const KeyPaths *paths, Err *err)
{
	SigningKey key;
	Buf line = {0}, verifier = {0};
	int lock = -1;
	Status st = store_check_place(store, err);
	if (st == ST_OK)
		st = file_make_dirs(paths->dir.text, err);
	if (st != ST_OK)
		return st;
	lock = open(paths->dir.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0 || flock(lock, LOCK_EX) != 0)
		st = err_errno(err, errno, "lock %s", paths->dir.text);
	if (st != ST_OK || file_exists(paths->secret.text))
		goto done;
	st = check_may_make(store, paths, err);
	if (st == ST_OK)
		st = key_generate(store, &key, &line, &verifier, err);
	if (st == ST_OK)
		st = file_replace(paths->secret.text, buf_str(&line), err);
	if (st == ST_OK) {
		st = file_replace(paths->verifier.text, buf_str(&verifier), err);
		if (st != ST_OK)
			unlink(paths->secret.text);
	}
done:
	close_quietly(lock);
	sodium_memzero(&key, sizeof key);
	if (line.data)
		sodium_memzero(line.data, line.len);
	buf_done(&line);
	buf_done(&verifier);
	return st;
}

/* The line of signing.key as a key. */
static Status read_secret(const Store *store, const char *path, SigningKey *out, Err *err)
{
	static const Str prefix = {"PRIVATE+KEY+", 12};
	uint8_t seed[SEED_LEN], id[KEY_ID_LEN], right_id[KEY_ID_LEN];
	Buf text = {0};
	Str name, line;
	Status st = file_read_all(path, KEY_FILE_MAX, &text, err);
	if (st != ST_OK)
		return st;
	line = str_trim(buf_str(&text));
	bool right = line.len + 1 == text.len && str_starts(line, prefix) &&
		     key_get_verifier(str_slice(line, prefix.len, line.len), &name, id, seed) &&
		     str_eq(name, str_from(store->origin));
	if (right) {
		crypto_sign_seed_keypair(out->public_key, out->secret, seed);
		key_id(name, out->public_key, right_id);
		right = memcmp(id, right_id, sizeof id) == 0;
	}
	sodium_memzero(seed, sizeof seed);
	if (text.data)
		sodium_memzero(text.data, text.len);
	buf_done(&text);
	return right ? ST_OK : err_set(err, ST_CORRUPT, "%s is not this archive's signing key", path);
}

/* verifier.txt must be the key's own line. *missing_out: there is none. */
static Status compare_verifier(const Store *store, const KeyPaths *paths, const SigningKey *key, bool *missing_out,
			       Err *err)
{
	Buf text = {0}, own = {0};
	Status st = file_read_all(paths->verifier.text, KEY_FILE_MAX, &text, err);
	*missing_out = st == ST_NOT_FOUND;
	if (st == ST_OK) {
		key_put_verifier(str_from(store->origin), key->public_key, &own);
		buf_add_char(&own, '\n');
		if (!buf_ok(&own))
			st = err_no_memory(err);
		else if (!str_eq(buf_str(&own), buf_str(&text)))
			st = err_set(err, ST_CORRUPT, "%s is not the key of %s", paths->secret.text,
				     paths->verifier.text);
	}
	buf_done(&text);
	buf_done(&own);
	return *missing_out ? ST_OK : st;
}

static void write_missing_verifier(const Store *store, const KeyPaths *paths, const SigningKey *key)
{
	Buf line = {0};
	Err ignored;
	key_put_verifier(str_from(store->origin), key->public_key, &line);
	buf_add_char(&line, '\n');
	if (buf_ok(&line))
		file_replace(paths->verifier.text, buf_str(&line), &ignored);
	buf_done(&line);
}

Status key_read(Store *store, SigningKey *out, Err *err)
{
	KeyPaths paths;
	bool missing = false;
	Status st = key_paths(store, &paths, err);
	if (st == ST_OK && sodium_init() < 0)
		st = err_set(err, ST_INTERNAL, "libsodium does not start");
	if (st == ST_OK && !file_exists(paths.secret.text))
		st = make_key(store, &paths, err);
	if (st == ST_OK)
		st = read_secret(store, paths.secret.text, out, err);
	if (st == ST_OK)
		st = compare_verifier(store, &paths, out, &missing, err);
	if (st == ST_OK && missing)
		write_missing_verifier(store, &paths, out);
	return st;
}

Status key_verify(const Store *store, Err *err)
{
	KeyPaths paths;
	SigningKey key;
	bool missing;
	Status st = key_paths(store, &paths, err);
	if (st != ST_OK || !file_exists(paths.secret.text))
		return st;
	if (sodium_init() < 0)
		return err_set(err, ST_INTERNAL, "libsodium does not start");
	st = read_secret(store, paths.secret.text, &key, err);
	if (st == ST_OK)
		st = compare_verifier(store, &paths, &key, &missing, err);
	sodium_memzero(&key, sizeof key);
	return st;
}
