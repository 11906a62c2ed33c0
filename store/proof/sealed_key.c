/* store/proof/sealed_key.c - the passphrase is stretched with Argon2id; whoever guesses pays its memory for each
 * guess. */
#include "store/proof/sealed_key.h"

#include "base/file.h"
#include "store/log/state.h"

#include <dirent.h>
#include <inttypes.h>
#include <sodium.h>

enum {
	KEY_LINE_MAX = 4096,
	OPERATIONS = crypto_pwhash_OPSLIMIT_MODERATE,
	MEMORY_BYTES = crypto_pwhash_MEMLIMIT_MODERATE,
	MEMORY_BYTES_MAX = 1 << 30,
};

void key_buf_done(Buf *b)
{
	if (b->data)
		sodium_memzero(b->data, b->len);
	buf_done(b);
}

static Status stretch(Str passphrase, const uint8_t *salt, uint64_t operations, uint64_t memory,
		      uint8_t out[static crypto_secretbox_KEYBYTES], Err *err)
{
	if (crypto_pwhash(out, crypto_secretbox_KEYBYTES, passphrase.ptr, passphrase.len, salt, operations,
			  (size_t)memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_no_memory(err);
	return ST_OK;
}

static Status seal(Str line, Str passphrase, Buf *out, Err *err)
{
	uint8_t salt[crypto_pwhash_SALTBYTES], nonce[crypto_secretbox_NONCEBYTES], key[crypto_secretbox_KEYBYTES];
	uint8_t box[KEY_LINE_MAX + crypto_secretbox_MACBYTES];
	if (sodium_init() < 0)
		return err_set(err, ST_INTERNAL, "libsodium does not start");
	if (line.len > KEY_LINE_MAX)
		return err_set(err, ST_LIMIT, "the signing key is too long");
	randombytes_buf(salt, sizeof salt);
	randombytes_buf(nonce, sizeof nonce);
	Status st = stretch(passphrase, salt, OPERATIONS, MEMORY_BYTES, key, err);
	if (st != ST_OK)
		return st;
	crypto_secretbox_easy(box, (const uint8_t *)line.ptr, line.len, nonce, key);
	sodium_memzero(key, sizeof key);
	buf_printf(out, "hoso sealed key 1\nargon2id %d %d\nsalt ", (int)OPERATIONS, (int)MEMORY_BYTES);
	buf_add_hex(out, salt, sizeof salt);
	buf_add_zero_terminated(out, "\nnonce ");
	buf_add_hex(out, nonce, sizeof nonce);
	buf_add_zero_terminated(out, "\nbox ");
	buf_add_hex(out, box, line.len + crypto_secretbox_MACBYTES);
	buf_add_char(out, '\n');
	return buf_ok(out) ? ST_OK : err_no_memory(err);
}

static bool take(Str *rest, const char *name, Str *out)
{
	Str line, word = str_from(name);
	if (!rest->len || !str_split(rest, '\n', &line) || !str_starts(line, word))
		return false;
	*out = str_slice(line, word.len, line.len);
	return true;
}

static Status open_box(Str text, Str passphrase, Buf *out, Err *err)
{
	uint8_t salt[crypto_pwhash_SALTBYTES], nonce[crypto_secretbox_NONCEBYTES], key[crypto_secretbox_KEYBYTES];
	uint8_t box[KEY_LINE_MAX + crypto_secretbox_MACBYTES];
	Str value, operations_text, salt_text, nonce_text, box_text, rest = text;
	uint64_t operations, memory;
	if (sodium_init() < 0)
		return err_set(err, ST_INTERNAL, "libsodium does not start");
	bool right = take(&rest, "hoso sealed key 1", &value) && take(&rest, "argon2id ", &value) &&
		     str_split(&value, ' ', &operations_text) && str_to_u64(operations_text, &operations) &&
		     str_to_u64(value, &memory) && take(&rest, "salt ", &salt_text) &&
		     hex_decode(salt_text, salt, sizeof salt) && take(&rest, "nonce ", &nonce_text) &&
		     hex_decode(nonce_text, nonce, sizeof nonce) && take(&rest, "box ", &box_text) &&
		     box_text.len % 2 == 0 && box_text.len / 2 > crypto_secretbox_MACBYTES &&
		     box_text.len / 2 <= sizeof box && hex_decode(box_text, box, box_text.len / 2);
	if (!right || memory > MEMORY_BYTES_MAX || operations > 16)
		return err_set(err, ST_CORRUPT, "keys/signing.key.sealed is damaged");
	Status st = stretch(passphrase, salt, operations, memory, key, err);
	size_t len = box_text.len / 2 - crypto_secretbox_MACBYTES;
	char *line = st == ST_OK ? buf_extend(out, len) : NULL;
	if (st == ST_OK && !line)
		st = err_no_memory(err);
	if (st == ST_OK &&
	    crypto_secretbox_open_easy((uint8_t *)line, box, len + crypto_secretbox_MACBYTES, nonce, key) != 0) {
		out->len -= len;
		st = err_set(err, ST_FORBIDDEN, "the passphrase does not open the signing key of the backup");
	}
	sodium_memzero(key, sizeof key);
	return st;
}

Status sealed_key_open(const char *backup_dir, Str passphrase, Buf *out, Err *err)
{
	FilePath path;
	Buf text = {0};
	Status st = file_path(&path, backup_dir, "keys/signing.key.sealed", err);
	if (st == ST_OK)
		st = file_read_all(path.text, 1 << 16, &text, err);
	if (st == ST_NOT_FOUND)
		st = err_set(err, ST_NOT_FOUND, "no signing key lies in the backup %s", backup_dir);
	if (st == ST_OK)
		st = open_box(buf_str(&text), passphrase, out, err);
	buf_done(&text);
	return st;
}

static Status write_sealed(const char *key_path, const char *sealed_path, Str passphrase, Err *err)
{
	Buf line = {0}, sealed = {0};
	Status st = file_read_all(key_path, KEY_LINE_MAX, &line, err);
	if (st == ST_OK)
		st = seal(buf_str(&line), passphrase, &sealed, err);
	if (st == ST_OK)
		st = file_replace(sealed_path, buf_str(&sealed), err);
	key_buf_done(&line);
	buf_done(&sealed);
	return st;
}

/* verifier.txt and those of keys before it. */
static Status copy_public_keys(const char *from_dir, const char *to_dir, Err *err)
{
	FilePath from, to, keys;
	Status st = file_path(&keys, from_dir, "keys", err);
	DIR *dir = st == ST_OK ? opendir(keys.text) : NULL;
	if (!dir)
		return st;
	for (struct dirent *entry; st == ST_OK && (entry = readdir(dir));) {
		Buf text = {0};
		if (strncmp(entry->d_name, "verifier", 8) != 0 || strstr(entry->d_name, ".tmp."))
			continue;
		st = file_path(&from, keys.text, entry->d_name, err);
		if (st == ST_OK)
			st = file_path(&to, to_dir, "keys", err);
		if (st == ST_OK)
			st = file_path(&to, to.text, entry->d_name, err);
		if (st == ST_OK)
			st = file_read_all(from.text, KEY_LINE_MAX, &text, err);
		if (st == ST_OK)
			st = file_replace(to.text, buf_str(&text), err);
		buf_done(&text);
	}
	closedir(dir);
	return st;
}

Status sealed_key_back_up(const Store *store, const char *to_dir, Str passphrase, bool *has_key_out,
			  bool *left_behind_out, Err *err)
{
	FilePath key, sealed;
	Status st = copy_public_keys(store->dir, to_dir, err);
	if (st == ST_OK)
		st = file_path(&key, store->dir, "keys/signing.key", err);
	if (st == ST_OK)
		st = file_path(&sealed, to_dir, "keys/signing.key.sealed", err);
	bool there = st == ST_OK && file_exists(key.text);
	if (st == ST_OK && there && passphrase.len)
		st = write_sealed(key.text, sealed.text, passphrase, err);
	if (st == ST_OK) {
		*has_key_out = file_exists(sealed.text);
		*left_behind_out = there && !*has_key_out;
	}
	return st;
}
