/* indexer/ingest/unpack.h - a package that holds a register is read as the folder it was packed from: rows name files,
 * and a stream gives no file by its name.
 *
 *   a.zip ── members, checked names ──▶ $TMPDIR/hoso-package-XXXXXX/1/…   ──▶ read as a folder, then removed
 *                                       …/2/…  members whose names came before: each is a record of its own
 *
 * Only here are names of a package used as names of files: relative, without "..", made beneath a new folder of ours
 * that nobody else may enter. What a killed ingest left there is removed by the next one that unpacks.
 *
 * Owns     an Unpacked owns its folder until unpacked_done, which removes it
 * Errors   ST_IO, ST_NO_SPACE the folder can't be made or filled; those of the package
 * Threads  one
 */
#ifndef INDEXER_INGEST_UNPACK_H
#define INDEXER_INGEST_UNPACK_H

#include "base/file.h"
#include "indexer/ingest/run.h"
#include "indexer/source/package_in.h"

/* Does it hold a table that may be a register? Leaves fd at its start. */
bool package_has_register(int fd, Str bytes);

enum { UNPACKED_TREES_MAX = 16 }; /* members of one name */
typedef struct {
	FilePath place;
	int dir_fd; /* holds the lock that says it is in use */
	size_t trees;
} Unpacked;

Status unpacked_init(Unpacked *out, Err *err);
void unpacked_done(Unpacked *unpacked);
/* Writes the entry at hand. *err: of the entry, or of the machine. */
Status unpacked_add(Unpacked *unpacked, Str name, ByteSource from, uint64_t limit_bytes, Err *err);
/* The tree of that number, from 0; -1: there is none. The caller closes it. */
int unpacked_open_tree(const Unpacked *unpacked, size_t number);

#endif
