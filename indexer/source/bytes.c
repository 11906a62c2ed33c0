/* indexer/source/bytes.c - reads a line at a time into one growing buffer, and whole files into memory or, once they
 * are large, into a temporary file. Temporary files never have a name, so nothing is left behind by a crash; they lie
 * in $TMPDIR or /var/tmp, because /tmp is memory on many machines. */
#include "indexer/source/bytes.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP_BYTES = 256 << 10 };

/* A read that waits would not see a flag that was raised just before it. */
static Status wait_for_bytes(const FdSource *from, Err *err)
{
	enum { LOOK_MS = 200 };
	struct pollfd p = {.fd = from->fd, .events = POLLIN};
	for (int ready = 0; from->until && ready <= 0;) {
		ready = poll(&p, 1, LOOK_MS);
		if (deadline_passed(from->until))
			return err_set(err, ST_BUSY, "%s was not read to its end", from->name);
		if (ready < 0 && errno != EINTR)
			return ST_OK; /* the read will say what is wrong */
	}
	return ST_OK;
}

static Status read_fd(void *ctx, void *out, size_t capacity, size_t *got_out, Err *err)
{
	FdSource *from = ctx;
	ssize_t got;
	Status st = wait_for_bytes(from, err);
	if (st != ST_OK)
		return st;
	do
		got = read(from->fd, out, capacity);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_errno(err, errno, "read %s", from->name);
	from->bytes_read += (uint64_t)got;
	*got_out = (size_t)got;
	return ST_OK;
}

static uint64_t fd_position(const void *ctx)
{
	return ((const FdSource *)ctx)->bytes_read;
}

ByteSource byte_source_fd(FdSource *from)
{
	return (ByteSource){read_fd, fd_position, from};
}

/* ---- lines ----------------------------------------------------------------------------------------------------- */

void line_reader_init(LineReader *r, ByteSource from)
{
	*r = (LineReader){.from = from, .limit = LINE_MAX_BYTES};
}

void line_reader_done(LineReader *r)
{
	buf_done(&r->bytes);
}

/* Reads more behind what is there; what was handed out makes room first. */
static Status fill(LineReader *r, Err *err)
{
	Buf *b = &r->bytes;
	if (r->start > 0) {
		memmove(b->data, b->data + r->start, b->len - r->start);
		b->len -= r->start;
		r->start = 0;
	}
	size_t got = 0;
	if (!buf_reserve(b, STEP_BYTES))
		return err_no_memory(err);
	Status st = r->from.read(r->from.ctx, b->data + b->len, b->capacity - b->len, &got, err);
	if (st != ST_OK)
		return st;
	b->len += got;
	r->ended = got == 0;
	return ST_OK;
}

/* Throws away what belongs to a line that is too long, up to and with its end. */
static Status skip_line(LineReader *r, Err *err)
{
	for (;;) {
		char *from = r->bytes.data + r->start;
		char *end = r->bytes.len > r->start ? memchr(from, '\n', r->bytes.len - r->start) : NULL;
		r->start = end ? (size_t)(end + 1 - r->bytes.data) : r->bytes.len;
		if (end || r->ended)
			return ST_OK;
		Status st = fill(r, err);
		if (st != ST_OK)
			return st;
	}
}

/* Moves the bytes to where the line's end is (or the end of all); *len_out is the line's length with its end. */
static Status find_line(LineReader *r, size_t *len_out, Err *err)
{
	size_t seen = 0;
	for (;;) {
		size_t ready = r->bytes.len - r->start;
		char *end = ready > seen ? memchr(r->bytes.data + r->start + seen, '\n', ready - seen) : NULL;
		*len_out = end ? (size_t)(end + 1 - r->bytes.data) - r->start : ready;
		if (end || r->ended || ready > r->limit)
			return ST_OK;
		seen = ready;
		Status st = fill(r, err);
		if (st != ST_OK)
			return st;
	}
}

