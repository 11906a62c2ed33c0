/* base/file.c - every call is repeated where a signal interrupted it, and continued where the kernel did only a part.
 *
 * A file that replaces another is written under a temporary name, synced, renamed, and the directory is synced: after a
 * power cut the name leads to the old bytes or to the new ones, never to a part. Locks are those of an open file
 * description (OFD): they end with the descriptor, and two descriptors of one process exclude each other too.
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

Status file_pread(int fd, void *out, size_t len, uint64_t offset, const char *name, Err *err)
{
	char *at = out;
	while (len > 0) {
		ssize_t got = pread(fd, at, len, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(err, errno, "read %s at %llu", name, (unsigned long long)offset);
		if (got == 0)
			return err_set(err, ST_CORRUPT, "%s ends at %llu, %zu bytes too early", name,
				       (unsigned long long)offset, len);
		at += got;
		len -= (size_t)got;
		offset += (uint64_t)got;
	}
	return ST_OK;
}

Status file_pwrite(int fd, const void *bytes, size_t len, uint64_t offset, const char *name, Err *err)
{
	const char *at = bytes;
	while (len > 0) {
		ssize_t put = pwrite(fd, at, len, (off_t)offset);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_errno(err, errno, "write %s at %llu", name, (unsigned long long)offset);
		at += put;
		len -= (size_t)put;
		offset += (uint64_t)put;
	}
	return ST_OK;
}

void file_start_writeback(int fd, uint64_t offset, size_t len)
{
#ifdef SYNC_FILE_RANGE_WRITE
	sync_file_range(fd, (off_t)offset, (off_t)len, SYNC_FILE_RANGE_WRITE);
#else
	(void)fd, (void)offset, (void)len;
#endif
}

Status file_write(int fd, const void *bytes, size_t len, const char *name, Err *err)
{
	const char *at = bytes;
	while (len > 0) {
		ssize_t put = write(fd, at, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_errno(err, errno, "write %s", name);
		at += put;
		len -= (size_t)put;
	}
	return ST_OK;
}

Status file_read_fd(int fd, size_t limit_bytes, Buf *out, const char *name, Err *err)
{
	size_t total = 0;
	for (;;) {
		enum { STEP_BYTES = 1 << 16 };
		if (!buf_reserve(out, STEP_BYTES))
			return err_no_memory(err);
		ssize_t got = read(fd, out->data + out->len, STEP_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(err, errno, "read %s", name);
		if (got == 0)
			return ST_OK;
		total += (size_t)got;
		if (total > limit_bytes)
			return err_set(err, ST_LIMIT, "%s is larger than %zu bytes", name, limit_bytes);
		out->len += (size_t)got;
	}
}

Status file_read_all(const char *path, size_t limit_bytes, Buf *out, Err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "open %s", path);
	size_t before = out->len;
	Status st = file_read_fd(fd, limit_bytes, out, path, err);
	if (st != ST_OK)
		out->len = before;
	close_quietly(fd);
	return st;
}

Status file_sync_dir(const char *dir_path, Err *err)
{
	int fd = open(dir_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, errno, "open directory %s", dir_path);
	Status st = fsync(fd) == 0 ? ST_OK : err_errno(err, errno, "sync directory %s", dir_path);
	close_quietly(fd);
	return st;
}

Status file_path(FilePath *out, const char *dir, const char *name, Err *err)
{
	size_t dir_len = strlen(dir), name_len = strlen(name);
	if (dir_len + 1 + name_len >= sizeof out->text)
		return err_set(err, ST_LIMIT, "path too long: %.100s…", dir);
	memmove(out->text, dir, dir_len);
	out->text[dir_len] = '/';
	memcpy(out->text + dir_len + 1, name, name_len + 1);
	return ST_OK;
}

static Status sync_parent(const char *path, Err *err)
{
	FilePath parent;
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	if (!slash)
		return file_sync_dir(".", err);
	if (len == 0)
		return file_sync_dir("/", err);
	if (len >= sizeof parent.text)
		return err_set(err, ST_LIMIT, "path too long: %.100s…", path);
	memcpy(parent.text, path, len);
	parent.text[len] = 0;
	return file_sync_dir(parent.text, err);
}

Status file_move(const char *from, const char *to, Err *err)
{
	return rename(from, to) == 0 ? sync_parent(to, err) : err_errno(err, errno, "rename %s", from);
}

Status file_replace(const char *path, Str bytes, Err *err)
{
	FilePath temporary;
	if (snprintf(temporary.text, sizeof temporary.text, "%s.tmp.%ld", path, (long)getpid()) >=
	    (int)sizeof temporary.text)
		return err_set(err, ST_LIMIT, "path too long: %.100s…", path);
	int fd = open(temporary.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return err_errno(err, errno, "create %s", temporary.text);
	Status st = file_write(fd, bytes.ptr, bytes.len, temporary.text, err);
	if (st == ST_OK && fsync(fd) != 0)
		st = err_errno(err, errno, "sync %s", temporary.text);
	if (close(fd) != 0 && st == ST_OK)
		st = err_errno(err, errno, "close %s", temporary.text);
	if (st == ST_OK)
		st = file_move(temporary.text, path, err);
	if (st != ST_OK)
		unlink(temporary.text); /* gone already where only the sync of the directory failed */
	return st;
}

