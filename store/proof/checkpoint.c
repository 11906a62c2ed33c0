/* store/proof/checkpoint.c - see checkpoint.h. */
#include "store/proof/checkpoint.h"

#include "base/file.h"
#include "store/log/internal.h"
#include "store/proof/proof.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	KEY_LEN = crypto_sign_PUBLICKEYBYTES,
	SEED_LEN = crypto_sign_SEEDBYTES,
	SIGNATURE_LEN = crypto_sign_BYTES,
	KEY_ID_LEN = 4,
	ALGORITHM_ED25519 = 1
};

#define SIGNATURE_MARK "\xE2\x80\x94 " /* em dash, space */

/* ---- keys ------------------------------------------------------------------------------------------------------ */

/* First 4 bytes of SHA-256(name, line feed, algorithm, public key). */
static void key_id(Str name, const uint8_t key[static KEY_LEN], uint8_t out[static KEY_ID_LEN])
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

/* Cuts "name+id+base64" apart; the key in *key, 32 bytes. The base64 part may hold '+' itself. One spelling only, so
 * that no change of the line goes unseen. */
static bool take_key_line(Str line, Str *name_out, uint8_t id_out[static KEY_ID_LEN], uint8_t key_out[static KEY_LEN])
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

static Status path_in(const Store *store, const char *name, char out[static PATH_MAX], Err *err)
{
	if (snprintf(out, PATH_MAX, "%s/%s", store->dir, name) >= PATH_MAX)
		return err_set(err, ST_LIMIT, "path too long: %.100s…", store->dir);
	return ST_OK;
}

typedef struct {
	uint8_t public_key[KEY_LEN], secret[crypto_sign_SECRETKEYBYTES];
} SigningKey;

