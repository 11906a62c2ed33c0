/* indexer/report/stats.h - what the archive and its index hold, in numbers: the same for `hoso stats --json` and for
 * GET /v1/stats.
 *
 *   {"records":…,"tree_size":…,"root":"…",…,"by_year":[{"value":"2019","count":12},…],"by_type":[…]}
 *
 * Shapes   records: current versions that can be found; tree_size: leaves of the log, every version among them
 * Units    sizes in bytes
 * Owns     lists lie in the arena that was passed
 * Errors   those of a search
 * Threads  any number at once
 */
#ifndef INDEXER_REPORT_STATS_H
#define INDEXER_REPORT_STATS_H

#include "indexer/search/search.h"

typedef struct {
	StoreState archive;
	IndexState index;
	const FacetCount *counts[FACET_COUNT]; /* most frequent first */
	size_t count_lens[FACET_COUNT];
} Stats;

Status stats_read(Store *store, Index *index, Arena *arena, Stats *out, Err *err);
/* Writes them as one object. */
void stats_write(const Stats *stats, JsonOut *j);

#endif
