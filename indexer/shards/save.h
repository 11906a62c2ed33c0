/* indexer/shards/save.h - makes a change of the manifest durable and visible.
 *
 * Owns     nothing
 * Errors   ST_IO, ST_NO_SPACE, ST_CORRUPT, ST_NO_MEMORY
 * Threads  the coordinator alone
 */
#ifndef INDEXER_SHARDS_SAVE_H
#define INDEXER_SHARDS_SAVE_H

#include "indexer/shards/follower.h"

/* Writes the follower's manifest; searches that begin afterwards see it. */
Status follower_save(Follower *f, Err *err);

#endif
