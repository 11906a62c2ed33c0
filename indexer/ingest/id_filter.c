/* indexer/ingest/id_filter.c - one bit an id, by FNV-1a. */
#include "indexer/ingest/id_filter.h"

static uint64_t hash_of(Str id)
{
	uint64_t hash = 0xcbf29ce484222325u;
	for (size_t i = 0; i < id.len; i++)
		hash = (hash ^ (uint8_t)id.ptr[i]) * 0x100000001b3u;
	return hash;
}

static size_t word_of(uint64_t hash)
{
	return hash >> 6 & (sizeof((IdFilter *)0)->words / sizeof(uint64_t) - 1);
}

void id_filter_add(IdFilter *filter, Str id)
{
	uint64_t hash = hash_of(id);
	filter->words[word_of(hash)] |= UINT64_C(1) << (hash & 63);
}

bool id_filter_may_have(const IdFilter *filter, Str id)
{
	uint64_t hash = hash_of(id);
	return filter->words[word_of(hash)] >> (hash & 63) & 1;
}

void id_filter_clear(IdFilter *filter)
{
	memset(filter, 0, sizeof *filter);
}
