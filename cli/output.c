/* cli/output.c - a file is synced before it is closed: what was exported must outlive a power cut, or fail visibly.
 * What can't be synced (a pipe, a device) is let pass. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool output_is_standard(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

Status output_write(const char *path, Status (*write)(void *ctx, int fd, const char *name, Err *err), void *ctx,
		    Err *err)
{
	if (output_is_standard(path))
		return write(ctx, STDOUT_FILENO, "standard output", err);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_errno(err, errno, "create %s", path);
	Status st = write(ctx, fd, path, err);
	if (st == ST_OK && fsync(fd) != 0 && errno != EINVAL && errno != EROFS)
		st = err_errno(err, errno, "sync %s", path);
	if (close(fd) != 0 && st == ST_OK)
		st = err_errno(err, errno, "close %s", path);
	if (st != ST_OK)
		unlink(path);
	return st;
}
