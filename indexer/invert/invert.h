/* indexer/invert/invert.h - turns documents, given term by term, into a Xapian 1.4 glass database.
 *
 *   Inverter *inv = invert_new(&options, &err);
 *   invert_begin(inv, docid, &err);                 ascending docids, gaps allowed
 *   invert_code(inv, code, 1);                      once for every occurrence
 *   invert_value(inv, 0, date);
 *   invert_end(inv, &err);
 *   …
 *   invert_finish(inv, "shard.tmp", &finish, &stats, &err);
 *   invert_free(inv);
 *
 * Terms come in two kinds. A code is a 64-bit number that stands for a term (say, two syllable numbers); its bytes
 * are asked for through `spell` when they are needed, never for each occurrence; different codes stand for different
 * terms. Any other term is given by its bytes. Both may come out as the same term; their postings are united.
 *
 * Postings gather in small batches that stay in the cache, batches become sorted runs, runs are merged into tables
 * once at the end. The database is the same, byte for byte, whatever the batch size and whether runs were spilled.
 *
 * Shapes   docid 1..2^32-1; term 1..245 bytes (a zero byte counts twice); a document's length (sum of wdf) < 2^32
 * Units    bytes
 * Owns     what is given is copied; spill files have no name, so nothing is left of them however the program ends
 * Memory   bounded by memory_bytes, apart from the longest single posting list (about two bytes a document) and the
 *          values of one slot's bounds; documents of any size do not raise it
 * Errors   between begin and end errors are kept (the first one) and returned by invert_end and invert_finish:
 *          ST_INVALID an empty term or a docid not above the one before, ST_LIMIT a term, value or document too long,
 *          ST_NO_SPACE, ST_IO, ST_NO_MEMORY. After an error only invert_free is of use
 * Threads  one Inverter belongs to one thread at a time; any number of them run side by side. spell is called from
 *          that thread
 */
#ifndef INDEXER_INVERT_INVERT_H
#define INDEXER_INVERT_INVERT_H

#include "indexer/glass/code.h"
#include "indexer/glass/writer.h"

typedef struct Inverter Inverter;

enum { INVERT_VALUE_MAX = 4096 /* bytes of a value */ };

/* Writes the term that `code` stands for, returns its length (1..245); always the same for the same code. */
typedef size_t InvertSpell(void *ctx, uint64_t code, char out[GLASS_TERM_MAX]);

typedef struct {
	size_t memory_bytes;   /* 0: 128 MiB; at least 4 MiB */
	const char *spill_dir; /* where runs go that memory cannot hold; NULL: /var/tmp */
	InvertSpell *spell;    /* NULL: no codes are given */
	void *spell_ctx;
	/* Promise: a < b exactly if spell(a) sorts before spell(b) bytewise (checked, ST_INVALID). Runs are then sorted
	 * and merged by number and each term is spelled once in all; without it, once a run. Numbers that follow the
	 * sorted syllables, the first syllable in the upper bits and 0 for none, keep it: "an" < "an ninh" < "anh". */
	bool codes_in_order;
	bool positions;      /* write position.glass from the invert_*_at calls */
	uint32_t block_size; /* of the tables; 0: 8192 */
	size_t batch_bytes;  /* of postings and terms in one batch; 0: what is fastest */
} InvertOptions;

typedef GlassFinish InvertFinish; /* UUID and metadata */

Inverter *invert_new(const InvertOptions *options, Err *err);
void invert_free(Inverter *inv);

Status invert_begin(Inverter *inv, uint32_t docid, Err *err);
void invert_code(Inverter *inv, uint64_t code, uint32_t wdf); /* wdf is added to what the term has in the document */
void invert_codes(Inverter *inv, const uint64_t *codes, size_t count, uint32_t wdf); /* wdf of each */
void invert_term(Inverter *inv, Str term, uint32_t wdf);
static inline void invert_bool(Inverter *inv, Str term)
{
	invert_term(inv, term, 0);
}
/* The same with a position from 1 on (with options.positions); those of a term in a document may come in any order. */
void invert_code_at(Inverter *inv, uint64_t code, uint32_t wdf, uint32_t position);
void invert_term_at(Inverter *inv, Str term, uint32_t wdf, uint32_t position);
/* An empty value is no value; a second one for the slot replaces the first. */
void invert_value(Inverter *inv, uint32_t slot, Str value);
Status invert_end(Inverter *inv, Err *err);

/* Writes the database into the new directory `dir` and syncs it; iamglass comes last, so a crash leaves no database
 * or a whole one. On failure the directory is removed. Then only free the Inverter. */
Status invert_finish(Inverter *inv, const char *dir, const InvertFinish *finish, GlassStats *out, Err *err);

#endif
