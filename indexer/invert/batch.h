/* indexer/invert/batch.h - the documents since the last run: one hash probe for each occurrence of a term.
 *
 *   occurrence ──► index (tag + number) ──► entry {last document, its wdf, chain} ──► chain of postings
 *
 * An entry holds back the posting of its latest document; when the term comes again in a later document that posting
 * goes to the entry's chain, in the encoding of the tables. So nothing is kept per document, and a document may be cut
 * anywhere: the parts are joined when runs are merged.
 *
 * Owns     its memory, fixed from the start apart from values, lengths and new terms' bytes
 * Errors   ST_NO_MEMORY, ST_LIMIT
 * Threads  one at a time
 */
#ifndef INDEXER_INVERT_BATCH_H
#define INDEXER_INVERT_BATCH_H

#include "indexer/glass/list.h"
#include "indexer/invert/chain.h"

enum {
	BATCH_GROUP = 128, /* occurrences whose memory is fetched side by side */
	BATCH_ENTRIES_MIN = 4 * BATCH_GROUP,
	BATCH_ENTRIES_MAX = 1 << 19,
};

typedef struct {
	uint64_t code;        /* the code; of terms given by bytes: hash << 32 | offset of the bytes */
	uint32_t first, last; /* documents; last 0: nothing yet */
	uint32_t wdf;         /* of the last document, not yet in the chain */
	uint32_t cf;          /* sum of wdf in the chain */
	ChainEnd head, end;
} BatchEntry;

/* Positions of an entry: varint zigzag(position - before) << 1, or varint gap << 1 | 1, varint position. */
typedef struct {
	ChainEnd head, end;
	uint32_t first, last, position;
} BatchPositions;

typedef struct {
	uint32_t *index; /* behind the entries, in one block with them; 0: free, else tag << 20 | entry + 1 */
	unsigned shift;  /* 64 - bits of the index */
	uint32_t mask;
	BatchEntry *entries;
	BatchPositions *positions; /* NULL: none are kept */
	uint32_t count, capacity;
} BatchTable;

typedef struct SortItem SortItem;

typedef struct {
	uint32_t slot;
	GlassList list;
} BatchValues;

typedef struct {
	BatchTable codes, terms;
	ChainPool pool;
	Buf bytes; /* of terms: 1 size, bytes (escaped) */
	GlassList lengths;
	BatchValues *values;
	size_t value_slots;
	size_t value_bytes;
	uint32_t base; /* first document */
	uint32_t wdf_max;
	uint64_t length;  /* sum of all wdf: keeps cf within 32 bits */
	size_t bytes_max; /* of chains, values and terms */
	SortItem *items;  /* scratch of batch_to_run (sort.h), kept for the next time */
	size_t items_capacity;
	Buf run_bytes;
} Batch;

typedef struct {
	uint64_t codes[BATCH_GROUP];
	uint32_t wdf[BATCH_GROUP];
	uint32_t position[BATCH_GROUP]; /* 0: none */
	uint32_t count;
} BatchPending;

Status batch_init(Batch *b, size_t bytes, bool positions, Err *err);
void batch_done(Batch *b);
bool batch_is_empty(const Batch *b);
/* Another group of codes, or as many terms, is certain to fit. */
bool batch_has_room(const Batch *b);
bool batch_nearly_full(const Batch *b); /* seven eighths: cut it at the end of a document */
/* count: at most BATCH_GROUP. */
void batch_add_codes(Batch *b, uint32_t did, const uint64_t *codes, uint32_t count, uint32_t wdf);
void batch_add_pending(Batch *b, uint32_t did, const BatchPending *pending);
/* escaped: glass_escape_term; position 0: none. False: out of memory. */
bool batch_add_term(Batch *b, uint32_t did, Str escaped, uint32_t wdf, uint32_t position);
bool batch_add_value(Batch *b, uint32_t did, uint32_t slot, Str value);
bool batch_add_length(Batch *b, uint32_t did, uint32_t length);

#endif
