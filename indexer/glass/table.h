/* indexer/glass/table.h - writes one table of a glass database in one pass.
 *
 *   sorted (key, tag) ──► leaves ──► branch blocks ──► one root         every block is written once, in order
 *
 * Keys are given in ascending order. Blocks leave through one buffer in the order of their numbers, so the file is
 * written from front to back and never read.
 *
 * Shapes   key: 1..GLASS_KEY_MAX bytes, memcmp order, each once; tag: any bytes
 * Owns     the file, until glass_table_finish or glass_table_free; a file that was not finished is left for the
 *          caller to remove together with its directory
 * Errors   ST_INVALID block size or order of keys, ST_LIMIT key or tag too long, ST_NO_SPACE, ST_IO, ST_NO_MEMORY
 * Threads  one at a time; tables are independent of each other
 * Source   byte layout at the top of table.c
 */
#ifndef INDEXER_GLASS_TABLE_H
#define INDEXER_GLASS_TABLE_H

#include "indexer/glass/version.h"

typedef struct GlassTable GlassTable;

/* path must not exist. block_size: a power of two, 2048..65536; 0: GLASS_BLOCK_DEFAULT. */
GlassTable *glass_table_new(const char *path, uint32_t block_size, Err *err);
Status glass_table_add(GlassTable *t, Str key, Str tag, Err *err);
/* Writes what is left, syncs the file and closes it; *out is the table's entry for iamglass. Then only free it. */
Status glass_table_finish(GlassTable *t, GlassRoot *out, Err *err);
void glass_table_free(GlassTable *t);

#endif
