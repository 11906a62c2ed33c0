/* indexer/glass/bounds.c - least and greatest values in a short array, searched from end to end: slots are few. */
#include "indexer/glass/bounds.h"

#include <stdlib.h>

void glass_bounds_done(GlassBounds *b)
{
	for (size_t i = 0; i < b->count; i++) {
		buf_done(&b->slots[i].least);
		buf_done(&b->slots[i].greatest);
	}
	free(b->slots);
	*b = (GlassBounds){0};
}

static GlassSlotBounds *find(GlassBounds *b, uint32_t slot)
{
	for (size_t i = 0; i < b->count; i++)
		if (b->slots[i].slot == slot)
			return &b->slots[i];
	GlassSlotBounds *grown = realloc(b->slots, (b->count + 1) * sizeof *grown);
	if (!grown)
		return NULL;
	b->slots = grown;
	grown[b->count] = (GlassSlotBounds){.slot = slot};
	return &grown[b->count++];
}

static void replace(Buf *b, Str value)
{
	buf_clear(b);
	buf_add_str(b, value);
}

bool glass_bounds_add(GlassBounds *b, uint32_t slot, uint32_t count, Str least, Str greatest)
{
	GlassSlotBounds *s = find(b, slot);
	if (!s)
		return false;
	if (s->count == 0 || str_cmp(least, buf_str(&s->least)) < 0)
		replace(&s->least, least);
	if (s->count == 0 || str_cmp(greatest, buf_str(&s->greatest)) > 0)
		replace(&s->greatest, greatest);
	s->count += count;
	return buf_ok(&s->least) && buf_ok(&s->greatest);
}

/* A slot as it ends its key: little-endian, no leading zero bytes; that is not the order of numbers. */
static Str slot_bytes(const GlassSlotBounds *s, uint8_t out[4])
{
	size_t len = 0;
	for (uint32_t slot = s->slot; slot; slot >>= 8)
		out[len++] = (uint8_t)slot;
	return (Str){(const char *)out, len};
}

static int compare(const void *a, const void *b)
{
	uint8_t x[4], y[4];
	return str_cmp(slot_bytes(a, x), slot_bytes(b, y));
}

Status glass_bounds_write(GlassBounds *b, GlassWriter *w, Err *err)
{
	Status st = ST_OK;
	if (b->count)
		qsort(b->slots, b->count, sizeof *b->slots, compare);
	for (size_t i = 0; st == ST_OK && i < b->count; i++) {
		const GlassSlotBounds *s = &b->slots[i];
		st = glass_writer_value_bounds(w, s->slot, s->count, buf_str(&s->least), buf_str(&s->greatest), err);
	}
	return st;
}
