/* store/log/mark.c - one text of fixed length below 512 bytes, so that it lies in one sector and is overwritten as a
 * whole. A reader that meets it half overwritten sees the sum fail and looks again. */
#include "store/log/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <unistd.h>

enum { MARK_MAX = 512, READ_ATTEMPTS = 50 };
static const char MARK_NAME[] = "durable";

static void put_mark(const Store *store, const DurableMark *m, Buf *out)
{
	buf_printf(out, "hoso durable 1\nid ");
	buf_add_hex(out, store->archive_id, ARCHIVE_ID_LEN);
	buf_printf(out, "\nbatch %020" PRIu64 "\ntree_size %020" PRIu64 "\nroot ", m->batch, m->tree_size);
	buf_add_hex(out, m->root.bytes, STORE_HASH_LEN);
	buf_printf(out, "\nend %08" PRIx32 " %020" PRIu64 "\n", m->segment, m->end);
	if (buf_ok(out))
		buf_printf(out, "crc32c %08" PRIx32 "\n", crc32c(0, out->data, out->len));
}

static bool take_value(Str *rest, const char *name, Str *value_out)
{
	Str line, word = str_from(name);
	if (!str_split(rest, '\n', &line) || !str_starts(line, word) || line.len <= word.len ||
	    line.ptr[word.len] != ' ')
		return false;
	*value_out = str_slice(line, word.len + 1, line.len);
	return true;
}

/* What is read must be what would be written, byte for byte: no changed bit goes unseen. */
static bool get_mark(const Store *store, Str text, DurableMark *out)
{
	Str rest = text, value, ignored;
	uint8_t segment[4];
	DurableMark m;
	Buf again = {0};
	bool right = str_split(&rest, '\n', &ignored) && take_value(&rest, "id", &ignored) &&
		     take_value(&rest, "batch", &value) && str_to_u64(value, &m.batch) &&
		     take_value(&rest, "tree_size", &value) && str_to_u64(value, &m.tree_size) &&
		     take_value(&rest, "root", &value) && hex_decode(value, m.root.bytes, STORE_HASH_LEN) &&
		     take_value(&rest, "end", &value) && value.len == 29 &&
		     hex_decode(str_slice(value, 0, 8), segment, 4) &&
		     str_to_u64(str_slice(value, 9, value.len), &m.end);
	if (right) {
		m.segment = (uint32_t)segment[0] << 24 | (uint32_t)segment[1] << 16 | (uint32_t)segment[2] << 8 |
			    segment[3];
		put_mark(store, &m, &again);
		right = buf_ok(&again) && str_eq(buf_str(&again), text);
	}
	buf_done(&again);
	if (right)
		*out = m;
	return right;
}

Status mark_read(const Store *store, DurableMark *out, Err *err)
{
	FilePath path;
	Status st = file_path(&path, store->dir, MARK_NAME, err);
	for (int attempt = 0; st == ST_OK && attempt < READ_ATTEMPTS; attempt++) {
		Buf text = {0};
		st = file_read_all(path.text, MARK_MAX, &text, err);
		bool right = st == ST_OK && get_mark(store, buf_str(&text), out);
		buf_done(&text);
		if (right)
			return ST_OK;
		sched_yield();
	}
	if (st == ST_NOT_FOUND)
		return err_set(err, ST_NOT_FOUND, "%s has no durable mark", store->dir);
	if (st != ST_OK && st != ST_LIMIT)
		return st;
	return err_set(err, ST_CORRUPT,
		       "the file durable is damaged: how far the log went is not known; put it back from a backup, "
		       "or remove it to accept the log as it is");
}

static DurableMark mark_of(const Committed *c)
{
	DurableMark m = {c->batch, c->tree_size, c->end, c->segment, c->root};
	if (c->tree_size == 0)
		hash_of((Str){"", 0}, &m.root);
	return m;
}

Status mark_write_copy(const Store *store, const Committed *durable, const char *dir, Err *err)
{
	FilePath path;
	Buf text = {0};
	DurableMark m = mark_of(durable);
	put_mark(store, &m, &text);
	Status st = buf_ok(&text) ? file_path(&path, dir, MARK_NAME, err) : err_no_memory(err);
	if (st == ST_OK)
		st = file_replace(path.text, buf_str(&text), err);
	buf_done(&text);
	return st;
}

static Status open_mark(Store *store, Err *err)
{
	FilePath path;
	Status st = file_path(&path, store->dir, MARK_NAME, err);
	if (st == ST_OK && (store->writer.mark_fd = open(path.text, O_RDWR | O_CLOEXEC)) < 0)
		st = err_errno(err, errno, "open %s for writing", path.text);
	return st;
}

/* A failed write may have left half of the new text: then a new file takes its place. */
Status mark_set(Store *store, const Committed *durable, Err *err)
{
	Buf text = {0};
	DurableMark m = mark_of(durable);
	put_mark(store, &m, &text);
	Status st = buf_ok(&text) ? ST_OK : err_no_memory(err);
	if (st == ST_OK && file_pwrite(store->writer.mark_fd, text.data, text.len, 0, MARK_NAME, err) != ST_OK) {
		close_quietly(store->writer.mark_fd);
		store->writer.mark_fd = -1;
		st = mark_write_copy(store, durable, store->dir, err);
		if (st == ST_OK)
			st = open_mark(store, err);
	}
	buf_done(&text);
	return st;
}

Status mark_begin(Store *store, Err *err)
{
	FilePath path;
	Writer *w = &store->writer;
	Status st = file_path(&path, store->dir, MARK_NAME, err);
	if (st == ST_OK && w->mark_fd < 0) {
		if (!file_exists(path.text))
			st = mark_write_copy(store, &store->committed, store->dir, err);
		if (st == ST_OK)
			st = open_mark(store, err);
	}
	if (st == ST_OK && w->marked_batch != store->committed.batch)
		st = mark_set(store, &store->committed, err);
	if (st == ST_OK)
		w->marked_batch = store->committed.batch;
	return st;
}

void mark_close(Store *store)
{
	Writer *w = &store->writer;
	if (w->mark_fd >= 0)
		fdatasync(w->mark_fd); /* a loss of power leaves an older mark, which is true as well */
	close_quietly(w->mark_fd);
	w->mark_fd = -1;
}