Step line_next(LineReader *r, Line *out, Err *err)
{
	size_t len;
	if (find_line(r, &len, err) != ST_OK)
		return STEP_ERROR;
	if (len == 0)
		return STEP_END;
	r->number++;
	*out = (Line){.too_long = len > r->limit};
	if (out->too_long && skip_line(r, err) != ST_OK) {
		r->number--; /* the error is told for the line that was not read to its end */
		return STEP_ERROR;
	}
	if (out->too_long)
		return STEP_ITEM;
	Str text = {r->bytes.data + r->start, len};
	r->start += len;
	if (str_ends(text, STR("\n")))
		text.len--;
	if (str_ends(text, STR("\r")))
		text.len--;
	out->text = text;
	return STEP_ITEM;
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

void source_file_done(SourceFile *file)
{
	buf_done(&file->owned);
	close_quietly(file->fd);
	*file = (SourceFile){.fd = -1};
}

const char *source_temporary_place(unsigned number)
{
	const char *wanted = getenv("TMPDIR");
	return number ? "/tmp" : wanted && *wanted ? wanted : "/var/tmp";
}

static int open_temporary(void)
{
	for (unsigned i = 0; i < SOURCE_TEMPORARY_PLACES; i++) {
		const char *place = source_temporary_place(i);
		int fd = open(place, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		if (fd >= 0)
			return fd;
		FilePath path; /* a file system without O_TMPFILE */
		Err too_long;
		if (file_path(&path, place, "hoso-XXXXXX", &too_long) != ST_OK)
			continue;
		fd = mkostemp(path.text, O_CLOEXEC);
		if (fd >= 0) {
			unlink(path.text);
			return fd;
		}
	}
	return -1;
}

static Status spill(SourceFile *file, Err *err)
{
	file->fd = open_temporary();
	if (file->fd < 0)
		return err_errno(err, errno, "make a temporary file");
	Status st = file_write(file->fd, file->owned.data, file->owned.len, "a temporary file", err);
	buf_done(&file->owned);
	return st;
}

static Status copy_all(SourceFile *file, ByteSource from, uint64_t limit_bytes, Buf *step, Err *err)
{
	if (!buf_reserve(step, STEP_BYTES))
		return err_no_memory(err);
	for (;;) {
		size_t got = 0;
		Status st = from.read(from.ctx, step->data, STEP_BYTES, &got, err);
		if (st != ST_OK || got == 0)
			return st;
		file->size_bytes += got;
		if (file->size_bytes > limit_bytes)
			return err_set(err, ST_LIMIT, "larger than %llu bytes", (unsigned long long)limit_bytes);
		if (file->fd < 0 && file->size_bytes > SOURCE_IN_MEMORY_MAX && (st = spill(file, err)) != ST_OK)
			return st;
		if (file->fd >= 0)
			st = file_write(file->fd, step->data, got, "a temporary file", err);
		else
			buf_add(&file->owned, step->data, got);
		if (st != ST_OK)
			return st;
		if (!buf_ok(&file->owned))
			return err_no_memory(err);
	}
}

Status source_file_spool(SourceFile *out, ByteSource from, uint64_t limit_bytes, Err *err)
{
	Buf step = {0};
	SourceFile file = {.fd = -1};
	Status st = copy_all(&file, from, limit_bytes, &step, err);
	buf_done(&step);
	if (st != ST_OK) {
		source_file_done(&file);
		return st;
	}
	file.bytes = buf_str(&file.owned);
	*out = file;
	return ST_OK;
}

Status source_file_take_fd(SourceFile *out, int fd, const char *name, Err *err)
{
	SourceFile file = {.fd = -1};
	struct stat info;
	Status st = ST_OK;
	if (fstat(fd, &info) != 0) {
		st = err_errno(err, errno, "look at %s", name);
	} else if (!S_ISREG(info.st_mode)) {
		st = err_set(err, ST_UNSUPPORTED, "%s is no regular file", name);
	} else if (info.st_size > SOURCE_IN_MEMORY_MAX) {
		file.fd = fd;
		file.size_bytes = (uint64_t)info.st_size;
		fd = -1;
	} else {
		st = file_read_fd(fd, SOURCE_IN_MEMORY_MAX, &file.owned, name, err);
		file.bytes = buf_str(&file.owned);
		file.size_bytes = file.bytes.len;
	}
	close_quietly(fd);
	if (st != ST_OK) {
		source_file_done(&file);
		return st;
	}
	*out = file;
	return ST_OK;
}

Status source_file_head(const SourceFile *file, void *out, size_t capacity, size_t *got_out, Err *err)
{
	size_t wanted = file->size_bytes < capacity ? (size_t)file->size_bytes : capacity;
	*got_out = wanted;
	if (file->fd >= 0)
		return file_pread(file->fd, out, wanted, 0, "the file", err);
	if (wanted)
		memcpy(out, file->bytes.ptr, wanted);
	return ST_OK;
}

Status source_file_load(const SourceFile *file, size_t limit_bytes, Buf *out, Err *err)
{
	if (file->size_bytes > limit_bytes)
		return err_set(err, ST_LIMIT, "larger than %zu bytes", limit_bytes);
	char *at = buf_extend(out, (size_t)file->size_bytes);
	if (!at)
		return err_no_memory(err);
	size_t got;
	Status st = source_file_head(file, at, (size_t)file->size_bytes, &got, err);
	if (st != ST_OK)
		out->len -= (size_t)file->size_bytes;
	return st;
}

Status source_file_open(const SourceFile *file, int *fd_out, Err *err)
{
	char path[64];
	int fd;
	Status st = ST_OK;
	if (file->fd >= 0) { /* opened anew: a shared descriptor would share its offset */
		snprintf(path, sizeof path, "/proc/self/fd/%d", file->fd);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	} else {
		fd = memfd_create("document", MFD_CLOEXEC);
		if (fd >= 0)
			st = file_pwrite(fd, file->bytes.ptr, file->bytes.len, 0, "the document", err);
	}
	if (fd < 0)
		return err_errno(err, errno, "open the document");
	if (st != ST_OK) {
		close_quietly(fd);
		return st;
	}
	*fd_out = fd;
	return ST_OK;
}
