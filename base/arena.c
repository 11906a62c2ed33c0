/* base/arena.c - a chain of blocks, filled from the front. Blocks double from 4 KiB up to 1 MiB; a request that is
 * larger gets a block of its own size. Nothing is given back before arena_reset or arena_done, so a request costs an
 * addition.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_BLOCK = 4096, LARGEST_STEP = 1 << 20 };

struct ArenaBlock {
	ArenaBlock *next;
	size_t size, used;
	_Alignas(16) char bytes[];
};

static void free_chain(ArenaBlock *block)
{
	while (block) {
		ArenaBlock *next = block->next;
		free(block);
		block = next;
	}
}

void arena_done(Arena *a)
{
	free_chain(a->first);
	*a = (Arena){0};
}

void arena_reset(Arena *a)
{
	if (!a->first)
		return;
	free_chain(a->first->next);
	a->first->next = NULL;
	a->first->used = 0;
	a->current = a->first;
}

void *arena_alloc(Arena *a, size_t size)
{
	if (size > SIZE_MAX - 64)
		return NULL;
	size = (size + 15) & ~(size_t)15;
	ArenaBlock *block = a->current;
	if (!block || block->size - block->used < size) {
		size_t wanted = block ? block->size * 2 : FIRST_BLOCK;
		if (wanted > LARGEST_STEP)
			wanted = LARGEST_STEP;
		if (wanted < size)
			wanted = size;
		ArenaBlock *fresh = malloc(sizeof *fresh + wanted);
		if (!fresh)
			return NULL;
		*fresh = (ArenaBlock){.size = wanted};
		if (block)
			block->next = fresh;
		else
			a->first = fresh;
		a->current = block = fresh;
	}
	void *at = block->bytes + block->used;
	block->used += size;
	return at;
}

void *arena_calloc(Arena *a, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	void *at = arena_alloc(a, total);
	return at ? memset(at, 0, total) : NULL;
}

Str arena_copy(Arena *a, Str s)
{
	char *copy = arena_alloc(a, s.len + 1);
	if (!copy)
		return (Str){NULL, 0};
	if (s.len)
		memcpy(copy, s.ptr, s.len);
	copy[s.len] = 0;
	return (Str){copy, s.len};
}

char *arena_printf(Arena *a, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	char *text = len < 0 ? NULL : arena_alloc(a, (size_t)len + 1);
	if (text)
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	va_end(args);
	return text;
}
