/* indexer/shards/tiers.h - keeps the number of sealed shards small: neighbours of about a size become one.
 *
 * A record is merged once for each doubling in size by TIERS_FAN, so the work for each stays small however large the
 * archive grows; what was superseded falls away on the way.
 */
#ifndef INDEXER_SHARDS_TIERS_H
#define INDEXER_SHARDS_TIERS_H

#include "indexer/shards/manifest.h"

enum { TIERS_FAN = 4 };

typedef struct {
	size_t first, count; /* of the manifest's shards; count 0: nothing to do */
} TierRun;

TierRun tiers_choose(const Manifest *m);
/* Writes the run's shards as one into a new directory. dead: sorted; those in its range are left out. */
Status tiers_merge(const char *index_dir, const Shard *shards, size_t count, const Superseded *dead, const Stop *stop,
		   Shard *out, Err *err);
/* Puts a shard in the place of those it covers. without_dead: what `dead` names in its range was left out of it, so the
 * manifest need not name it any more. */
void tiers_replace(Manifest *m, const Shard *merged, const Superseded *dead, bool without_dead);

#endif
