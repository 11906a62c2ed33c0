/* tests/prop/crash/trace.c - the recorder. Its functions stand in front of the C library's own: each calls the real one
 * and notes what it did to a file of the archive. fdatasync and fsync are noted only; the real ones would cost time.
 */
#include "tests/prop/crash/crash.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

Op trace[OPS_MAX];
size_t trace_len;
int trace_files;
bool trace_on;
char archive_dir[48];
static int file_of_fd[FDS_MAX];      /* 0: not followed */
static char path_of_fd[FDS_MAX][64]; /* of directories */

/* The path inside the archive; NULL where it is another. */
static const char *inside(const char *path)
{
	size_t len = strlen(archive_dir);
	return trace_on && strncmp(path, archive_dir, len) == 0 && path[len] == '/' ? path + len + 1 : NULL;
}

Op *trace_note(OpKind kind)
{
	if (trace_len == OPS_MAX)
		abort();
	trace[trace_len] = (Op){.kind = kind};
	return &trace[trace_len++];
}

#define REAL(name)                                                                                                     \
	static __typeof__(name) *real;                                                                                 \
	if (!real)                                                                                                     \
	*(void **)&real = dlsym(RTLD_NEXT, #name)

static struct {
	char path[64];
	int file;
} names[FILES_MAX];
static size_t name_count;

static int file_named(const char *path)
{
	for (size_t i = 0; i < name_count; i++)
		if (strcmp(names[i].path, path) == 0)
			return names[i].file;
	return 0;
}

static void set_name(const char *path, int file)
{
	for (size_t i = 0; i < name_count; i++) {
		if (strcmp(names[i].path, path) == 0) {
			names[i].file = file;
			return;
		}
	}
	if (name_count == FILES_MAX)
		abort();
	snprintf(names[name_count].path, sizeof names[0].path, "%s", path);
	names[name_count++].file = file;
}

int open64(const char *path, int flags, ...)
{
	REAL(open64);
	va_list args;
	va_start(args, flags);
	mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	const char *own = trace_on && strcmp(path, archive_dir) == 0 ? "." : inside(path);
	struct stat info;
	bool fresh = own && (flags & O_CREAT) && stat(path, &info) != 0;
	int fd = real(path, flags, mode);
	if (fd < 0 || fd >= FDS_MAX)
		return fd;
	file_of_fd[fd] = 0;
	path_of_fd[fd][0] = 0;
	if (!own)
		return fd;
	if (flags & O_DIRECTORY) {
		snprintf(path_of_fd[fd], sizeof path_of_fd[fd], "%s", own);
		return fd;
	}
	if (fresh) {
		set_name(own, ++trace_files);
		Op *op = trace_note(OP_CREATE);
		op->file = trace_files;
		snprintf(op->path, sizeof op->path, "%s", own);
	}
	if ((flags & O_ACCMODE) != O_RDONLY)
		file_of_fd[fd] = file_named(own);
	if (!fresh && (flags & O_TRUNC) && file_of_fd[fd])
		trace_note(OP_CUT)->file = file_of_fd[fd];
	return fd;
}

int close(int fd)
{
	REAL(close);
	if (fd >= 0 && fd < FDS_MAX) {
		file_of_fd[fd] = 0;
		path_of_fd[fd][0] = 0;
	}
	return real(fd);
}

static void add_write(int fd, const void *bytes, uint64_t len, uint64_t offset)
{
	Op *op = trace_note(OP_WRITE);
	op->file = file_of_fd[fd];
	op->offset = offset;
	op->len = len;
	op->bytes = malloc(len ? len : 1);
	memcpy(op->bytes, bytes, len);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t offset)
{
	REAL(pwrite64);
	ssize_t put = real(fd, bytes, len, offset);
	if (put > 0 && fd < FDS_MAX && file_of_fd[fd])
		add_write(fd, bytes, (uint64_t)put, (uint64_t)offset);
	return put;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	REAL(write);
	off_t at = fd < FDS_MAX && file_of_fd[fd] ? lseek(fd, 0, SEEK_CUR) : 0;
	ssize_t put = real(fd, bytes, len);
	if (put > 0 && fd < FDS_MAX && file_of_fd[fd])
		add_write(fd, bytes, (uint64_t)put, (uint64_t)at);
	return put;
}

int ftruncate64(int fd, off64_t len)
{
	REAL(ftruncate64);
	int got = real(fd, len);
	if (got == 0 && fd < FDS_MAX && file_of_fd[fd]) {
		Op *op = trace_note(OP_CUT);
		op->file = file_of_fd[fd];
		op->len = (uint64_t)len;
	}
	return got;
}

static void add_sync(int fd)
{
	if (fd < FDS_MAX && file_of_fd[fd])
		trace_note(OP_SYNC)->file = file_of_fd[fd];
	else if (fd < FDS_MAX && path_of_fd[fd][0])
		snprintf(trace_note(OP_SYNC_DIR)->path, sizeof trace[0].path, "%s", path_of_fd[fd]);
}

int fdatasync(int fd)
{
	add_sync(fd);
	return 0; /* the real one would only cost time */
}

int fsync(int fd)
{
	add_sync(fd);
	return 0;
}

int unlink(const char *path)
{
	REAL(unlink);
	int got = real(path);
	const char *own = inside(path);
	if (own && got == 0) {
		snprintf(trace_note(OP_REMOVE)->path, sizeof trace[0].path, "%s", own);
		set_name(own, 0);
	}
	return got;
}

int rename(const char *from, const char *to)
{
	REAL(rename);
	int got = real(from, to);
	const char *own = inside(from);
	if (own && got == 0) {
		Op *op = trace_note(OP_RENAME);
		snprintf(op->path, sizeof op->path, "%s", own);
		snprintf(op->to, sizeof op->to, "%s", inside(to));
		set_name(op->to, file_named(own));
		set_name(op->path, 0);
	}
	return got;
}
