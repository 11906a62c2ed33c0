/* indexer/invert/batch.c - two hash tables, of codes and of terms, whose entries own chains of postings.
 *
 * A group of occurrences is looked up in four rounds, so that the cache misses of all of them overlap: prefetch the
 * index line; prefetch the entry; find it and prefetch the end of its chain; update it. Sorting is sort.c's.
 */
#include "indexer/invert/batch.h"

#include <stdlib.h>

#include "base/pages.h"

enum {
	TAG_SHIFT = 20,
	NUMBER_MASK = (1 << TAG_SHIFT) - 1,
	BYTES_PER_ENTRY = 48, /* an entry, its two index places and a little of everything else */
	POOL_SPARE = 4 * BATCH_GROUP * CHAIN_RESERVE + CHAIN_CLASSES * CHAIN_PAGE,
};

static Status init_table(BatchTable *t, uint32_t capacity, bool positions, Err *err)
{
	unsigned bits = 1;
	while ((1u << bits) < 2 * capacity)
		bits++;
	t->capacity = capacity;
	t->shift = 64 - bits;
	t->mask = (1u << bits) - 1;
	t->entries = pages_alloc(capacity * sizeof *t->entries + (t->mask + 1u) * sizeof *t->index);
	t->index = (uint32_t *)(void *)(t->entries + capacity);
	t->positions = positions ? malloc(capacity * sizeof *t->positions) : NULL;
	return t->entries && (t->positions || !positions) ? ST_OK : err_no_memory(err);
}

static void done_table(BatchTable *t)
{
	free(t->entries);
	free(t->positions);
}

Status batch_init(Batch *b, size_t bytes, bool positions, Err *err)
{
	*b = (Batch){.bytes_max = bytes / 2};
	size_t entries = bytes / 2 / BYTES_PER_ENTRY;
	if (entries < BATCH_ENTRIES_MIN)
		entries = BATCH_ENTRIES_MIN;
	if (entries > BATCH_ENTRIES_MAX)
		entries = BATCH_ENTRIES_MAX;
	Status st = init_table(&b->codes, (uint32_t)entries, positions, err);
	if (st == ST_OK)
		st = init_table(&b->terms, (uint32_t)entries, positions, err);
	if (st == ST_OK)
		st = chain_pool_init(&b->pool, b->bytes_max + POOL_SPARE, err);
	return st;
}

void batch_done(Batch *b)
{
	done_table(&b->codes);
	done_table(&b->terms);
	chain_pool_done(&b->pool);
	buf_done(&b->bytes);
	glass_list_done(&b->lengths);
	for (size_t i = 0; i < b->value_slots; i++)
		glass_list_done(&b->values[i].list);
	free(b->values);
	free(b->items);
	buf_done(&b->run_bytes);
	*b = (Batch){0};
}

bool batch_is_empty(const Batch *b)
{
	return b->codes.count == 0 && b->terms.count == 0 && b->lengths.body.len == 0 && b->value_bytes == 0;
}

static size_t bytes_used(const Batch *b)
{
	return b->pool.used + b->bytes.len + b->value_bytes + b->lengths.body.len;
}

bool batch_has_room(const Batch *b)
{
	return b->codes.count + BATCH_GROUP <= b->codes.capacity && b->terms.count + BATCH_GROUP <= b->terms.capacity &&
	       bytes_used(b) < b->bytes_max && chain_pool_room(&b->pool, 2 * BATCH_GROUP);
}

bool batch_nearly_full(const Batch *b)
{
	return b->codes.count > b->codes.capacity / 8 * 7 || b->terms.count > b->terms.capacity / 8 * 7 ||
	       bytes_used(b) > b->bytes_max / 8 * 7;
}

static void put_position(Batch *b, BatchPositions *p, uint32_t did, uint32_t position)
{
	if (p->head == 0)
		p->head = p->end = chain_new(&b->pool);
	if (p->last == did) {
		int64_t step = (int64_t)position - p->position;
		chain_put_varint(&b->pool, &p->end, ((uint64_t)step << 1 ^ (uint64_t)(step >> 63)) << 1);
	} else {
		chain_put_varint(&b->pool, &p->end, (uint64_t)(p->last ? did - p->last - 1 : 0) << 1 | 1);
		chain_put_varint(&b->pool, &p->end, position);
		if (p->first == 0)
			p->first = did;
		p->last = did;
	}
	p->position = position;
}

static inline void update(Batch *b, BatchEntry *e, uint32_t did, uint32_t wdf)
{
	if (e->last == did) {
		e->wdf += wdf;
		return;
	}
	if (e->last) {
		if (e->head == 0)
			e->head = e->end = chain_new(&b->pool);
		if (e->wdf > b->wdf_max)
			b->wdf_max = e->wdf;
		e->cf += e->wdf;
		e->end = chain_put_pair(&b->pool, e->end, e->wdf, did - e->last - 1);
	} else {
		e->first = did;
	}
	e->last = did;
	e->wdf = wdf;
}

