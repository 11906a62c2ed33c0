/* store/proof/new_key.c - the entry is durable first. Then the old public key gets its name, the secret is
 * replaced, and the new public key comes last: whoever stops in between leaves a secret without verifier.txt,
 * which is written from it when it is read next. */
#include "store/proof/new_key.h"

#include "base/json_out.h"
#include "store/proof/checkpoint.h"
#include "store/proof/keys.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define SIGNED_WORDS "hoso key change\n"

static void add_signature(const SigningKey *old, Str new_line, JsonOut *j)
{
	uint8_t signature[SIGNATURE_LEN];
	Buf said = {0}, text = {0};
	buf_add_zero_terminated(&said, SIGNED_WORDS);
	buf_add_str(&said, new_line);
	buf_add_char(&said, '\n');
	crypto_sign_detached(signature, NULL, (const uint8_t *)said.data, said.len, old->secret);
	buf_add_base64(&text, signature, sizeof signature);
	jout_field_str(j, "signature", buf_str(&text));
	buf_done(&said);
	buf_done(&text);
}

/* old NULL: it is lost. */
static Status record(Store *store, const NewKeyInput *input, const SigningKey *old, Str old_line, Str new_line,
		     Err *err)
{
	Buf metadata = {0};
	JsonOut j;
	Receipt receipt;
	Str name, id = {0}, rest = new_line;
	str_split(&rest, '+', &name);
	str_split(&rest, '+', &id);
	jout_begin(&j, &metadata);
	jout_open(&j, '{');
	jout_field_str(&j, "key", new_line);
	if (old_line.len)
		jout_field_str(&j, "before", old_line);
	jout_field_str(&j, "by", input->by);
	jout_field_str(&j, "reason", input->reason);
	if (old)
		add_signature(old, new_line, &j);
	jout_close(&j, '}');
	EntryInput entry = {.kind = ENTRY_KEY, .key = id, .metadata = buf_str(&metadata)};
	Status st = buf_ok(&metadata) ? store_put(store, &entry, &receipt, err) : err_no_memory(err);
	buf_done(&metadata);
	return st;
}

/* verifier.txt → verifier-<id>.txt */
static Status keep_old_line(const char *keys_dir, Str old_line, Err *err)
{
	FilePath from, to;
	char name[64];
	Str origin, id, rest = old_line;
	if (!old_line.len)
		return ST_OK;
	str_split(&rest, '+', &origin);
	str_split(&rest, '+', &id);
	snprintf(name, sizeof name, "verifier-%.*s.txt", STR_ARG(str_slice(id, 0, 16)));
	Status st = file_path(&from, keys_dir, "verifier.txt", err);
	if (st == ST_OK)
		st = file_path(&to, keys_dir, name, err);
	return st == ST_OK ? file_move(from.text, to.text, err) : st;
}

Status store_new_key(Store *store, const NewKeyInput *input, Buf *out, Err *err)
{
	FilePath keys, verifier, secret;
	SigningKey old, fresh;
	Buf old_line = {0}, new_line = {0}, secret_line = {0};
	Err lost;
	if (!input->by.len || !input->reason.len)
		return err_set(err, ST_INVALID, "a new key needs the name of who decided it and a reason");
	Status st = file_path(&keys, store->dir, "keys", err);
	if (st == ST_OK)
		st = file_path(&verifier, keys.text, "verifier.txt", err);
	if (st == ST_OK)
		st = file_path(&secret, keys.text, "signing.key", err);
	if (st != ST_OK)
		return st;
	bool has_old = file_exists(secret.text) && key_read(store, &old, &lost) == ST_OK;
	if (file_exists(verifier.text))
		st = file_read_all(verifier.text, 4096, &old_line, err);
	if (st == ST_OK)
		st = key_generate(store, &fresh, &secret_line, &new_line, err);
	Str line = str_trim(buf_str(&new_line)), before = str_trim(buf_str(&old_line));
	if (st == ST_OK)
		st = record(store, input, has_old ? &old : NULL, before, line, err);
	if (st == ST_OK)
		st = keep_old_line(keys.text, before, err);
	if (st == ST_OK)
		st = file_replace(secret.text, buf_str(&secret_line), err);
	if (st == ST_OK)
		st = file_replace(verifier.text, buf_str(&new_line), err);
	if (st == ST_OK)
		st = store_checkpoint(store, out, err);
	sodium_memzero(&old, sizeof old);
	sodium_memzero(&fresh, sizeof fresh);
	if (secret_line.data)
		sodium_memzero(secret_line.data, secret_line.len);
	buf_done(&secret_line);
	buf_done(&old_line);
	buf_done(&new_line);
	return st;
}
