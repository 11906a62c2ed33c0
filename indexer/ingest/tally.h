/* indexer/ingest/tally.h - things that are counted by name: case files, numbers, folders.
 *
 * Owns     keys and notes are copied into the tally, until tally_done
 * Errors   a NULL entry: out of memory
 * Threads  one at a time
 */
#ifndef INDEXER_INGEST_TALLY_H
#define INDEXER_INGEST_TALLY_H

#include "base/arena.h"

typedef struct {
	Str key;
	uint64_t count;
	uint64_t line; /* where it was seen first */
	Str note;      /* its keeper's own */
} TallyEntry;

typedef struct {
	TallyEntry *entries; /* in the order in which they came */
	size_t count, capacity;
	uint32_t *slots; /* open addressing: index + 1 into entries, 0 is free */
	size_t slot_count;
	Arena arena;
} Tally;

void tally_done(Tally *tally);
/* The entry of that key, made where there is none. It stays where it is until the next call. */
TallyEntry *tally_take(Tally *tally, Str key);
TallyEntry *tally_find(const Tally *tally, Str key); /* NULL: there is none */
bool tally_note(Tally *tally, TallyEntry *entry, Str note);

#endif
