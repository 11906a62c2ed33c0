/* indexer/invert/chain.c - slices are cut from pages of one block, a page for one class of slices at a time.
 *
 * When a slice is full, the next larger one is taken and its ChainEnd is written into the last four bytes of the full
 * one. Nothing is freed: the whole pool is cleared with the batch.
 */
#include "indexer/invert/chain.h"

#include <stdlib.h>

#include "base/pages.h"

enum { LINK = 4 };

Status chain_pool_init(ChainPool *pool, size_t bytes, Err *err)
{
	*pool = (ChainPool){0};
	if (bytes > CHAIN_POOL_MAX)
		bytes = CHAIN_POOL_MAX;
	pool->bytes = pages_alloc((bytes + CHAIN_PAGE - 1) / CHAIN_PAGE * CHAIN_PAGE);
	if (!pool->bytes)
		return err_no_memory(err);
	pool->capacity = (uint32_t)(bytes / CHAIN_PAGE * CHAIN_PAGE);
	chain_pool_clear(pool);
	return ST_OK;
}

void chain_pool_done(ChainPool *pool)
{
	free(pool->bytes);
	*pool = (ChainPool){0};
}

void chain_pool_clear(ChainPool *pool)
{
	pool->used = 0;
	memset(pool->free_at, 0, sizeof pool->free_at);
	memset(pool->free_end, 0, sizeof pool->free_end);
}

static uint32_t take_slice(ChainPool *pool, unsigned class)
{
	if (pool->free_at[class] == pool->free_end[class]) {
		/* Offset 0 means "no chain": the first slice of the first page stays unused. */
		pool->free_at[class] = pool->used + (pool->used == 0 ? 8u << class : 0);
		pool->used += CHAIN_PAGE;
		pool->free_end[class] = pool->used;
	}
	uint32_t at = pool->free_at[class];
	pool->free_at[class] += 8u << class;
	return at;
}

ChainEnd chain_new(ChainPool *pool)
{
	return take_slice(pool, 0) << 3;
}

ChainEnd chain_grow(ChainPool *pool, ChainEnd end)
{
	unsigned class = end & 7;
	if (class + 1 < CHAIN_CLASSES)
		class ++;
	uint32_t next = take_slice(pool, class) << 3 | class;
	memcpy(pool->bytes + (end >> 3), &next, LINK);
	return next;
}

/* The end of a slice's content if it is full. */
static uint32_t slice_end(ChainEnd at)
{
	uint32_t size = 8u << (at & 7);
	return ((at >> 3) & ~(size - 1)) + size - LINK;
}

ChainEnd chain_next(const ChainPool *pool, ChainEnd at, ChainEnd end)
{
	ChainEnd next;
	uint32_t stop = slice_end(at);
	if (stop == slice_end(end))
		return 0;
	memcpy(&next, pool->bytes + stop, LINK);
	return next;
}

size_t chain_copy(const ChainPool *pool, ChainEnd head, ChainEnd end, uint8_t *out)
{
	const uint8_t *start = out;
	for (;;) {
		uint32_t at = head >> 3, stop = slice_end(head), last = slice_end(end);
		uint32_t len = (stop == last ? end >> 3 : stop) - at;
		/* Slices are words, most of them one or two. */
		for (uint32_t i = 0; i < len; i += 8)
			memcpy(out + i, pool->bytes + at + i, 8);
		out += len;
		if (stop == last)
			return (size_t)(out - start);
		memcpy(&head, pool->bytes + stop, LINK);
	}
}
