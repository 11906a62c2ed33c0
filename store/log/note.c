/* store/log/note.c - a checkpoint is read strictly: one spelling of each number and of the root, so that no changed
 * byte goes unseen. */
#include "store/log/note.h"

#include "base/file.h"

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

Status store_checkpoint_last(Store *store, Buf *out, Err *err)
{
	FilePath path;
	Status st = file_path(&path, store_dir(store), "checkpoint", err);
	if (st == ST_OK)
		st = file_read_all(path.text, CHECKPOINT_MAX, out, err);
	return st == ST_NOT_FOUND ? err_set(err, ST_NOT_FOUND, "no checkpoint was signed yet") : st;
}
