/* indexer/invert/sort.c - sorts the keys of a batch, then writes their lists in that order.
 *
 * Keys are sorted by 8 bytes with a radix sort: a whole code, or the first 8 bytes of a term. Terms that share their
 * first 8 bytes form small groups, which are then sorted by all their bytes.
 *
 * Written in the order of keys, lists are read from all over the memory, and the slices of one list are scattered too.
 * So the next lists are prefetched while one is written, one more slice of each at every step.
 */
#include "indexer/invert/sort.h"

#include <stdlib.h>

#include "base/pages.h"
#include "indexer/glass/positions.h"

enum { FROM_CODES = 1u << 31 };

struct SortItem {
	uint64_t key;
	uint32_t entry;  /* | FROM_CODES */
	uint32_t offset; /* of the term in the batch's bytes */
};

enum { ENTRIES_AHEAD = 16, LISTS_AHEAD = 8 };

typedef struct {
	ChainEnd at, end;
} Ahead;

typedef struct {
	Batch *batch;
	SortItem *items, *other;
	Ahead ahead[LISTS_AHEAD];      /* of item i at i % LISTS_AHEAD */
	size_t code_count, term_count; /* codes first; written as terms they count as terms */
	RunWriter w;
	Buf scratch[2];
	Buf positions;
	GlassList united;
} Sorter;

static SortItem *radix_sort(SortItem *items, SortItem *other, size_t count)
{
	static const unsigned digits = 8;
	uint32_t(*counts)[256] = calloc(digits, sizeof *counts);
	if (!counts)
		return NULL;
	for (size_t i = 0; i < count; i++)
		for (unsigned d = 0; d < digits; d++)
			counts[d][items[i].key >> 8 * d & 255]++;
	for (unsigned d = 0; d < digits; d++) {
		if (count == 0 || counts[d][items[0].key >> 8 * d & 255] == count)
			continue; /* all keys have the same digit */
		uint32_t at = 0;
		for (int i = 0; i < 256; i++) {
			uint32_t n = counts[d][i];
			counts[d][i] = at;
			at += n;
		}
		for (size_t i = 0; i < count; i++)
			other[counts[d][items[i].key >> 8 * d & 255]++] = items[i];
		SortItem *swap = items;
		items = other;
		other = swap;
	}
	free(counts);
	return items;
}

static Str term_at(const Batch *b, uint32_t offset)
{
	return (Str){b->bytes.data + offset + 1, (uint8_t)b->bytes.data[offset]};
}

static int compare_terms(const void *a, const void *b, void *batch)
{
	return str_cmp(term_at(batch, ((const SortItem *)a)->offset), term_at(batch, ((const SortItem *)b)->offset));
}

static uint64_t prefix_of(Str term)
{
	uint8_t bytes[8] = {0};
	memcpy(bytes, term.ptr, term.len < 8 ? term.len : 8);
	uint64_t prefix;
	memcpy(&prefix, bytes, 8);
	return __builtin_bswap64(prefix);
}

static Status sort(Sorter *s, size_t from, size_t count, bool terms, Err *err)
{
	SortItem *items = s->items + from;
	SortItem *sorted = radix_sort(items, s->other, count);
	if (!sorted)
		return err_no_memory(err);
	if (sorted != items)
		memcpy(items, sorted, count * sizeof *items);
	for (size_t i = 0; terms && i < count;) {
		size_t end = i + 1;
		while (end < count && items[end].key == items[i].key)
			end++;
		if (end - i > 1)
			qsort_r(items + i, end - i, sizeof *items, compare_terms, s->batch);
		i = end;
	}
	return ST_OK;
}

