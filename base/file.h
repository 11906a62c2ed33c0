/* base/file.h - files: whole reads and writes, durable replacement, paths, locks.
 *
 * Units    bytes; a path has at most FILE_PATH_MAX - 1 of them
 * Owns     nothing; a FilePath holds its bytes, descriptors are the caller's
 * Errors   ST_NOT_FOUND, ST_NO_SPACE, ST_LIMIT (a path or file too long), ST_BUSY, ST_IO; the message names the path
 * Threads  safe; nothing is kept
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/linkage.h"

#include "base/buf.h"

#include <sys/types.h>

C_LINKAGE_BEGIN

/* Whatever the umask: what the archive is made of is its owner's alone. */
enum { FILE_MODE = 0600, DIR_MODE = 0700 };

/* All of `len`, retrying EINTR and short transfers. file_pread: ST_CORRUPT when the file ends first. */
Status file_pread(int fd, void *out, size_t len, uint64_t offset, const char *name, Err *err);
Status file_pwrite(int fd, const void *bytes, size_t len, uint64_t offset, const char *name, Err *err);
Status file_write(int fd, const void *bytes, size_t len, const char *name, Err *err);
/* The whole file behind out's bytes; ST_LIMIT over limit_bytes. Reads from pipes too. */
Status file_read_all(const char *path, size_t limit_bytes, Buf *out, Err *err);
Status file_read_fd(int fd, size_t limit_bytes, Buf *out, const char *name, Err *err);
/* Asks for the bytes to be written soon, so that a later sync has less to wait for. Promises nothing. */
void file_start_writeback(int fd, uint64_t offset, size_t len);
/* Temporary beside it, fsync, rename, fsync of the directory: afterwards the old or the new file is there, whole. */
Status file_replace(const char *path, Str bytes, Err *err);
/* Renames, then syncs the directory of the new name. The file itself was synced before. */
Status file_move(const char *from, const char *to, Err *err);
Status file_sync_dir(const char *dir_path, Err *err);
/* Makes dir_path and its parents, for their owner alone; there already is fine. */
Status file_make_dirs(const char *dir_path, Err *err);
/* Removes a directory and all in it without following links; not there is fine. */
Status file_remove_tree(const char *path, Err *err);
bool file_exists(const char *path);

enum { FILE_PATH_MAX = 4096 };
typedef struct {
	char text[FILE_PATH_MAX];
} FilePath;
/* "dir/name". `dir` may be out->text itself, so that a path grows part by part. */
Status file_path(FilePath *out, const char *dir, const char *name, Err *err);

/* Locks an open file against every other descriptor, of this process too; closing the descriptor ends the lock, however
 * the process dies. ST_BUSY: another one holds it (never where `wait` says to wait for it). */
Status file_lock(int fd, bool wait, const char *name, Err *err);
void file_unlock(int fd);
/* True where another descriptor holds the lock, and where that cannot be found out. */
bool file_is_locked(int fd);

void close_quietly(int fd); /* -1 is fine */

C_LINKAGE_END

#endif
