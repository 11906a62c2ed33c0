/* base/arena.h - memory that is given back all at once.
 *
 * One arena per request and per ingested record: every view of it dies with it. Never more blocks
 * than needed; arena_reset keeps the first block for the next round.
 *
 * Owns     everything it hands out
 * Errors   NULL when out of memory
 * Threads  one at a time
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/linkage.h"

#include "base/str.h"

C_LINKAGE_BEGIN

typedef struct ArenaBlock ArenaBlock;
typedef struct {
	ArenaBlock *first, *current;
} Arena;

static inline void arena_init(Arena *a)
{
	a->first = a->current = NULL;
}
void arena_done(Arena *a);
void arena_reset(Arena *a);
void *arena_alloc(Arena *a, size_t size);                /* 16-aligned, uninitialised */
void *arena_calloc(Arena *a, size_t count, size_t size); /* zeroed; NULL on overflow too */
Str arena_copy(Arena *a, Str s);                         /* NUL-terminated copy; ptr NULL when out of memory */
char *arena_printf(Arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

C_LINKAGE_END

#endif