static Status collect(Sorter *s, InvertSpell *spell, void *spell_ctx, Err *err)
{
	Batch *b = s->batch;
	char spelled[GLASS_TERM_MAX];
	uint8_t escaped[GLASS_TERM_MAX];
	for (uint32_t i = 0; i < b->codes.count; i++) {
		SortItem *item = &s->items[i];
		*item = (SortItem){.key = b->codes.entries[i].code, .entry = i | FROM_CODES};
		if (!spell)
			continue;
		size_t len = spell(spell_ctx, item->key, spelled);
		len = len <= sizeof spelled ? glass_escape_term((Str){spelled, len}, escaped) : 0;
		if (len == 0)
			return err_set(err, ST_LIMIT, "a term is empty or longer than %d bytes", GLASS_TERM_MAX);
		item->offset = (uint32_t)b->bytes.len;
		buf_add_char(&b->bytes, (char)len);
		buf_add(&b->bytes, escaped, len);
		item->key = prefix_of((Str){(const char *)escaped, len});
	}
	if (!buf_ok(&b->bytes))
		return err_no_memory(err);
	for (uint32_t i = 0; i < b->terms.count; i++) {
		uint32_t offset = (uint32_t)b->terms.entries[i].code;
		s->items[b->codes.count + i] =
			(SortItem){.key = prefix_of(term_at(b, offset)), .entry = i, .offset = offset};
	}
	s->code_count = spell ? 0 : b->codes.count;
	s->term_count = b->codes.count + b->terms.count - s->code_count;
	return ST_OK;
}

static const BatchEntry *entry_of(const Sorter *s, const SortItem *item, const BatchPositions **positions_out)
{
	const BatchTable *t = item->entry & FROM_CODES ? &s->batch->codes : &s->batch->terms;
	uint32_t number = item->entry & ~FROM_CODES;
	*positions_out = t->positions ? &t->positions[number] : NULL;
	return &t->entries[number];
}

/* How many varints lie in [start, end). The word behind end is overwritten: there is room for it. */
static uint32_t count_varints(const uint8_t *start, uint8_t *end)
{
	uint32_t numbers = 0;
	memset(end, 0xFF, sizeof(uint64_t));
	for (const uint8_t *p = start; p < end; p += sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, p, sizeof word);
		word = ~word >> 7 & UINT64_C(0x0101010101010101);
		numbers += (uint32_t)(word * UINT64_C(0x0101010101010101) >> 56);
	}
	return numbers;
}

/* The postings of an entry, in `scratch`: those of its chain and the one that the entry holds back. */
static bool read_postings(Sorter *s, const SortItem *item, Buf *scratch, GlassPiece *out, uint32_t *tf_out,
			  uint64_t *cf_out)
{
	const BatchPositions *unused;
	const BatchEntry *e = entry_of(s, item, &unused);
	buf_clear(scratch);
	if (!buf_reserve(scratch, chain_bytes_max(&s->batch->pool) + GLASS_VARINT_MAX + sizeof(uint64_t)))
		return false;
	uint8_t *start = (uint8_t *)scratch->data;
	size_t len = e->head ? chain_copy(&s->batch->pool, e->head, e->end, start) : 0;
	uint8_t *end = glass_put_varint(start + len, e->wdf);
	scratch->len = (size_t)(end - start);
	uint32_t numbers = count_varints(start, end);
	if (e->wdf > s->batch->wdf_max)
		s->batch->wdf_max = e->wdf;
	*out = (GlassPiece){e->first, e->last, buf_str(scratch)};
	*tf_out = (numbers + 1) / 2;
	*cf_out = (uint64_t)e->cf + e->wdf;
	return true;
}

/* The positions of an entry as a list of tags, one a document; no list if it has none. */
static bool read_positions(Sorter *s, const SortItem *item, GlassList *out)
{
	const BatchPositions *p;
	Buf *raw = &s->scratch[0], *all = &s->positions, *tag = &s->scratch[1];
	entry_of(s, item, &p);
	glass_list_clear(out);
	if (p->head == 0)
		return true;
	buf_clear(raw);
	if (!buf_reserve(raw, chain_bytes_max(&s->batch->pool)))
		return false;
	size_t len = chain_copy(&s->batch->pool, p->head, p->end, (uint8_t *)raw->data);
	const uint8_t *at = (const uint8_t *)raw->data, *end = at + len;
	uint64_t step, position = 0;
	uint32_t did = 0;
	buf_clear(all);
	while (at <= end) {
		bool more = at < end && varint_read(&at, end, &step);
		if (!more || step & 1) {
			if (all->len) {
				uint32_t *positions = (uint32_t *)(void *)all->data;
				size_t count = glass_positions_sort(positions, all->len / sizeof *positions);
				buf_clear(tag);
				glass_positions_add(tag, positions, count);
				if (!buf_ok(tag) || !glass_list_add_string(out, did, buf_str(tag)))
					return false;
				buf_clear(all);
			}
			if (!more)
				break;
			did = did ? did + (uint32_t)(step >> 1) + 1 : p->first;
			varint_read(&at, end, &position);
		} else {
			step >>= 1;
			position += step >> 1 ^ (~(step & 1) + 1);
		}
		uint32_t stored = (uint32_t)position;
		buf_add(all, &stored, sizeof stored);
	}
	return buf_ok(all);
}

