/* indexer/shards/directory.h - the index's directory: one writer at a time, and nothing in it that no manifest names.
 *
 * Owns     directory_lock: the caller closes the descriptor
 * Errors   ST_BUSY another process writes the index; ST_IO, ST_LIMIT
 * Threads  the lock excludes other descriptors, of this process too
 */
#ifndef INDEXER_SHARDS_DIRECTORY_H
#define INDEXER_SHARDS_DIRECTORY_H

#include "indexer/shards/manifest.h"

/* Makes the directory if need be and locks it; closing the descriptor unlocks it. */
Status directory_lock(const char *index_dir, int *fd_out, Err *err);
/* Is the lock file that fd has locked still the one that others would lock? */
bool directory_is_locked(const char *index_dir, int fd);
/* Removes what `keep` does not name: left by a crash, or replaced. The lock is held. */
void directory_sweep(const char *index_dir, const Manifest *keep);

#endif
