/* indexer/glass/sums.h - a CRC-32C of every block of a database's files, kept beside them in the file `sums`.
 *
 * A glass table has no checksums of its own: a bit that turned in a list gives other documents and no error. Whoever
 * reads a block compares it with its sum first. The file also holds the sum of its own bytes.
 *
 * Tables that Xapian is still writing (the live shard) change while they are read. A commit never writes a block that
 * the revision before it uses, so a block that differs is damaged unless it carries a newer revision than the sums.
 *
 * Shapes   block: of the table's block size; iamglass is one block
 * Owns     glass_sums_free frees what make and read give
 * Errors   ST_NOT_FOUND there are no sums, or no database; ST_CORRUPT; ST_CONFLICT a commit is under way or ended
 *          before its sums were written; ST_IO, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  a GlassSums is only read: any number at a time
 */
#ifndef INDEXER_GLASS_SUMS_H
#define INDEXER_GLASS_SUMS_H

#include "indexer/glass/version.h"

typedef struct GlassSums GlassSums;

/* The sums of the files that are there. before (may be NULL): the sums of the revision before; a block that differs
 * from them though it was not written since is ST_CORRUPT. */
Status glass_sums_make(GlassSums **out, const char *dir, const GlassSums *before, Err *err);
/* Replaces the file `sums`. durable: it is synced; else a power cut may leave none, or half of one. */
Status glass_sums_write(const GlassSums *sums, const char *dir, bool durable, Err *err);
Status glass_sums_read(GlassSums **out, const char *dir, Err *err);
void glass_sums_free(GlassSums *sums); /* NULL is fine */

/* Is iamglass the file that was summed? */
Status glass_sums_check_version(const GlassSums *sums, const char *dir, Err *err);
/* The same for every block of every file. whole: nobody writes, so no block may differ. */
Status glass_sums_check(const GlassSums *sums, const char *dir, bool whole, Err *err);
/* Is this the block that was summed? */
bool glass_sums_fit(const GlassSums *sums, GlassTableKind kind, uint32_t number, const uint8_t *block,
		    uint32_t block_size);
/* Blocks in the file when it was summed. */
uint32_t glass_sums_blocks(const GlassSums *sums, GlassTableKind kind);

#endif
