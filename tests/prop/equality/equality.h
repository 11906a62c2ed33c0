/* tests/prop/equality/equality.h - an index built in bulk and one written by Xapian, from the same records.
 *
 *   random records ─► archive ─┬─► reindex in bulk       ─► shards ─┬─► compared by Xapian (shards.cc)
 *                              └─► reindex by Xapian     ─► shards ─┴─► compared by asking hoso (questions.c)
 *
 * Everything stops at the first difference with its name and the seed.
 *
 * Owns     everything lives until the program ends
 * Errors   none: the first difference ends the program with 1
 * Threads  one
 */
#ifndef TESTS_PROP_EQUALITY_H
#define TESTS_PROP_EQUALITY_H

#include "base/linkage.h"

C_LINKAGE_BEGIN

#include <stddef.h>
#include <stdint.h>

enum { EQUALITY_QUESTIONS = 1000, EQUALITY_SHARDS = 2 };

typedef struct {
	uint64_t state;
} Random;

static inline uint64_t random_next(Random *r)
{
	uint64_t z = r->state += 0x9E3779B97F4A7C15u;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static inline unsigned random_below(Random *r, unsigned n)
{
	return (unsigned)(random_next(r) % n);
}

/* world.c: `count` records as JSON lines, some of them later versions of earlier ones; words as they occur there. */
void world_write(const char *path, unsigned count, Random *random);
const char *world_word(Random *random);
extern const char *const world_types[], *const world_agencies[];
enum { WORLD_TYPES = 5, WORLD_AGENCIES = 6 };

/* questions.c: hoso's own answers from both archives. */
void compare_answers(const char *ours_archive, const char *theirs_archive, Random *random);

/* shards.cc: the shards of both archives, in order. */
void compare_shards(const char *const ours[], const char *const theirs[], size_t count, const char *scratch,
		    uint64_t seed);

C_LINKAGE_END

#endif
