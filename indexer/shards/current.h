/* indexer/shards/current.h - the newest snapshot of an index, which searches take and changes replace.
 *
 * Owns     index_take_snapshot: counted; the caller drops it
 * Errors   ST_IO, ST_NO_MEMORY
 * Threads  any number
 */
#ifndef INDEXER_SHARDS_CURRENT_H
#define INDEXER_SHARDS_CURRENT_H

#include "indexer/shards/state.h"

Snapshot *index_take_snapshot(Index *index); /* never NULL */
/* Nothing lacks in the snapshot that was searchable before. */
bool index_is_whole(Index *index, const Snapshot *s);
/* Loads what is on disk and makes it current, if it is another state (or force). */
Status index_reload(Index *index, bool force, Err *err);

#endif
