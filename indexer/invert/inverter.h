/* indexer/invert/inverter.h - the inside of an Inverter: collect.c fills it, finish.c writes it out.
 *
 * Owns     invert_new, invert_free
 * Errors   `failure` keeps the first one
 * Threads  one at a time
 */
#ifndef INDEXER_INVERT_INVERTER_H
#define INDEXER_INVERT_INVERTER_H

#include "indexer/glass/bounds.h"
#include "indexer/invert/batch.h"
#include "indexer/invert/spill.h"

typedef struct {
	uint32_t slot;
	size_t offset, len; /* in value_bytes */
} DocumentValue;

struct Inverter {
	InvertOptions options;
	Err failure; /* the first one; code ST_OK: none */
	Batch batch;
	Spill spill;
	GlassStats stats; /* wdf_max is known at the end */
	GlassBounds bounds;
	/* the document between invert_begin and invert_end; did 0: none */
	uint32_t did;
	uint64_t document_length;
	BatchPending pending;
	DocumentValue *values;
	size_t value_count, value_capacity;
	Buf value_bytes;
};

#endif
