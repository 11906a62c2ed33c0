/* indexer/glass/block.h - one block of a glass table: its directory and its items (layout: table.c).
 *
 * Every number is checked against the block's size before it is used.
 *
 * Shapes   block: block_size bytes; item: its index in the directory, below glass_block_items
 * Owns     keys and pieces are views of the block
 * Errors   a message, or false: the block is damaged
 * Threads  pure
 */
#ifndef INDEXER_GLASS_BLOCK_H
#define INDEXER_GLASS_BLOCK_H

#include "base/str.h"

enum {
	GLASS_LEVELS_MAX = 10,
	GLASS_BLOCK_HEADER = 11,
	GLASS_ITEM_HEADER = 3,
	GLASS_BRANCH_MIN = 4 + 1 + 2,
	GLASS_ITEM_SIZE = 0x1FFF, /* of the item's first two bytes; the rest are flags */
	GLASS_ITEM_FIRST = 0x2000,
	GLASS_ITEM_LAST = 0x4000,
	GLASS_ITEM_COMPRESSED = 0x8000,
};

static inline uint16_t glass_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t glass_be32(const uint8_t *p)
{
	return (uint32_t)glass_be16(p) << 16 | glass_be16(p + 2);
}

static inline uint32_t glass_block_items(const uint8_t *block)
{
	return (uint32_t)(glass_be16(block + 9) - GLASS_BLOCK_HEADER) / 2;
}

/* What is wrong with the header; NULL: nothing. */
static inline const char *glass_block_problem(const uint8_t *block, uint32_t block_size, int level, uint32_t revision)
{
	uint32_t end = glass_be16(block + 9), max_free = glass_be16(block + 5), total_free = glass_be16(block + 7);
	if (glass_be32(block) > revision)
		return "is newer than the database";
	if (block[4] != level)
		return "is of another level than its parent says";
	if (end < GLASS_BLOCK_HEADER + 2 || (end - GLASS_BLOCK_HEADER) % 2 || end > block_size ||
	    total_free > block_size - end || max_free > total_free)
		return "has a bad directory";
	return NULL;
}

/* The offset of an item of at least `least` bytes; 0 if it lies outside the block. */
static inline uint32_t glass_item_offset(const uint8_t *block, uint32_t block_size, uint32_t item, uint32_t least)
{
	uint32_t offset = glass_be16(block + GLASS_BLOCK_HEADER + 2 * item);
	bool inside = offset >= glass_be16(block + 9) && offset <= block_size - least;
	return inside ? offset : 0;
}

/* A piece of an entry's tag; most entries are one. */
typedef struct {
	uint16_t flags;
	uint32_t part; /* from 1 */
	Str key, piece;
} GlassItem;

static inline bool glass_leaf_item(const uint8_t *block, uint32_t block_size, uint32_t item, GlassItem *out)
{
	uint32_t offset = glass_item_offset(block, block_size, item, GLASS_ITEM_HEADER);
	const uint8_t *p = block + offset;
	if (!offset)
		return false;
	uint32_t size = (uint32_t)(glass_be16(p) & GLASS_ITEM_SIZE), key_len = p[2];
	out->flags = glass_be16(p) & (GLASS_ITEM_FIRST | GLASS_ITEM_LAST | GLASS_ITEM_COMPRESSED);
	uint32_t head = key_len + (out->flags & GLASS_ITEM_FIRST ? 0 : 2);
	if (size > block_size - offset - GLASS_ITEM_HEADER || head > size)
		return false;
	p += GLASS_ITEM_HEADER;
	out->key = (Str){(const char *)p, key_len};
	out->part = out->flags & GLASS_ITEM_FIRST ? 1 : glass_be16(p + key_len);
	out->piece = (Str){(const char *)p + head, size - head};
	return true;
}

/* A branch's item: the child that holds all from (key, part) on. The first item of a branch has an empty key. */
typedef struct {
	uint32_t child, part;
	Str key;
} GlassBranch;

static inline bool glass_branch_item(const uint8_t *block, uint32_t block_size, uint32_t item, GlassBranch *out)
{
	uint32_t offset = glass_item_offset(block, block_size, item, GLASS_BRANCH_MIN);
	const uint8_t *p = block + offset;
	if (!offset || p[4] > block_size - offset - GLASS_BRANCH_MIN)
		return false;
	*out = (GlassBranch){
		.child = glass_be32(p), .key = {(const char *)p + 5, p[4]}, .part = glass_be16(p + 5 + p[4])};
	return true;
}

#endif
