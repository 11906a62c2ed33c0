/* indexer/invert/chain.h - many growing byte strings in one block of memory, emptied all at once.
 *
 *   chain   slice of 8 bytes → slice of 16 → … → slices of 1024        the last 4 bytes of a slice name the next
 *
 * A slice begins at a multiple of its size, so an offset alone tells where its slice ends. Most terms of a batch have
 * a posting or two and never take more than the first slice.
 *
 * Shapes   a ChainEnd is offset << 3 | class of the slice (8 bytes << class); 0: no chain
 * Owns     the memory until chain_pool_done
 * Errors   none while chain_pool_room says so
 * Threads  one at a time
 */
#ifndef INDEXER_INVERT_CHAIN_H
#define INDEXER_INVERT_CHAIN_H

#include "base/err.h"
#include "base/str.h"

enum {
	CHAIN_CLASSES = 8,
	CHAIN_PAGE = 4096,     /* slices of a class are cut from pages */
	CHAIN_APPEND_MAX = 32, /* bytes between two looks at the room */
	/* what an append of that many bytes may take */
	CHAIN_RESERVE = 2 * (8 << (CHAIN_CLASSES - 1)),
	CHAIN_POOL_MAX = 1 << 28,
};

typedef uint32_t ChainEnd;

typedef struct {
	uint8_t *bytes;
	uint32_t used, capacity;
	uint32_t free_at[CHAIN_CLASSES], free_end[CHAIN_CLASSES]; /* what is left of each class's page */
} ChainPool;

Status chain_pool_init(ChainPool *pool, size_t bytes, Err *err); /* room for `bytes` and some more */
void chain_pool_done(ChainPool *pool);
void chain_pool_clear(ChainPool *pool);
ChainEnd chain_new(ChainPool *pool);
ChainEnd chain_grow(ChainPool *pool, ChainEnd end); /* end stands at the end of a slice */
/* The slice behind the one that `at` stands in, 0 behind the last. */
ChainEnd chain_next(const ChainPool *pool, ChainEnd at, ChainEnd end);
/* Copies the chain out; out has room for chain_bytes_max. Returns the number of bytes. */
size_t chain_copy(const ChainPool *pool, ChainEnd head, ChainEnd end, uint8_t *out);
static inline size_t chain_bytes_max(const ChainPool *pool)
{
	return pool->used + 8;
}

/* True while `appends` appends of CHAIN_APPEND_MAX bytes are certain to fit. */
static inline bool chain_pool_room(const ChainPool *pool, size_t appends)
{
	return pool->capacity - pool->used > appends * CHAIN_RESERVE + CHAIN_CLASSES * CHAIN_PAGE;
}

static inline void chain_put(ChainPool *pool, ChainEnd *end, uint8_t byte)
{
	uint32_t at = *end >> 3, size = 8u << (*end & 7);
	if (((at + 4) & (size - 1)) == 0) {
		*end = chain_grow(pool, *end);
		at = *end >> 3;
	}
	pool->bytes[at] = byte;
	*end += 8;
}

static inline void chain_put_varint(ChainPool *pool, ChainEnd *end, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		chain_put(pool, end, (uint8_t)(value | 0x80));
	chain_put(pool, end, (uint8_t)value);
}

/* Two varints; nearly always of one byte each, and then of one slice. */
static inline ChainEnd chain_put_pair(ChainPool *pool, ChainEnd end, uint32_t a, uint32_t b)
{
	uint32_t at = end >> 3, size = 8u << (end & 7);
	if ((a | b) < 0x80 && ((at + 4) & (size - 1)) != 0 && ((at + 5) & (size - 1)) != 0) {
		uint16_t both = (uint16_t)(a | b << 8);
		memcpy(pool->bytes + at, &both, sizeof both);
		return end + 2 * 8;
	}
	chain_put_varint(pool, &end, a);
	chain_put_varint(pool, &end, b);
	return end;
}

static inline void chain_prefetch(const ChainPool *pool, ChainEnd end)
{
	__builtin_prefetch(pool->bytes + (end >> 3), 1);
}

#endif
