/* store/log/catalogue_run.h - a catalogue run: the look-ups of some sealed segments as one sorted, immutable file.
 *
 *   catalogue/00000001-00000008.run:  header (128) | Bloom blocks (64 each) | to 4096 | entry blocks (4096 each)
 *
 * An entry is 16 bytes: the look-up's 64-bit hash and a 64-bit value (table.h), sorted by both. An entry block
 * holds 255 of them; a Bloom block 480 bits. Every block carries its own sum, seeded with archive, range and number,
 * and is checked whenever it is read. The hashes are uniform, so the place of an entry is interpolated: a look-up
 * reads one Bloom block and, where that says yes, about two entry blocks. Nothing is kept in memory.
 *
 * Owns     a CatalogueRun is counted; catalogue_run_free gives one use back
 * Errors   ST_CORRUPT a damaged block: the run is derived, build it anew
 * Threads  reading any
 */
#ifndef STORE_LOG_CATALOGUE_RUN_H
#define STORE_LOG_CATALOGUE_RUN_H

#include "base/file.h"
#include "store/log/table.h"

#include <stdatomic.h>

enum { RUN_HEADER_LEN = 128, RUN_BLOCK_LEN = 4096, RUN_BLOCK_ENTRIES = 255, RUN_BLOOM_LEN = 64, RUN_BLOOM_BITS = 480 };

typedef struct {
	int fd;
	atomic_uint uses;
	uint32_t first_segment, last_segment, seed;
	uint64_t entries, bloom_blocks;
	Hash root; /* of the tree behind last_segment: says which segments it was made from */
	char name[32];
} CatalogueRun;

void catalogue_run_name(uint32_t first, uint32_t last, char out[static 32]);
bool catalogue_run_name_parse(const char *name, uint32_t *first_out, uint32_t *last_out);
Status catalogue_run_open(CatalogueRun **out, const char *dir, uint32_t first, uint32_t last,
			  const uint8_t archive_id[static ARCHIVE_ID_LEN], Err *err);
static inline CatalogueRun *catalogue_run_use(CatalogueRun *r)
{
	atomic_fetch_add(&r->uses, 1);
	return r;
}
void catalogue_run_free(CatalogueRun *r);
/* Appends the values of a hash as uint64_t. */
Status catalogue_run_lookup(const CatalogueRun *r, uint64_t hash, Buf *values, Err *err);

/* Writing: entries in order, their number known beforehand. */
typedef struct {
	int fd;
	uint32_t seed;
	uint64_t entries, bloom_blocks, written;
	uint64_t bloom_at, bloom_current, block_current;
	uint8_t header[RUN_HEADER_LEN], bloom[RUN_BLOOM_LEN], block[RUN_BLOCK_LEN];
	unsigned in_block;
	Buf bloom_out, blocks_out; /* gathered, written in larger pieces */
	uint64_t bloom_out_at, blocks_out_at;
	FilePath path, temporary;
} CatalogueRunWriter;

Status catalogue_run_write_begin(CatalogueRunWriter *w, const char *dir, uint32_t first, uint32_t last,
				 const uint8_t archive_id[static ARCHIVE_ID_LEN], const Hash *root, uint64_t entries,
				 Err *err);
Status catalogue_run_write_add(CatalogueRunWriter *w, const TableEntry *entry, Err *err);
/* Makes it durable under its name; on failure nothing is left. */
Status catalogue_run_write_end(CatalogueRunWriter *w, Err *err);
void catalogue_run_write_abort(CatalogueRunWriter *w);

/* Reading in order: for merging. */
typedef struct {
	const CatalogueRun *run;
	uint64_t at; /* number of the next entry */
	uint8_t block[RUN_BLOCK_LEN];
} CatalogueRunCursor;
Step catalogue_run_next(CatalogueRunCursor *c, TableEntry *out, Err *err);

#endif
