/* indexer/shards/build.h - builds a sealed shard from a range of the log.
 *
 * A shard is built in a directory of its own. It counts once the manifest names it, and the manifest names it only when
 * all its files are written and synced.
 *
 * Owns     on failure the directory is removed
 * Errors   ST_BUSY stop was raised; ST_CORRUPT, ST_IO, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  any number of builds side by side
 */
#ifndef INDEXER_SHARDS_BUILD_H
#define INDEXER_SHARDS_BUILD_H

#include "base/stop.h"
#include "indexer/shards/options.h"
#include "indexer/shards/shard.h"
#include "indexer/shards/superseded.h"
#include "store/log/store.h"

/* Makes index_dir/<out->name>; adds to superseded what the range's entries replace. */
Status shard_build(Store *store, const char *index_dir, const ShardRange *range, const IndexOptions *options,
		   const Stop *stop, Shard *out, Superseded *superseded, Err *err);

#endif
