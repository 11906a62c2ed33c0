/* indexer/invert/internal.h - what invert.c and invert_finish.c share: the Inverter itself. */
#ifndef INDEXER_INVERT_INTERNAL_H
#define INDEXER_INVERT_INTERNAL_H

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
	/* the document at hand; did 0: none */
	uint32_t did;
	uint64_t document_length;
	BatchPending pending;
	DocumentValue *values;
	size_t value_count, value_capacity;
	Buf value_bytes;
};

/* Ends the collecting: the batch at hand becomes the last run. Returns what failed so far. */
Status invert_last_run(Inverter *inv, Err *err);

#endif
