/* indexer/ingest/tally.c - entries in an array, found by a hash table of their indices that is never more than half
 * full. */
#include "indexer/ingest/tally.h"

#include <stdlib.h>

void tally_done(Tally *tally)
{
	free(tally->entries);
	free(tally->slots);
	arena_done(&tally->arena);
	*tally = (Tally){0};
}

static uint32_t *find_slot(const Tally *tally, Str key)
{
	size_t at = (size_t)str_hash(key) & (tally->slot_count - 1);
	while (tally->slots[at] && !str_eq(tally->entries[tally->slots[at] - 1].key, key))
		at = (at + 1) & (tally->slot_count - 1);
	return &tally->slots[at];
}

TallyEntry *tally_find(const Tally *tally, Str key)
{
	uint32_t *slot = tally->slot_count ? find_slot(tally, key) : NULL;
	return slot && *slot ? &tally->entries[*slot - 1] : NULL;
}

static bool grow(Tally *tally)
{
	size_t capacity = tally->capacity ? tally->capacity * 2 : 64;
	TallyEntry *entries = realloc(tally->entries, capacity * sizeof *entries);
	if (!entries)
		return false;
	tally->entries = entries;
	uint32_t *slots = calloc(capacity * 2, sizeof *slots);
	if (!slots)
		return false;
	free(tally->slots);
	tally->slots = slots;
	tally->slot_count = capacity * 2;
	tally->capacity = capacity;
	for (size_t i = 0; i < tally->count; i++)
		*find_slot(tally, tally->entries[i].key) = (uint32_t)(i + 1);
	return true;
}

TallyEntry *tally_take(Tally *tally, Str key)
{
	TallyEntry *found = tally_find(tally, key);
	if (found || (tally->count == tally->capacity && !grow(tally)))
		return found;
	Str copy = arena_copy(&tally->arena, key);
	if (!copy.ptr)
		return NULL;
	uint32_t *slot = find_slot(tally, copy);
	tally->entries[tally->count] = (TallyEntry){.key = copy};
	*slot = (uint32_t)++tally->count;
	return &tally->entries[tally->count - 1];
}

bool tally_note(Tally *tally, TallyEntry *entry, Str note)
{
	Str copy = arena_copy(&tally->arena, note);
	if (copy.ptr)
		entry->note = copy;
	return copy.ptr != NULL;
}
