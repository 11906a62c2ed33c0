/* bench/sample/random.h - seeded chance: the same seed writes the same sample on every machine.
 *
 * Owns     nothing
 * Errors   none
 * Threads  one generator a thread
 * Source   splitmix64 (public domain algorithm by S. Vigna)
 */
#ifndef BENCH_SAMPLE_RANDOM_H
#define BENCH_SAMPLE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	uint64_t state;
} Random;

static inline uint64_t random_next(Random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* 0 .. limit - 1; limit >= 1 */
static inline unsigned random_below(Random *r, unsigned limit)
{
	return (unsigned)((random_next(r) >> 32) * limit >> 32);
}

/* least .. most */
static inline int random_between(Random *r, int least, int most)
{
	return least + (int)random_below(r, (unsigned)(most - least + 1));
}

static inline bool random_chance(Random *r, unsigned percent)
{
	return random_below(r, 100) < percent;
}

#endif