static bool same_term(const Sorter *s, const SortItem *items, size_t i, size_t count)
{
	return i + 1 < count && items[i].key == items[i + 1].key &&
	       str_eq(term_at(s->batch, items[i].offset), term_at(s->batch, items[i + 1].offset));
}

static void look_ahead(Sorter *s, const SortItem *items, size_t i, size_t count)
{
	const ChainPool *pool = &s->batch->pool;
	const BatchPositions *unused;
	if (i + ENTRIES_AHEAD < count)
		__builtin_prefetch(entry_of(s, &items[i + ENTRIES_AHEAD], &unused));
	for (size_t k = 0; k < LISTS_AHEAD; k++) {
		Ahead *a = &s->ahead[k];
		if (a->at && (a->at = chain_next(pool, a->at, a->end)))
			chain_prefetch(pool, a->at);
	}
	if (i + LISTS_AHEAD < count) {
		const BatchEntry *e = entry_of(s, &items[i + LISTS_AHEAD], &unused);
		s->ahead[i % LISTS_AHEAD] = (Ahead){e->head, e->end};
		chain_prefetch(pool, e->head);
	}
}

static RunKey key_of(const Sorter *s, const SortItem *item, bool codes)
{
	if (codes)
		return (RunKey){.code = item->key};
	return (RunKey){.term = term_at(s->batch, item->offset)};
}

/* A term may come twice, by code and by bytes: then its lists are united. */
static bool write_postings(Sorter *s, bool codes)
{
	const SortItem *items = codes ? s->items : s->items + s->code_count;
	size_t count = codes ? s->code_count : s->term_count;
	for (size_t i = 0; i < count; i++) {
		GlassPiece list[2];
		uint32_t tf;
		uint64_t cf;
		bool twice = !codes && same_term(s, items, i, count);
		look_ahead(s, items, i, count);
		if (!read_postings(s, &items[i], &s->scratch[0], &list[0], &tf, &cf))
			return false;
		if (twice) {
			glass_list_clear(&s->united);
			if (!read_postings(s, &items[++i], &s->scratch[1], &list[1], &tf, &cf) ||
			    !glass_list_unite_postings(&s->united, list[0], list[1], &s->batch->wdf_max))
				return false;
			list[0] = glass_list_piece(&s->united);
			tf = s->united.tf;
			cf = s->united.cf;
		}
		run_add(&s->w, key_of(s, &items[i], codes), list[0], tf, cf);
	}
	return buf_ok(&s->w.out);
}

static bool write_positions(Sorter *s, bool codes)
{
	const SortItem *items = codes ? s->items : s->items + s->code_count;
	size_t count = codes ? s->code_count : s->term_count;
	GlassList list[2] = {0};
	bool ok = true;
	for (size_t i = 0; ok && i < count; i++) {
		bool twice = !codes && same_term(s, items, i, count);
		ok = read_positions(s, &items[i], &list[0]) && (!twice || read_positions(s, &items[i + 1], &list[1]));
		const GlassList *result = &list[0];
		if (ok && twice) {
			i++;
			glass_list_clear(&s->united);
			ok = glass_positions_unite(&s->united, glass_list_piece(&list[0]), glass_list_piece(&list[1]));
			result = &s->united;
		}
		if (ok && result->body.len)
			run_add(&s->w, key_of(s, &items[i], codes), glass_list_piece(result), result->tf, 0);
	}
	glass_list_done(&list[0]);
	glass_list_done(&list[1]);
	return ok && buf_ok(&s->w.out);
}

typedef struct {
	uint8_t key[2 + GLASS_VARINT_MAX];
	size_t len;
	const GlassList *list;
} ValueKey;

static int compare_value_keys(const void *a, const void *b)
{
	const ValueKey *x = a, *y = b;
	return str_cmp((Str){(const char *)x->key, x->len}, (Str){(const char *)y->key, y->len});
}

