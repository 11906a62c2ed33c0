/* indexer/source/files.h - files of a folder, opened without ever leaving it.
 *
 * Shapes   names are bytes as the file system has them; relative, "/" between parts
 * Owns     a descriptor handed out is the caller's; a FileList until file_list_done
 * Errors   ST_INVALID a name that is absolute or climbs; ST_FORBIDDEN a link that leads out; ST_NOT_FOUND, ST_IO,
 *          ST_LIMIT, ST_NO_MEMORY
 * Threads  safe
 */
#ifndef INDEXER_SOURCE_FILES_H
#define INDEXER_SOURCE_FILES_H

#include "base/arena.h"
#include "base/err.h"
#include "indexer/source/name.h"

#include <sys/types.h>

/* Opens a file beneath the directory dir_fd for reading. */
Status open_beneath(int dir_fd, Str path, int *fd_out, Err *err);

typedef struct {
	Str name;
	Str stem; /* without the last ending */
	bool is_dir;
	uint64_t size_bytes;
	dev_t dev;
	ino_t ino;
} FileEntry;

typedef struct {
	Str name;
	const NameReason *reason;
} PassedFile;

typedef struct {
	FileEntry *entries; /* by stem, then by name; only files and directories that may hold documents, no links */
	size_t count;
	PassedFile *passed; /* what is no document by its name */
	size_t passed_count;
	size_t links; /* symbolic links, which are passed over */
	Arena arena;
} FileList;

Status file_list_read(FileList *out, int dir_fd, const char *shown_name, Err *err);
void file_list_done(FileList *list);

Str file_stem(Str name); /* "a/b.tar.gz" → "a/b.tar" */
Str file_base(Str path); /* "a/b.pdf" → "b.pdf" */

/* Bytes of all files beneath, as far as they can be looked at. depth 0: the folder that was named. */
uint64_t folder_size_bytes(int dir_fd, unsigned depth);

/* ---- files that were taken already ----------------------------------------------------------------------------- */

/* A record that names its files takes them: they are not records of their own when the walk comes to them. */
typedef struct {
	uint64_t *slots; /* hashes of (device, inode), never 0 */
	size_t capacity, count;
} TakenFiles;

void taken_done(TakenFiles *taken);
Status taken_add(TakenFiles *taken, dev_t dev, ino_t ino, Err *err);
bool taken_has(const TakenFiles *taken, dev_t dev, ino_t ino);

#endif
