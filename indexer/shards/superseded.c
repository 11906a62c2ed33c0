/* indexer/shards/superseded.c - an array that grows by doubling; sorted once, then searched by halves. */
#include "indexer/shards/superseded.h"

#include <stdlib.h>

bool superseded_add(Superseded *s, uint64_t sequence)
{
	if (s->count == s->capacity) {
		size_t wanted = s->capacity ? s->capacity * 2 : 64;
		uint64_t *grown = realloc(s->list, wanted * sizeof *grown);
		if (!grown)
			return false;
		s->list = grown;
		s->capacity = wanted;
	}
	s->list[s->count++] = sequence;
	return true;
}

bool superseded_add_all(Superseded *s, const Superseded *more)
{
	for (size_t i = 0; i < more->count; i++)
		if (!superseded_add(s, more->list[i]))
			return false;
	s->unreadable += more->unreadable;
	return true;
}

static int order_of_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

void superseded_sort(Superseded *s)
{
	size_t used = 0;
	if (s->count)
		qsort(s->list, s->count, sizeof *s->list, order_of_numbers);
	for (size_t i = 0; i < s->count; i++)
		if (used == 0 || s->list[used - 1] != s->list[i])
			s->list[used++] = s->list[i];
	s->count = used;
}

bool superseded_has(const Superseded *s, uint64_t sequence)
{
	return s->count && bsearch(&sequence, s->list, s->count, sizeof *s->list, order_of_numbers);
}
