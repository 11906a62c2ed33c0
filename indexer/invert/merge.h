/* indexer/invert/merge.h - one stream out of the same stream of many runs.
 *
 * Runs are given oldest first, so the pieces of a key come in the order of their documents and only have to be joined.
 *
 * Shapes   a list may come in several parts (the same key again) when it is longer than `part_bytes`; postings that
 *          are to be whole need SIZE_MAX
 * Owns     its cursors; key and list are valid until the next run_merge_next
 * Errors   ST_CORRUPT, ST_IO, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_INVERT_MERGE_H
#define INDEXER_INVERT_MERGE_H

#include "indexer/invert/run.h"

typedef struct {
	RunStream stream;
	RunCursor *cursors;
	uint32_t count;
	uint32_t *tree; /* losers of each match; tree[0]: the winner */
	size_t part_bytes;
	uint32_t *wdf_max; /* raised where postings of one document meet */
	uint64_t code;     /* the key handed out */
	uint8_t term[GLASS_TERM_MAX];
	size_t term_len;
	GlassList list;
} RunMerge;

Status run_merge_begin(RunMerge *m, const Run *runs, size_t count, RunStream stream, size_t part_bytes,
		       uint32_t *wdf_max, Err *err);
Step run_merge_next(RunMerge *m, Err *err);
void run_merge_done(RunMerge *m);

#endif