static inline uint64_t hash_code(uint64_t code)
{
	code *= UINT64_C(0x9E3779B97F4A7C15);
	return code ^ code >> 32;
}

static inline uint32_t home_of(const BatchTable *t, uint64_t hash)
{
	return (uint32_t)(hash >> t->shift);
}

static inline uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)hash & ~(uint32_t)NUMBER_MASK;
}

static BatchEntry *add_entry(BatchTable *t, uint32_t place, uint32_t tag, uint64_t code)
{
	uint32_t number = t->count++;
	t->index[place] = tag | (number + 1);
	if (t->positions)
		t->positions[number] = (BatchPositions){0};
	BatchEntry *e = &t->entries[number];
	*e = (BatchEntry){.code = code};
	return e;
}

static inline BatchEntry *find_code(BatchTable *t, uint64_t code, uint64_t hash)
{
	uint32_t tag = tag_of(hash);
	for (uint32_t place = home_of(t, hash);; place = (place + 1) & t->mask) {
		uint32_t found = t->index[place];
		if (found == 0)
			return add_entry(t, place, tag, code);
		if ((found & ~(uint32_t)NUMBER_MASK) == tag && t->entries[(found & NUMBER_MASK) - 1].code == code)
			return &t->entries[(found & NUMBER_MASK) - 1];
	}
}

static inline void find_codes(Batch *b, const uint64_t *codes, uint32_t count, BatchEntry *entries[BATCH_GROUP])
{
	BatchTable *t = &b->codes;
	uint64_t hashes[BATCH_GROUP];
	for (uint32_t i = 0; i < count; i++) {
		hashes[i] = hash_code(codes[i]);
		__builtin_prefetch(&t->index[home_of(t, hashes[i])]);
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t found = t->index[home_of(t, hashes[i])] & NUMBER_MASK;
		__builtin_prefetch(&t->entries[found ? found - 1 : 0], 1);
	}
	for (uint32_t i = 0; i < count; i++) {
		entries[i] = find_code(t, codes[i], hashes[i]);
		chain_prefetch(&b->pool, entries[i]->end); /* without a test whether it is needed: the branch would
							      often be mispredicted */
	}
}

void batch_add_codes(Batch *b, uint32_t did, const uint64_t *codes, uint32_t count, uint32_t wdf)
{
	BatchEntry *entries[BATCH_GROUP];
	find_codes(b, codes, count, entries);
	for (uint32_t i = 0; i < count; i++)
		update(b, entries[i], did, wdf);
}

void batch_add_pending(Batch *b, uint32_t did, const BatchPending *pending)
{
	BatchTable *t = &b->codes;
	BatchEntry *entries[BATCH_GROUP];
	find_codes(b, pending->codes, pending->count, entries);
	for (uint32_t i = 0; i < pending->count; i++) {
		update(b, entries[i], did, pending->wdf[i]);
		if (pending->position[i] && t->positions)
			put_position(b, &t->positions[entries[i] - t->entries], did, pending->position[i]);
	}
}

bool batch_add_term(Batch *b, uint32_t did, Str term, uint32_t wdf, uint32_t position)
{
	BatchTable *t = &b->terms;
	uint64_t hash = str_hash(term);
	uint32_t tag = tag_of(hash), place = home_of(t, hash);
	BatchEntry *e = NULL;
	for (; !e && t->index[place]; place = (place + 1) & t->mask) {
		if ((t->index[place] & ~(uint32_t)NUMBER_MASK) != tag)
			continue;
		BatchEntry *other = &t->entries[(t->index[place] & NUMBER_MASK) - 1];
		const char *bytes = b->bytes.data + (uint32_t)other->code;
		if (other->code >> 32 == hash >> 32 && (uint8_t)bytes[0] == term.len &&
		    memcmp(bytes + 1, term.ptr, term.len) == 0)
			e = other;
	}
	if (!e) {
		size_t offset = b->bytes.len;
		buf_add_char(&b->bytes, (char)term.len);
		buf_add_str(&b->bytes, term);
		if (!buf_ok(&b->bytes))
			return false;
		e = add_entry(t, place, tag, (hash >> 32 << 32) | offset);
	}
	update(b, e, did, wdf);
	if (position && t->positions)
		put_position(b, &t->positions[e - t->entries], did, position);
	return true;
}

static GlassList *values_of(Batch *b, uint32_t slot)
{
	for (size_t i = 0; i < b->value_slots; i++)
		if (b->values[i].slot == slot)
			return &b->values[i].list;
	BatchValues *grown = realloc(b->values, (b->value_slots + 1) * sizeof *grown);
	if (!grown)
		return NULL;
	b->values = grown;
	grown[b->value_slots] = (BatchValues){.slot = slot};
	return &grown[b->value_slots++].list;
}

bool batch_add_value(Batch *b, uint32_t did, uint32_t slot, Str value)
{
	GlassList *list = values_of(b, slot);
	b->value_bytes += value.len + 3;
	return list && glass_list_add_string(list, did, value);
}

bool batch_add_length(Batch *b, uint32_t did, uint32_t length)
{
	return glass_list_add_number(&b->lengths, did, length);
}
