/* store/proof/keys.c - a key line has one spelling only, so that no change of it goes unseen. Secrets are overwritten
 * in every buffer they passed through. */
#include "store/proof/keys.h"

#include <errno.h>
#include <fcntl.h>
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

/* Written once, readable by the owner only; O_EXCL, so that two processes never end with two keys. */
static Status make_key(Store *store, const char *path, Err *err)
{
	uint8_t seed[SEED_LEN];
	SigningKey key;
	Buf line = {0}, verifier = {0};
	FilePath keys_dir, verifier_path;
	int fd = -1;
	Status st = file_path(&keys_dir, store->dir, "keys", err);
	if (st == ST_OK)
		st = file_path(&verifier_path, keys_dir.text, "verifier.txt", err);
	if (st == ST_OK)
		st = file_make_dirs(keys_dir.text, err);
	if (st != ST_OK)
		return st;
	randombytes_buf(seed, sizeof seed);
	crypto_sign_seed_keypair(key.public_key, key.secret, seed);
	put_key_line(STR("PRIVATE+KEY+"), str_from(store->origin), key.public_key, seed, sizeof seed, &line);
	buf_add_char(&line, '\n');
	key_put_verifier(str_from(store->origin), key.public_key, &verifier);
	buf_add_char(&verifier, '\n');
	if (!buf_ok(&line) || !buf_ok(&verifier)) {
		st = err_no_memory(err);
		goto done;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		st = errno == EEXIST ? ST_OK : err_errno(err, errno, "make the signing key %s", path);
		goto done;
	}
	st = file_write(fd, line.data, line.len, path, err);
	if (st == ST_OK && fsync(fd) != 0)
		st = err_errno(err, errno, "sync %s", path);
	if (st == ST_OK)
		st = file_sync_dir(keys_dir.text, err);
	if (st == ST_OK)
		st = file_replace(verifier_path.text, buf_str(&verifier), err);
	if (st != ST_OK)
		unlink(path);
done:
	close_quietly(fd);
	sodium_memzero(seed, sizeof seed);
	sodium_memzero(&key, sizeof key);
	if (line.data)
		sodium_memzero(line.data, line.len);
	buf_done(&line);
	buf_done(&verifier);
	return st;
}

Status key_read(Store *store, SigningKey *out, Err *err)
{
	static const Str prefix = {"PRIVATE+KEY+", 12};
	FilePath path;
	uint8_t seed[SEED_LEN], id[KEY_ID_LEN], right_id[KEY_ID_LEN];
	Buf text = {0};
	Str name, line;
	Status st = file_path(&path, store->dir, "keys/signing.key", err);
	if (st == ST_OK && sodium_init() < 0)
		st = err_set(err, ST_INTERNAL, "libsodium does not start");
	if (st == ST_OK && !file_exists(path.text))
		st = make_key(store, path.text, err);
	if (st == ST_OK)
		st = file_read_all(path.text, KEY_FILE_MAX, &text, err);
	if (st != ST_OK)
		return st;
	line = str_trim(buf_str(&text));
	bool right = str_starts(line, prefix) &&
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
	return right ? ST_OK : err_set(err, ST_CORRUPT, "%s is not this archive's signing key", path.text);
}
