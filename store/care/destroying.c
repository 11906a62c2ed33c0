/* store/care/destroying.c - text, one line for each leaf and each object; the last line is a sum of all others. */
#include "store/care/destroying.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

enum { DESTROYING_MAX = 256 << 20 };
static const char FILE_NAME[] = "destroying";

void destroying_done(Destroying *what)
{
	buf_done(&what->decision);
	buf_done(&what->sequences);
	buf_done(&what->hashes);
}

static void put_head(const Store *store, Buf *out)
{
	buf_add_zero_terminated(out, "hoso destroying 1\nid ");
	buf_add_hex(out, store->archive_id, ARCHIVE_ID_LEN);
	buf_add_char(out, '\n');
}

static void put_text(const Store *store, const Destroying *what, Buf *out)
{
	put_head(store, out);
	buf_printf(out, "decision %.*s\n", STR_ARG(buf_str(&what->decision)));
	for (size_t i = 0; i < what->sequences.len / sizeof(uint64_t); i++)
		buf_printf(out, "sequence %" PRIu64 "\n", ((const uint64_t *)what->sequences.data)[i]);
	for (size_t i = 0; i < what->hashes.len / sizeof(Hash); i++) {
		buf_add_zero_terminated(out, "object ");
		buf_add_hex(out, ((const Hash *)what->hashes.data)[i].bytes, STORE_HASH_LEN);
		buf_add_char(out, '\n');
	}
	if (buf_ok(out))
		buf_printf(out, "crc32c %08" PRIx32 "\n", crc32c(0, out->data, out->len));
}

/* The value of a line "name value"; false: it has another name. */
static bool value_of(Str line, Str name, Str *out)
{
	if (!str_starts(line, name))
		return false;
	*out = str_slice(line, name.len, line.len);
	return true;
}

/* ST_CORRUPT where a line makes no sense. What was read is written once more and compared, so the sum and every other
 * byte are right. */
static bool get_text(const Store *store, Str text, Destroying *out)
{
	Buf again = {0};
	Str rest = text, line, value;
	put_head(store, &again);
	bool right = buf_ok(&again) && str_starts(text, buf_str(&again));
	rest = str_slice(text, right ? again.len : 0, text.len);
	right = right && str_split(&rest, '\n', &line) && value_of(line, STR("decision "), &value);
	if (right)
		buf_add_str(&out->decision, value);
	while (right && rest.len && str_split(&rest, '\n', &line)) {
		uint64_t sequence;
		Hash hash;
		if (value_of(line, STR("sequence "), &value) && str_to_u64(value, &sequence))
			buf_add(&out->sequences, &sequence, sizeof sequence);
		else if (value_of(line, STR("object "), &value) && hex_decode(value, hash.bytes, STORE_HASH_LEN))
			buf_add(&out->hashes, &hash, sizeof hash);
		else
			right = str_starts(line, STR("crc32c ")) && rest.len == 0;
	}
	buf_clear(&again);
	if (right)
		put_text(store, out, &again);
	right = right && buf_ok(&again) && str_eq(buf_str(&again), text);
	buf_done(&again);
	return right;
}

Status destroying_read(const Store *store, Destroying *out, Err *err)
{
	FilePath path;
	Buf text = {0};
	Destroying what = {0};
	Status st = file_path(&path, store->dir, FILE_NAME, err);
	if (st == ST_OK)
		st = file_read_all(path.text, DESTROYING_MAX, &text, err);
	if (st == ST_OK && !get_text(store, buf_str(&text), &what))
		st = err_set(err, ST_CORRUPT,
			     "the file destroying is damaged: a destruction was interrupted; give the same decision "
			     "once more");
	buf_done(&text);
	if (st == ST_OK)
		*out = what;
	else
		destroying_done(&what);
	return st;
}

Status destroying_write(const Store *store, const Destroying *what, Err *err)
{
	FilePath path;
	Buf text = {0};
	put_text(store, what, &text);
	Status st = buf_ok(&text) ? file_path(&path, store->dir, FILE_NAME, err) : err_no_memory(err);
	if (st == ST_OK)
		st = file_replace(path.text, buf_str(&text), err);
	buf_done(&text);
	return st;
}

Status destroying_remove(const Store *store, Err *err)
{
	FilePath path;
	Status st = file_path(&path, store->dir, FILE_NAME, err);
	if (st == ST_OK && unlink(path.text) != 0 && errno != ENOENT)
		st = err_errno(err, errno, "remove %s", path.text);
	return st == ST_OK ? file_sync_dir(store->dir, err) : st;
}
