/* cli/output.c - a file gets its name when it is whole and synced: what was exported must outlive a power cut, or
 * fail visibly. What can't be synced (a pipe, a device) is let pass. */
#include "cli/output.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool output_is_standard(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

/* A file of the same folder, which gets its name when it is whole. Without a name where the file system can: then
 * whatever ends the program leaves nothing behind. */
static int open_unnamed(const char *path, char *beside, size_t room)
{
	const char *slash = strrchr(path, '/');
	char folder[FILE_PATH_MAX];
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	snprintf(beside, room, "%s.part.%ld", path, (long)getpid());
	int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
	return fd >= 0 ? fd : open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

static Status give_name(int fd, const char *beside, const char *path, Err *err)
{
	char own[64];
	snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
	if (access(beside, F_OK) != 0 && linkat(AT_FDCWD, own, AT_FDCWD, beside, AT_SYMLINK_FOLLOW) != 0)
		return err_errno(err, errno, "name %s", beside);
	if (rename(beside, path) != 0)
		return err_errno(err, errno, "rename %s to %s", beside, path);
	return ST_OK;
}

/* A device, a pipe, a link to one: there is nothing to replace. */
static bool is_written_in_place(const char *path)
{
	struct stat info;
	return lstat(path, &info) == 0 && !S_ISREG(info.st_mode);
}

static Status write_in_place(const char *path, Status (*write)(void *ctx, int fd, const char *name, Err *err),
			     void *ctx, Err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_errno(err, errno, "create %s", path);
	Status st = write(ctx, fd, path, err);
	if (close(fd) != 0 && st == ST_OK)
		st = err_errno(err, errno, "close %s", path);
	return st;
}

Status output_write(const char *path, Status (*write)(void *ctx, int fd, const char *name, Err *err), void *ctx,
		    Err *err)
{
	char beside[FILE_PATH_MAX + 32];
	if (output_is_standard(path))
		return write(ctx, STDOUT_FILENO, "standard output", err);
	if (strlen(path) >= FILE_PATH_MAX)
		return err_set(err, ST_LIMIT, "path too long: %.100s…", path);
	if (is_written_in_place(path))
		return write_in_place(path, write, ctx, err);
	int fd = open_unnamed(path, beside, sizeof beside);
	if (fd < 0)
		return err_errno(err, errno, "create %s", path);
	Status st = write(ctx, fd, path, err);
	if (st == ST_OK && fsync(fd) != 0 && errno != EINVAL && errno != EROFS)
		st = err_errno(err, errno, "sync %s", path);
	if (st == ST_OK)
		st = give_name(fd, beside, path, err);
	if (close(fd) != 0 && st == ST_OK)
		st = err_errno(err, errno, "close %s", path);
	if (st != ST_OK)
		unlink(beside);
	return st;
}
