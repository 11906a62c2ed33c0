/* indexer/glass/bounds.h - for each slot: how many values, the least and the greatest.
 *
 * Owns     copies of the values
 * Errors   false: out of memory
 * Threads  one at a time
 */
#ifndef INDEXER_GLASS_BOUNDS_H
#define INDEXER_GLASS_BOUNDS_H

#include "indexer/glass/writer.h"

typedef struct {
	uint32_t slot, count;
	Buf least, greatest;
} GlassSlotBounds;

typedef struct {
	GlassSlotBounds *slots;
	size_t count;
} GlassBounds;

void glass_bounds_done(GlassBounds *b);
/* `count` values of which `least` and `greatest` are the bounds; of one value: 1, value, value. */
bool glass_bounds_add(GlassBounds *b, uint32_t slot, uint32_t count, Str least, Str greatest);
/* Writes all bounds in the order of their keys; afterwards the slots stand in that order. */
Status glass_bounds_write(GlassBounds *b, GlassWriter *w, Err *err);

#endif
