/* store/log/table.c - open addressing with linear probing. The hashes are the first eight bytes of a SHA-256, so any of
 * their bits choose a slot evenly; a slot is free where its value is UINT64_MAX. */
#include "store/log/table.h"

#include "store/format/descriptor.h"

#include <stdlib.h>

#define FREE UINT64_MAX

void table_done(Table *t)
{
	free(t->slots);
	*t = (Table){0};
}

static size_t slot_of(const Table *t, uint64_t hash)
{
	return (size_t)(hash >> 16) & (t->capacity - 1);
}

static void place(Table *t, uint64_t hash, uint64_t value)
{
	size_t at = slot_of(t, hash);
	while (t->slots[at].value != FREE)
		at = (at + 1) & (t->capacity - 1);
	t->slots[at] = (TableEntry){hash, value};
	t->count++;
}

static bool rebuild(Table *t, size_t capacity, bool (*keep)(void *ctx, const TableEntry *entry), void *ctx)
{
	Table bigger = {.capacity = capacity, .slots = malloc(capacity * sizeof *t->slots)};
	if (!bigger.slots)
		return false;
	for (size_t i = 0; i < capacity; i++)
		bigger.slots[i] = (TableEntry){0, FREE};
	for (size_t i = 0; i < t->capacity; i++)
		if (t->slots[i].value != FREE && (!keep || keep(ctx, &t->slots[i])))
			place(&bigger, t->slots[i].hash, t->slots[i].value);
	free(t->slots);
	*t = bigger;
	return true;
}

bool table_reserve(Table *t, size_t more)
{
	size_t wanted = t->count + more, capacity = t->capacity ? t->capacity : 64;
	while (wanted + wanted / 2 >= capacity)
		capacity *= 2;
	return capacity == t->capacity || rebuild(t, capacity, NULL, NULL);
}

bool table_add(Table *t, uint64_t hash, uint64_t value)
{
	if (!table_reserve(t, 1))
		return false;
	place(t, hash, value);
	return true;
}

bool table_next(const Table *t, uint64_t hash, size_t *at, uint64_t *value_out)
{
	for (; *at < t->capacity; ++*at) {
		const TableEntry *slot = &t->slots[(slot_of(t, hash) + *at) & (t->capacity - 1)];
		if (slot->value == FREE)
			return false;
		if (slot->hash == hash) {
			++*at;
			*value_out = slot->value;
			return true;
		}
	}
	return false;
}

bool table_filter(Table *t, bool (*keep)(void *ctx, const TableEntry *entry), void *ctx)
{
	size_t kept = 0, capacity = 64;
	for (size_t i = 0; i < t->capacity; i++)
		kept += t->slots[i].value != FREE && keep(ctx, &t->slots[i]);
	while (capacity < kept * 2)
		capacity *= 2;
	return rebuild(t, capacity, keep, ctx);
}

uint64_t lookup_hash(LookupKind lookup, uint8_t entry_kind, Str key)
{
	uint8_t bytes[2 + 256] = {(uint8_t)lookup, entry_kind};
	size_t len = key.len > 256 ? 256 : key.len;
	memcpy(bytes + 2, key.ptr, len);
	Hash hash;
	hash_of((Str){(const char *)bytes, 2 + len}, &hash);
	return get_le64(hash.bytes);
}

Status frame_lookups(uint32_t segment, const Frame *frame,
		     Status (*add)(void *ctx, uint64_t hash, uint64_t value, Err *err), void *ctx, Err *err)
{
	Status st = ST_OK;
	if (frame->header.type == FRAME_OBJECT && !(frame->header.flags & FRAME_DESTROYED)) {
		ObjectDescriptor object;
		if (!object_descriptor_get(frame->descriptor, &object))
			return err_set(err, ST_CORRUPT, "damaged object descriptor");
		st = add(ctx, lookup_object(&object.hash), (uint64_t)segment << 32 | frame->header.ordinal, err);
	} else if (frame->header.type == FRAME_LEAF) {
		LeafDescriptor leaf;
		Str rest = frame->annex, code;
		Step step;
		if (!leaf_descriptor_get(frame->descriptor, &leaf) || leaf.sequence != frame->header.sequence)
			return err_set(err, ST_CORRUPT, "damaged leaf descriptor");
		st = add(ctx, lookup_hash(LOOKUP_KEY, leaf.kind, leaf.key), leaf.sequence, err);
		while (st == ST_OK && (step = annex_next(&rest, &code)) != STEP_END)
			st = step == STEP_ERROR
				     ? err_set(err, ST_CORRUPT, "damaged list of case files")
				     : add(ctx, lookup_hash(LOOKUP_MEMBER, leaf.kind, code), leaf.sequence, err);
	}
	return st;
}
