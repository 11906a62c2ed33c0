/* indexer/invert/spill.h - the runs of an Inverter: as many in memory as fit, the rest merged into files.
 *
 *   batches → runs in memory ──full──► one run in file 0 ──many──► one run in file 1 → …
 *
 * Files have no name (or lose it at once), so nothing is left of them however the process ends.
 *
 * Owns     runs and files
 * Errors   ST_NO_SPACE, ST_IO, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_INVERT_SPILL_H
#define INDEXER_INVERT_SPILL_H

#include "indexer/invert/run.h"

enum { SPILL_LEVELS = 8, SPILL_FAN_MAX = 64, SPILL_FAN_MIN = 4 };

typedef struct {
	int fd;
	uint64_t bytes;
	Run runs[SPILL_FAN_MAX];
	uint32_t count;
} SpillLevel;

typedef struct {
	const char *dir;
	size_t memory_max;
	uint32_t fan; /* runs of a level that are merged at once */
	Run *memory;  /* oldest first */
	size_t memory_count, memory_capacity, memory_bytes;
	SpillLevel *levels[SPILL_LEVELS]; /* the higher the older */
	uint32_t wdf_max;                 /* of postings that were joined */
} Spill;

/* memory_bytes is what runs in memory and the buffers of a merge may take together. dir is borrowed. */
void spill_init(Spill *s, const char *dir, size_t memory_bytes);
void spill_done(Spill *s);
/* Takes the run; it must follow the runs before. */
Status spill_add(Spill *s, Run *run, Err *err);
/* All runs, oldest first; *out is malloc'd, the runs stay the spill's. */
Status spill_list(const Spill *s, Run **out, size_t *count_out, Err *err);

#endif
