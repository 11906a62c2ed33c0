/* store/proof/checkpoint.c - signing and checking. A checkpoint is signed only when the log still begins with what the
 * last one signed, and under a lock over all processes: there is never a pair of signed heads that do not lie on one
 * line. */
#include "store/proof/checkpoint.h"

#include "store/proof/keys.h"
#include "store/proof/proof.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>

#define SIGNATURE_MARK "\xE2\x80\x94 " /* em dash, space */

/* keys/verifier.txt as it lies there: also where the signing key is kept elsewhere. */
static Status read_verifier(const Store *store, Buf *out, Err *err)
{
	FilePath path;
	Buf text = {0};
	Status st = file_path(&path, store->dir, "keys/verifier.txt", err);
	if (st == ST_OK)
		st = file_read_all(path.text, CHECKPOINT_MAX, &text, err);
	if (st == ST_OK)
		buf_add_str(out, str_trim(buf_str(&text)));
	buf_done(&text);
	return st;
}

Status store_verifier_key(Store *store, Buf *out, Err *err)
{
	SigningKey key;
	FilePath secret;
	Status st = file_path(&secret, store->dir, "keys/signing.key", err);
	if (st == ST_OK && !file_exists(secret.text)) {
		st = read_verifier(store, out, err);
		if (st != ST_NOT_FOUND)
			return st == ST_OK && !buf_ok(out) ? err_no_memory(err) : st;
		st = ST_OK;
	}
	if (st == ST_OK)
		st = key_read(store, &key, err);
	if (st != ST_OK)
		return st;
	key_put_verifier(str_from(store->origin), key.public_key, out);
	sodium_memzero(&key, sizeof key);
	return buf_ok(out) ? ST_OK : err_no_memory(err);
}

/* ---- checking -----------------------------------------------------------------------------------------------------
 */

Status checkpoint_check(Str text, Str verifier_key, Checkpoint *out, Err *err)
{
	uint8_t id[KEY_ID_LEN], right_id[KEY_ID_LEN], key[KEY_LEN];
	Str name, line;
	Checkpoint c;
	bool signed_by_it = false;
	if (sodium_init() < 0)
		return err_set(err, ST_INTERNAL, "libsodium does not start");
	if (!key_get_verifier(str_trim(verifier_key), &name, id, key))
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

/* Checks with the key in a file of keys/; ST_NOT_FOUND: there is no such file. */
static Status check_with(const Store *store, const char *name, Str text, Checkpoint *out, Err *err)
{
	FilePath path;
	Buf key = {0};
	Status st = file_path(&path, store->dir, "keys", err);
	if (st == ST_OK)
		st = file_path(&path, path.text, name, err);
	if (st == ST_OK)
		st = file_read_all(path.text, CHECKPOINT_MAX, &key, err);
	if (st == ST_OK && (key.len < 2 || key.data[key.len - 1] != '\n' || str_trim(buf_str(&key)).len + 1 != key.len))
		st = err_set(err, ST_INVALID, "keys/%s is not one line", name);
	else if (st == ST_OK)
		st = checkpoint_check(text, buf_str(&key), out, err);
	buf_done(&key);
	return st;
}

/* Was it signed by a key that was this archive's before? */
static bool is_signed_by_older(const Store *store, Str text, Checkpoint *out)
{
	FilePath keys;
	Err ignored;
	bool found = false;
	DIR *dir = file_path(&keys, store->dir, "keys", &ignored) == ST_OK ? opendir(keys.text) : NULL;
	for (struct dirent *entry; dir && !found && (entry = readdir(dir));)
		found = strncmp(entry->d_name, "verifier-", 9) == 0 &&
			check_with(store, entry->d_name, text, out, &ignored) == ST_OK;
	if (dir)
		closedir(dir);
	return found;
}

Status store_checkpoint_last_checked(Store *store, Buf *text, Checkpoint *out, Err *err)
{
	Checkpoint c;
	Status st = store_checkpoint_last(store, text, err);
	if (st != ST_OK)
		return st;
	st = check_with(store, "verifier.txt", buf_str(text), &c, err);
	if (st == ST_NOT_FOUND)
		st = checkpoint_parse(buf_str(text), &c, err);
	else if (st == ST_INVALID && is_signed_by_older(store, buf_str(text), &c))
		st = ST_OK;
	if (st == ST_OK && !str_eq(c.origin, str_from(store->origin)))
		st = err_set(err, ST_INVALID, "it is the checkpoint of another archive");
	if (st == ST_OK)
		*out = c;
	return st;
}

/* ---- signing ------------------------------------------------------------------------------------------------------
 */

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
	key_put_verifier(str_from(store->origin), key->public_key, &line);
	Status st = checkpoint_check(buf_str(last), buf_str(&line), out, err);
	buf_done(&line);
	if (st == ST_INVALID && is_signed_by_older(store, buf_str(last), out))
		st = ST_OK;
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
	FilePath path;
	Status st = state_check_writable(store, err);
	if (st == ST_OK)
		st = store_check_place(store, err);
	if (st == ST_OK)
		st = file_path(&path, store->dir, "keys/LOCK", err);
	if (st != ST_OK)
		return st;
	int fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(err, errno, "open %s", path.text);
	st = file_lock(fd, true, path.text, err);
	if (st == ST_OK)
		*fd_out = fd;
	else
		close_quietly(fd);
	return st;
}

/* Is the last one of what is there now? Then neither key nor lock is wanted, which a disk for reading could not
 * give. */
static bool is_signed_already(Store *store, Buf *out)
{
	Buf last = {0};
	Checkpoint before;
	StoreState now;
	Err ignored;
	bool is = store_checkpoint_last_checked(store, &last, &before, &ignored) == ST_OK;
	store_state(store, &now);
	is = is && before.tree_size == now.tree_size && hash_eq(&before.root, &now.root);
	if (is)
		buf_add_str(out, buf_str(&last));
	buf_done(&last);
	return is;
}

Status store_checkpoint(Store *store, Buf *out, Err *err)
{
	SigningKey key;
	Buf last = {0}, text = {0};
	Checkpoint before = {0};
	StoreState now;
	FilePath path;
	int lock_fd = -1;
	bool first = false;
	Err damage;
	if (is_signed_already(store, out))
		return buf_ok(out) ? ST_OK : err_no_memory(err);
	Status st = key_read(store, &key, err);
	if (st == ST_OK)
		st = file_path(&path, store->dir, "checkpoint", err);
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
	if (store_damage(store, &damage) != ST_OK) {
		st = err_set(err, ST_READ_ONLY, "the archive is damaged and nothing new is signed: %.180s",
			     damage.text);
		goto done;
	}
	sign(store, &key, now.tree_size, &now.root, &text);
	st = buf_ok(&text) ? file_replace(path.text, buf_str(&text), err) : err_no_memory(err);
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
