/* indexer/glass/leaves.h - finds entries of a sealed table by their key.
 *
 * Opening reads the branch blocks once and keeps the key at which each leaf begins, some 20 bytes for 8 KiB of table.
 * An entry is then one search in memory and one block away. Files are read, not mapped: a bad sector or a file cut off
 * is an error here and not a signal.
 *
 * Shapes   a place is an item of a leaf; key and tag are as they stand in the table
 * Owns     GlassLeaves: until glass_leaves_close; a GlassBlocks, the leaves that one thread read last: until
 *          glass_blocks_free. Keys and tags are valid until the next call with the same GlassBlocks.
 * Errors   ST_CORRUPT (a compressed tag too), ST_NOT_FOUND the file, ST_IO, ST_NO_MEMORY
 * Threads  GlassLeaves: any number at a time, each with a GlassBlocks of its own
 */
#ifndef INDEXER_GLASS_LEAVES_H
#define INDEXER_GLASS_LEAVES_H

#include "indexer/glass/sums.h"

typedef struct GlassLeaves GlassLeaves;
typedef struct GlassBlocks GlassBlocks;

/* sums: every block is compared with its sum when it is read, and they outlive the leaves; NULL: it is not. */
Status glass_leaves_open(GlassLeaves **out, const char *dir, GlassTableKind kind, const GlassVersion *version,
			 const GlassSums *sums, Err *err);
void glass_leaves_close(GlassLeaves *leaves);

GlassBlocks *glass_blocks_new(void); /* NULL: out of memory */
void glass_blocks_free(GlassBlocks *blocks);

typedef struct {
	uint32_t leaf, item;
} GlassPlace;

/* The first entry whose key is not below `key`, or the last one whose key is not above it. STEP_END: there is none. */
Step glass_find(const GlassLeaves *leaves, GlassBlocks *blocks, Str key, GlassPlace *place, Str *key_out, Str *tag_out,
		Err *err);
Step glass_find_last(const GlassLeaves *leaves, GlassBlocks *blocks, Str key, GlassPlace *place, Str *key_out,
		     Str *tag_out, Err *err);
/* The entry behind the one at *place. */
Step glass_find_next(const GlassLeaves *leaves, GlassBlocks *blocks, GlassPlace *place, Str *key_out, Str *tag_out,
		     Err *err);

#endif