Status file_lock(int fd, bool wait, const char *name, Err *err)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int got;
	do
		got = fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &lock);
	while (got != 0 && errno == EINTR);
	if (got == 0)
		return ST_OK;
	if (errno == EAGAIN || errno == EACCES)
		return err_set(err, ST_BUSY, "another process holds the lock of %s", name);
	return err_errno(err, errno, "lock %s", name);
}

void file_unlock(int fd)
{
	struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
	fcntl(fd, F_OFD_SETLK, &lock);
}

bool file_is_locked(int fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	return fcntl(fd, F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

Status file_make_dirs(const char *dir_path, Err *err)
{
	FilePath parent;
	char *path = parent.text;
	size_t len = strlen(dir_path);
	if (len == 0 || len >= sizeof parent.text)
		return err_set(err, ST_INVALID, "not a directory name: '%.100s'", dir_path);
	memcpy(path, dir_path, len + 1);
	for (char *at = path + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = 0;
		if (mkdir(path, DIR_MODE) != 0 && errno != EEXIST)
			return err_errno(err, errno, "make directory %s", path);
		*at = '/';
	}
	if (mkdir(path, DIR_MODE) == 0)
		return sync_parent(path, err);
	if (errno != EEXIST)
		return err_errno(err, errno, "make directory %s", path);
	struct stat info;
	if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
		return err_set(err, ST_CONFLICT, "%s is there and is no directory", path);
	return ST_OK;
}

static Status remove_in(int parent_fd, const char *name, const char *shown, Err *err)
{
	if (unlinkat(parent_fd, name, 0) == 0 || errno == ENOENT)
		return ST_OK;
	if (errno != EISDIR && errno != EPERM)
		return err_errno(err, errno, "remove %s", shown);
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		int saved = errno;
		close_quietly(fd);
		return err_errno(err, saved, "open directory %s", shown);
	}
	Status st = ST_OK;
	for (struct dirent *entry; st == ST_OK && (entry = readdir(dir));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			st = remove_in(fd, entry->d_name, entry->d_name, err);
	closedir(dir);
	if (st == ST_OK && unlinkat(parent_fd, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
		st = err_errno(err, errno, "remove directory %s", shown);
	return st;
}

Status file_remove_tree(const char *path, Err *err)
{
	return remove_in(AT_FDCWD, path, path, err);
}

bool file_exists(const char *path)
{
	struct stat info;
	return lstat(path, &info) == 0;
}

void close_quietly(int fd)
{
	if (fd >= 0)
		close(fd);
}