/* Written once, readable by the owner only; O_EXCL, so that two processes never end with two keys. */
static Status make_key(Store *store, const char *path, Err *err)
{
	uint8_t seed[SEED_LEN];
	SigningKey key;
	Buf line = {0}, verifier = {0};
	char keys_dir[PATH_MAX], verifier_path[PATH_MAX];
	int fd = -1;
	Status st = path_in(store, "keys", keys_dir, err);
	if (st == ST_OK)
		st = path_in(store, "keys/verifier.txt", verifier_path, err);
	if (st == ST_OK)
		st = file_make_dirs(keys_dir, err);
	if (st != ST_OK)
		return st;
	randombytes_buf(seed, sizeof seed);
	crypto_sign_seed_keypair(key.public_key, key.secret, seed);
	put_key_line(STR("PRIVATE+KEY+"), str_from(store->origin), key.public_key, seed, sizeof seed, &line);
	buf_add_char(&line, '\n');
	put_key_line(STR(""), str_from(store->origin), key.public_key, key.public_key, KEY_LEN, &verifier);
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
		st = file_sync_dir(keys_dir, err);
	if (st == ST_OK)
		st = file_replace(verifier_path, buf_str(&verifier), err);
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

static Status read_key(Store *store, SigningKey *out, Err *err)
{
	static const Str prefix = {"PRIVATE+KEY+", 12};
	char path[PATH_MAX];
	uint8_t seed[SEED_LEN], id[KEY_ID_LEN], right_id[KEY_ID_LEN];
	Buf text = {0};
	Str name, line;
	Status st = path_in(store, "keys/signing.key", path, err);
	if (st == ST_OK && sodium_init() < 0)
		st = err_set(err, ST_INTERNAL, "libsodium does not start");
	if (st == ST_OK && !file_exists(path))
		st = make_key(store, path, err);
	if (st == ST_OK)
		st = file_read_all(path, CHECKPOINT_MAX, &text, err);
	if (st != ST_OK)
		return st;
	line = str_trim(buf_str(&text));
	bool right = str_starts(line, prefix) &&
		     take_key_line(str_slice(line, prefix.len, line.len), &name, id, seed) &&
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

Status store_verifier_key(Store *store, Buf *out, Err *err)
{
	SigningKey key;
	Status st = read_key(store, &key, err);
	if (st != ST_OK)
		return st;
	put_key_line(STR(""), str_from(store->origin), key.public_key, key.public_key, KEY_LEN, out);
	sodium_memzero(&key, sizeof key);
	return buf_ok(out) ? ST_OK : err_no_memory(err);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

Status checkpoint_parse(Str text, Checkpoint *out, Err *err)
{
	Str rest = text, size, root;
	Checkpoint c = {0};
	Buf raw = {0};
	Buf again = {0};
	if (text.len > CHECKPOINT_MAX)
		return err_set(err, ST_INVALID, "a checkpoint has at most %d bytes", CHECKPOINT_MAX);
	ptrdiff_t end = str_find(text, STR("\n\n"));
	bool right = end > 0 && str_split(&rest, '\n', &c.origin) && c.origin.len && str_split(&rest, '\n', &size) &&
		     str_split(&rest, '\n', &root) && str_to_u64(size, &c.tree_size) &&
		     (size.len == 1 || size.ptr[0] != '0') && buf_add_base64_decoded(&raw, root) &&
		     raw.len == STORE_HASH_LEN && rest.ptr <= text.ptr + end + 1;
	if (right) {
		memcpy(c.root.bytes, raw.data, STORE_HASH_LEN);
		c.body = str_slice(text, 0, (size_t)end + 1);
		buf_add_base64(&again, raw.data, raw.len); /* one spelling only */
		right = str_eq(buf_str(&again), root);
	}
	buf_done(&raw);
	buf_done(&again);
	if (!right)
		return err_set(err, ST_INVALID,
			       "not a checkpoint: origin, tree size, root, an empty line and signatures were expected");
	*out = c;
	return ST_OK;
}

Status checkpoint_check(Str text, Str verifier_key, Checkpoint *out, Err *err)
{
	uint8_t id[KEY_ID_LEN], right_id[KEY_ID_LEN], key[KEY_LEN];
	Str name, line;
	Checkpoint c;
	bool signed_by_it = false;
	if (sodium_init() < 0)
		return err_set(err, ST_INTERNAL, "libsodium does not start");
	if (!take_key_line(str_trim(verifier_key), &name, id, key))
		return err_set(err, ST_INVALID, "not a verifier key: name+id+key was expected");
	key_id(name, key, right_id);
	if (memcmp(id, right_id, sizeof id) != 0)
		return err_set(err, ST_INVALID, "the verifier key's id does not belong to it");
	Status st = checkpoint_parse(text, &c, err);
	if (st != ST_OK)
		return st;
	Str rest = str_slice(text, c.body.len + 1, text.len);
	while (!signed_by_it && str_split(&rest, '\n', &line)) {
		Buf raw = {0};
		Str mark = STR(SIGNATURE_MARK), tail;
		if (str_starts(line, mark) && str_starts(tail = str_slice(line, mark.len, line.len), name) &&
		    tail.len > name.len && tail.ptr[name.len] == ' ' &&
		    buf_add_base64_decoded(&raw, str_slice(tail, name.len + 1, tail.len)) &&
		    raw.len == KEY_ID_LEN + SIGNATURE_LEN && memcmp(raw.data, id, KEY_ID_LEN) == 0)
			signed_by_it = crypto_sign_verify_detached((const uint8_t *)raw.data + KEY_ID_LEN,
								   (const uint8_t *)c.body.ptr, c.body.len, key) == 0;
		buf_done(&raw);
	}
	if (!signed_by_it)
		return err_set(err, ST_INVALID, "the checkpoint is not signed by %.*s",
			       STR_ARG(str_slice(name, 0, 100)));
	*out = c;
	return ST_OK;
}

Status store_checkpoint_last(Store *store, Buf *out, Err *err)
{
	char path[PATH_MAX];
	Status st = path_in(store, "checkpoint", path, err);
	if (st != ST_OK)
		return st;
	st = file_read_all(path, CHECKPOINT_MAX, out, err);
	return st == ST_NOT_FOUND ? err_set(err, ST_NOT_FOUND, "no checkpoint was signed yet") : st;
}

Status store_checkpoint_last_checked(Store *store, Buf *text, Checkpoint *out, Err *err)
{
	char path[PATH_MAX];
	Buf key = {0};
	Checkpoint c;
	Status st = store_checkpoint_last(store, text, err);
	if (st == ST_OK)
		st = path_in(store, "keys/verifier.txt", path, err);
	if (st != ST_OK)
		return st;
	st = file_read_all(path, CHECKPOINT_MAX, &key, err);
	if (st == ST_NOT_FOUND)
		st = checkpoint_parse(buf_str(text), &c, err);
	else if (st == ST_OK &&
		 (key.len < 2 || key.data[key.len - 1] != '\n' || str_trim(buf_str(&key)).len + 1 != key.len))
		st = err_set(err, ST_INVALID, "keys/verifier.txt is not one line");
	else if (st == ST_OK)
		st = checkpoint_check(buf_str(text), buf_str(&key), &c, err);
	if (st == ST_OK && !str_eq(c.origin, str_from(store->origin)))
		st = err_set(err, ST_INVALID, "it is the checkpoint of another archive");
	if (st == ST_OK)
		*out = c;
	buf_done(&key);
	return st;
}

/* ---- signing --------------------------------------------------------------------------------------------------- */

static void sign(const Store *store, const SigningKey *key, uint64_t tree_size, const Hash *root, Buf *out)
{
	uint8_t bytes[KEY_ID_LEN + SIGNATURE_LEN];
	size_t start = out->len;
	buf_printf(out, "%s\n%" PRIu64 "\n", store->origin, tree_size);
	buf_add_base64(out, root->bytes, STORE_HASH_LEN);
	buf_add_char(out, '\n');
	if (!buf_ok(out))
		return;
	key_id(str_from(store->origin), key->public_key, bytes);
	crypto_sign_detached(bytes + KEY_ID_LEN, NULL, (const uint8_t *)out->data + start, out->len - start,
			     key->secret);
	buf_printf(out, "\n" SIGNATURE_MARK "%s ", store->origin);
	buf_add_base64(out, bytes, sizeof bytes);
	buf_add_char(out, '\n');
}

/* The last checkpoint's size, checked to be a beginning of the log; 0 where there is none. */
static Status check_last(Store *store, const SigningKey *key, const Buf *last, Checkpoint *out, Err *err)
{
	Buf line = {0};
	Hash root;
	put_key_line(STR(""), str_from(store->origin), key->public_key, key->public_key, KEY_LEN, &line);
	Status st = checkpoint_check(buf_str(last), buf_str(&line), out, err);
	buf_done(&line);
	if (st != ST_OK)
		return err_set(err, ST_CORRUPT, "%s/checkpoint is not a checkpoint of this archive's key", store->dir);
	if (out->tree_size > store_tree_size(store))
		return err_set(err, ST_CORRUPT,
			       "the archive holds %" PRIu64 " records, but a checkpoint of %" PRIu64 " was signed",
			       store_tree_size(store), out->tree_size);
	if (out->tree_size == 0)
		return ST_OK;
	st = store_root(store, out->tree_size, &root, err);
	if (st == ST_OK && !hash_eq(&root, &out->root))
		st = err_set(err, ST_CORRUPT, "the archive's first %" PRIu64 " records are not those that were signed",
			     out->tree_size);
	return st;
}

/* Under a lock of its own, so that two processes do not sign past each other. */
static Status lock_keys(Store *store, int *fd_out, Err *err)
{
	char path[PATH_MAX];
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	Status st = path_in(store, "keys/LOCK", path, err);
	if (st != ST_OK)
		return st;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), got;
	if (fd < 0)
		return err_errno(err, errno, "open %s", path);
	do
		got = fcntl(fd, F_OFD_SETLKW, &lock);
	while (got != 0 && errno == EINTR);
	if (got != 0) {
		st = err_errno(err, errno, "lock %s", path);
		close_quietly(fd);
		return st;
	}
	*fd_out = fd;
	return ST_OK;
}

Status store_checkpoint(Store *store, Buf *out, Err *err)
{
	SigningKey key;
	Buf last = {0}, text = {0};
	Checkpoint before = {0};
	StoreState now;
	char path[PATH_MAX];
	int lock_fd = -1;
	bool first = false;
	Status st = read_key(store, &key, err);
	if (st == ST_OK)
		st = path_in(store, "checkpoint", path, err);
	if (st == ST_OK)
		st = lock_keys(store, &lock_fd, err);
	if (st == ST_OK)
		st = store_checkpoint_last(store, &last, err);
	if (st == ST_NOT_FOUND) {
		first = true;
		st = ST_OK;
	} else if (st == ST_OK) {
		st = check_last(store, &key, &last, &before, err);
	}
	if (st != ST_OK)
		goto done;
	store_state(store, &now);
	if (!first && before.tree_size == now.tree_size) {
		buf_add_str(out, buf_str(&last));
		goto done;
	}
	sign(store, &key, now.tree_size, &now.root, &text);
	st = buf_ok(&text) ? file_replace(path, buf_str(&text), err) : err_no_memory(err);
	if (st == ST_OK)
		buf_add_str(out, buf_str(&text));
done:
	if (st == ST_OK && !buf_ok(out))
		st = err_no_memory(err);
	sodium_memzero(&key, sizeof key);
	close_quietly(lock_fd);
	buf_done(&last);
	buf_done(&text);
	return st;
}