static bool write_values_and_lengths(Sorter *s)
{
	Batch *b = s->batch;
	ValueKey *keys = malloc((b->value_slots + 1) * sizeof *keys);
	if (!keys)
		return false;
	for (size_t i = 0; i < b->value_slots; i++) {
		ValueKey *k = &keys[i];
		memcpy(k->key, (const uint8_t[]){0, GLASS_VALUES_KEY}, 2);
		k->len = (size_t)(glass_put_varint(k->key + 2, b->values[i].slot) - k->key);
		k->list = &b->values[i].list;
	}
	qsort(keys, b->value_slots, sizeof *keys, compare_value_keys);
	keys[b->value_slots] = (ValueKey){.key = {0, GLASS_LENGTHS_KEY}, .len = 2, .list = &b->lengths};
	for (size_t i = 0; i <= b->value_slots; i++) {
		const GlassList *list = keys[i].list;
		RunKey key = {.term = {(const char *)keys[i].key, keys[i].len}};
		if (list->body.len)
			run_add(&s->w, key, glass_list_piece(list), list->tf, 0);
	}
	free(keys);
	return true;
}

static bool write_stream(Sorter *s, RunStream stream)
{
	run_writer_begin(&s->w, stream);
	if (run_stream_has_positions(stream))
		return !s->batch->codes.positions || write_positions(s, run_stream_has_codes(stream));
	if (stream == RUN_TERMS && !write_values_and_lengths(s))
		return false;
	return write_postings(s, run_stream_has_codes(stream));
}

static void empty_table(BatchTable *t)
{
	memset(t->index, 0, (t->mask + 1u) * sizeof *t->index);
	t->count = 0;
}

static void empty(Batch *b)
{
	empty_table(&b->codes);
	empty_table(&b->terms);
	chain_pool_clear(&b->pool);
	buf_clear(&b->bytes);
	glass_list_clear(&b->lengths);
	for (size_t i = 0; i < b->value_slots; i++)
		glass_list_clear(&b->values[i].list);
	b->value_bytes = 0;
	b->length = 0;
	b->base = 0;
}

static Status write_run(Sorter *s, Run *out, Err *err)
{
	*out = (Run){.fd = -1, .base = s->batch->base};
	for (int stream = 0; stream < RUN_STREAMS; stream++) {
		out->start[stream] = s->w.out.len;
		if (!write_stream(s, (RunStream)stream))
			return err_no_memory(err);
	}
	Status st = run_writer_flush(&s->w, 0, err);
	if (st != ST_OK)
		return st;
	out->start[RUN_STREAMS] = s->w.out.len;
	out->bytes = malloc(s->w.out.len + 1);
	if (!out->bytes)
		return err_no_memory(err);
	memcpy(out->bytes, s->w.out.data, s->w.out.len);
	return ST_OK;
}

static Status reserve_items(Batch *b, Sorter *s, Err *err)
{
	size_t count = (size_t)b->codes.count + b->terms.count + 1;
	if (count > b->items_capacity) {
		free(b->items);
		b->items_capacity = 0;
		b->items = pages_alloc(2 * (count + count / 4) * sizeof *b->items);
		if (!b->items)
			return err_no_memory(err);
		b->items_capacity = count + count / 4;
	}
	s->items = b->items;
	s->other = b->items + b->items_capacity;
	return ST_OK;
}

Status batch_to_run(Batch *b, InvertSpell *spell, void *spell_ctx, Run *out, Err *err)
{
	Sorter s = {.batch = b, .w = {.out = b->run_bytes, .fd = -1, .base = b->base}};
	buf_clear(&s.w.out);
	Status st = reserve_items(b, &s, err);
	if (st == ST_OK)
		st = collect(&s, spell, spell_ctx, err);
	if (st == ST_OK)
		st = sort(&s, 0, s.code_count, false, err);
	if (st == ST_OK)
		st = sort(&s, s.code_count, s.term_count, true, err);
	if (st == ST_OK)
		st = write_run(&s, out, err);
	if (st == ST_OK)
		empty(b);
	b->run_bytes = s.w.out;
	buf_done(&s.scratch[0]);
	buf_done(&s.scratch[1]);
	buf_done(&s.positions);
	glass_list_done(&s.united);
	return st;
}
