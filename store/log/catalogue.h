/* store/log/catalogue.h - the look-ups of all sealed segments: a row of runs that cover segments 1 to `covered`.
 *
 *   [1 … 64] [65 … 72] [73] [74] | live segment: in memory
 *
 * A sealed segment gets a run of its own; eight neighbours of one size are merged into one, so their number grows
 * with the logarithm. Derived: the directory may be deleted at any time; a missing or damaged run is built anew from
 * its segments. Where the directory cannot be written the look-ups stay in memory.
 *
 * Owns     the row owns one use of each run
 * Errors   catalogue_lookup alone can fail: ST_CORRUPT a run and the segments it was made from are damaged; ST_IO. What
 *          cannot be built or written stays in memory
 * Threads  the row is guarded by the store's lock
 */
#ifndef STORE_LOG_CATALOGUE_H
#define STORE_LOG_CATALOGUE_H

#include "store/log/state.h"

enum { CATALOGUE_FANOUT = 8 };

/* Opens the runs that lie in the directory, as far as they cover the segments from 1 on without a gap. */
void catalogue_load(Store *store);
void catalogue_close(Catalogue *c);
/* Covers the segments up to `segment` (sealed and committed): takes the runs that lie there, builds what is missing,
 * merges. Stops at the first that cannot be done. Takes the lock itself. */
void catalogue_cover(Store *store, uint32_t segment);
/* Segments from this one on were or will be cut: runs that say otherwise go, files too. */
void catalogue_cut(Store *store, uint32_t segment);
/* Values of a hash in all runs; a damaged run is built anew first. */
Status catalogue_lookup(Store *store, uint64_t hash, Buf *values, Err *err);
/* Throws the runs that touch this segment away, files too (after a destruction), and builds them anew. */
void catalogue_forget(Store *store, uint32_t segment);

#endif
