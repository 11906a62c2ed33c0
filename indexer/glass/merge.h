/* indexer/glass/merge.h - adjacent databases become one, without their dead documents.
 *
 *   shard 1..1000  offset 0      ─┐
 *   shard 1..1000  offset 1000   ─┴─► shard 1..2000           byte for byte what one build of the same documents makes
 *
 * Works table by table on the encoded lists, so nothing is analysed again. Documents keep their docid plus the input's
 * offset; dead ones leave gaps. Inputs may have been written by Xapian too. What sealed shards do not have (termlist,
 * docdata, spelling, synonyms, metadata) is left out.
 *
 * Owns     the inputs stay as they are; the caller keeps them until the result is in use
 * Memory   the longest posting list, 256 KiB for each input, a bit for each document from the first dead to the last
 * Errors   ST_INVALID inputs that overlap or a dead list out of order, ST_CORRUPT an input (every count is checked),
 *          ST_CONFLICT dir is there, ST_BUSY stopped, ST_NOT_FOUND, ST_NO_SPACE, ST_IO, ST_NO_MEMORY; on failure dir is
 *          removed
 * Threads  any number of merges side by side, also from the same inputs
 */
#ifndef INDEXER_GLASS_MERGE_H
#define INDEXER_GLASS_MERGE_H

#include "base/stop.h"
#include "indexer/glass/sums.h"
#include "indexer/glass/writer.h"

typedef struct {
	const char *dir;
	uint32_t docid_offset;
	const uint32_t *dead; /* docids in this input, ascending; they need not be there */
	size_t dead_count;
	const GlassSums *sums; /* every block is compared with its sum; NULL: it is not */
} GlassMergeInput;

/* Writes the database into the new directory `dir` and syncs it. block_size 0: 8192. stop ends it. */
Status glass_merge(const char *dir, const GlassMergeInput *inputs, size_t count, uint32_t block_size,
		   const GlassFinish *finish, const Stop *stop, GlassStats *out, Err *err);

#endif
