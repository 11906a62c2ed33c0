/* indexer/shards/tiers.h - keeps the number of sealed shards small: neighbours of about a size become one.
 *
 * A shard's tier is the logarithm of its bytes to the base TIERS_FAN. Each record is merged once per tier, so the work
 * per record grows with the logarithm of the archive only. Superseded documents are left out by the way.
 *
 * Owns     nothing; on failure no directory is left
 * Errors   ST_BUSY stop was raised; ST_CORRUPT a shard is damaged; ST_IO, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  tiers_merge: any, the shards are only read
 */
#ifndef INDEXER_SHARDS_TIERS_H
#define INDEXER_SHARDS_TIERS_H

#include "base/stop.h"
#include "indexer/shards/manifest.h"

enum { TIERS_FAN = 4 };

typedef struct {
	size_t first, count; /* of the manifest's shards; count 0: nothing to do */
} TierRun;

/* The shards to merge next. */
TierRun tiers_choose(const Manifest *m);
/* Writes the run's shards as one into a new directory. dead: sorted; those in its range are left out. */
Status tiers_merge(const char *index_dir, const Shard *shards, size_t count, const Superseded *dead, const Stop *stop,
		   Shard *out, Err *err);
/* Puts a shard in the place of those it covers. without_dead: it was made without the documents in `dead`, so the
 * manifest stops naming them. */
void tiers_replace(Manifest *m, const Shard *merged, const Superseded *dead, bool without_dead);

#endif
