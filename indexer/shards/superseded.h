/* indexer/shards/superseded.h - a set of sequences: versions that later ones replace, and destroyed ones.
 *
 * They stay in the shard that holds them until its next merge; until then searches leave them out.
 *
 * Owns     `list` is malloc'd; the owner frees it
 * Errors   false: out of memory
 * Threads  one at a time
 */
#ifndef INDEXER_SHARDS_SUPERSEDED_H
#define INDEXER_SHARDS_SUPERSEDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
	uint64_t *list;
	size_t count, capacity;
	uint64_t unreadable; /* entries of the range that could not be read from the archive, or only in part */
	bool destroyed;      /* some of them by a decision to destroy: their terms must leave the index as well */
} Superseded;

bool superseded_add(Superseded *s, uint64_t sequence);
bool superseded_add_all(Superseded *s, const Superseded *more);
void superseded_sort(Superseded *s);                         /* ascending, each once */
bool superseded_has(const Superseded *s, uint64_t sequence); /* s is sorted */

#endif
