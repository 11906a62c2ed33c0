/* indexer/shards/damage.h - the follower notices files of the index that were damaged or removed while it runs.
 *
 * Bytes that turned inside a table are found by whoever reads them (glass/sums.h) or by the check of all shards
 * (chores.h); here the manifest and the presence of files are looked at, which costs a few system calls a second.
 *
 * Owns     nothing
 * Errors   ST_IO the directory itself was removed or replaced: start over; ST_NO_SPACE, ST_NO_MEMORY
 * Threads  the coordinator alone
 */
#ifndef INDEXER_SHARDS_DAMAGE_H
#define INDEXER_SHARDS_DAMAGE_H

#include "indexer/shards/follower.h"

/* Under the lock: the manifest from disk into f->manifest. Where it can't be used, the one that this process still has
 * is written again; where there is none either, it is empty and the index is built anew. */
Status damage_read_manifest(Follower *f, Err *err);
/* Looks at the files once a second. What lacks is left out of searches from now on and built anew. */
Status damage_look(Follower *f, Err *err);

#endif
