/* indexer/invert/collect.c - documents, term by term, into a batch; a full batch into a run.
 *
 *   invert_codes, invert_term → batch (batch.h) ──full──► run (run.h) ──memory full──► spill files (spill.h)
 *
 * Single codes wait in a small group (`pending`), so that the batch can fetch the memory of many terms side by side.
 * A batch is cut at the end of a document where possible, within one where it must be. finish.c merges all runs.
 */
#include "indexer/invert/collect.h"

#include <stdlib.h>

#include "indexer/invert/inverter.h"
#include "indexer/invert/sort.h"

enum {
	MEMORY_DEFAULT = 128 << 20,
	MEMORY_MIN = 4 << 20,
	BATCH_DEFAULT = 8 << 20,
	BATCH_MIN = 1 << 16,
};

Inverter *invert_new(const InvertOptions *options, Err *err)
{
	Inverter *inv = calloc(1, sizeof *inv);
	if (!inv) {
		err_no_memory(err);
		return NULL;
	}
	inv->options = *options;
	size_t memory = options->memory_bytes ? options->memory_bytes : MEMORY_DEFAULT;
	if (memory < MEMORY_MIN)
		memory = MEMORY_MIN;
	size_t batch = options->batch_bytes ? options->batch_bytes : BATCH_DEFAULT;
	if (batch > memory / 4)
		batch = memory / 4;
	if (batch < BATCH_MIN)
		batch = BATCH_MIN;
	/* A batch takes about twice its size: two tables of terms, and a copy while it is sorted. */
	spill_init(&inv->spill, options->spill_dir, memory - 2 * batch);
	if (batch_init(&inv->batch, batch, options->positions, err) == ST_OK)
		return inv;
	invert_free(inv);
	return NULL;
}

void invert_free(Inverter *inv)
{
	if (!inv)
		return;
	batch_done(&inv->batch);
	spill_done(&inv->spill);
	glass_bounds_done(&inv->bounds);
	free(inv->values);
	buf_done(&inv->value_bytes);
	free(inv);
}

/* Keeps the first error until a function that can return it. */
static void fail(Inverter *inv, Status code, const char *text)
{
	Err err;
	if (inv->failure.code == ST_OK) {
		err_set(&err, code, "%s", text);
		inv->failure = err;
	}
}

static bool cut_batch(Inverter *inv)
{
	Err err = {0};
	Run run = {.fd = -1};
	const InvertOptions *o = &inv->options;
	if (batch_is_empty(&inv->batch))
		return true;
	Status st = batch_to_run(&inv->batch, o->codes_in_order ? NULL : o->spell, o->spell_ctx, &run, &err);
	if (st == ST_OK)
		st = spill_add(&inv->spill, &run, &err);
	run_free_bytes(&run);
	if (st != ST_OK && inv->failure.code == ST_OK)
		inv->failure = err;
	return st == ST_OK;
}

/* Room in the batch for another group of terms, whose wdf sum to `length`: sums stay within 32 bits. */
static bool make_room(Inverter *inv, uint64_t length)
{
	if (!inv->did)
		fail(inv, ST_INVALID, "a term was given outside a document");
	if (inv->document_length > UINT32_MAX)
		fail(inv, ST_LIMIT, "a document is longer than 2^32 - 1 terms");
	if (inv->failure.code != ST_OK)
		return false;
	if ((!batch_has_room(&inv->batch) || inv->batch.length + length > UINT32_MAX) && !cut_batch(inv))
		return false;
	if (inv->batch.base == 0)
		inv->batch.base = inv->did;
	inv->batch.length += length;
	return true;
}

static bool make_room_for_codes(Inverter *inv, size_t count, uint64_t length)
{
	inv->document_length += length;
	if (count && !inv->options.spell)
		fail(inv, ST_INVALID, "a term was given as a code but there is no spell function");
	return make_room(inv, length);
}

static void add_pending(Inverter *inv)
{
	BatchPending *p = &inv->pending;
	uint64_t length = 0;
	for (uint32_t i = 0; i < p->count; i++)
		length += p->wdf[i];
	if (make_room_for_codes(inv, p->count, length))
		batch_add_pending(&inv->batch, inv->did, p);
	p->count = 0;
}

Status invert_begin(Inverter *inv, uint32_t docid, Err *err)
{
	if (inv->failure.code == ST_OK && (docid == 0 || docid <= inv->stats.last_docid))
		return err_set(err, ST_INVALID, "document %u is not behind %u", docid, inv->stats.last_docid);
	if (inv->failure.code == ST_OK && inv->did)
		return err_set(err, ST_INVALID, "document %u begins inside document %u", docid, inv->did);
	if (inv->failure.code != ST_OK) {
		*err = inv->failure;
		return err->code;
	}
	inv->did = docid;
	inv->document_length = 0;
	inv->pending.count = 0;
	inv->value_count = 0;
	buf_clear(&inv->value_bytes);
	return ST_OK;
}

static inline void add_code(Inverter *inv, uint64_t code, uint32_t wdf, uint32_t position)
{
	BatchPending *p = &inv->pending;
	p->codes[p->count] = code;
	p->wdf[p->count] = wdf;
	p->position[p->count] = position;
	if (++p->count == BATCH_GROUP)
		add_pending(inv);
}

void invert_code(Inverter *inv, uint64_t code, uint32_t wdf)
{
	add_code(inv, code, wdf, 0);
}

void invert_codes(Inverter *inv, const uint64_t *codes, size_t count, uint32_t wdf)
{
	for (size_t n; count; codes += n, count -= n) {
		n = count < BATCH_GROUP ? count : BATCH_GROUP;
		if (make_room_for_codes(inv, n, (uint64_t)wdf * n))
			batch_add_codes(&inv->batch, inv->did, codes, (uint32_t)n, wdf);
	}
}

void invert_code_at(Inverter *inv, uint64_t code, uint32_t wdf, uint32_t position)
{
	if (position == 0)
		fail(inv, ST_INVALID, "positions begin with 1");
	add_code(inv, code, wdf, position);
}

static void add_term(Inverter *inv, Str term, uint32_t wdf, uint32_t position)
{
	uint8_t escaped[GLASS_TERM_MAX];
	Str key = term;
	if (term.len == 0 || term.len > GLASS_TERM_MAX || memchr(term.ptr, 0, term.len))
		key = (Str){(const char *)escaped, glass_escape_term(term, escaped)};
	if (key.len == 0) {
		fail(inv, term.len ? ST_LIMIT : ST_INVALID, term.len ? "a term is over 245 bytes" : "a term is empty");
		return;
	}
	inv->document_length += wdf;
	if (make_room(inv, wdf) && !batch_add_term(&inv->batch, inv->did, key, wdf, position))
		fail(inv, ST_NO_MEMORY, "out of memory");
}

void invert_term(Inverter *inv, Str term, uint32_t wdf)
{
	add_term(inv, term, wdf, 0);
}

void invert_term_at(Inverter *inv, Str term, uint32_t wdf, uint32_t position)
{
	if (position == 0)
		fail(inv, ST_INVALID, "positions begin with 1");
	add_term(inv, term, wdf, position);
}

void invert_value(Inverter *inv, uint32_t slot, Str value)
{
	DocumentValue *v = NULL;
	if (value.len > INVERT_VALUE_MAX) {
		fail(inv, ST_LIMIT, "a value is longer than 4096 bytes");
		return;
	}
	for (size_t i = 0; i < inv->value_count; i++)
		if (inv->values[i].slot == slot)
			v = &inv->values[i];
	if (!v) {
		if (inv->value_count == inv->value_capacity) {
			size_t capacity = inv->value_capacity ? 2 * inv->value_capacity : 16;
			DocumentValue *grown = realloc(inv->values, capacity * sizeof *grown);
			if (!grown) {
				fail(inv, ST_NO_MEMORY, "out of memory");
				return;
			}
			inv->values = grown;
			inv->value_capacity = capacity;
		}
		v = &inv->values[inv->value_count++];
	}
	*v = (DocumentValue){.slot = slot, .offset = inv->value_bytes.len, .len = value.len};
	buf_add_str(&inv->value_bytes, value);
}

static bool end_values(Inverter *inv)
{
	bool ok = buf_ok(&inv->value_bytes);
	for (size_t i = 0; ok && i < inv->value_count; i++) {
		const DocumentValue *v = &inv->values[i];
		Str value = {inv->value_bytes.data + v->offset, v->len};
		if (v->len == 0)
			continue;
		ok = glass_bounds_add(&inv->bounds, v->slot, 1, value, value) &&
		     batch_add_value(&inv->batch, inv->did, v->slot, value);
	}
	return ok;
}

Status invert_end(Inverter *inv, Err *err)
{
	if (!inv->did)
		fail(inv, ST_INVALID, "no document was begun");
	add_pending(inv);
	uint32_t length = (uint32_t)inv->document_length;
	if (inv->failure.code == ST_OK && (!end_values(inv) || !batch_add_length(&inv->batch, inv->did, length)))
		fail(inv, ST_NO_MEMORY, "out of memory");
	if (inv->failure.code != ST_OK) {
		*err = inv->failure;
		return err->code;
	}
	GlassStats *s = &inv->stats;
	s->documents++;
	s->last_docid = inv->did;
	s->total_length += length;
	if (length > s->length_max)
		s->length_max = length;
	if (length && (s->length_min == 0 || length < s->length_min))
		s->length_min = length;
	inv->did = 0;
	if (batch_nearly_full(&inv->batch) && !cut_batch(inv)) {
		*err = inv->failure;
		return err->code;
	}
	return ST_OK;
}

Status collect_last_run(Inverter *inv, Err *err)
{
	if (inv->failure.code == ST_OK && inv->did)
		fail(inv, ST_INVALID, "the last document was not ended");
	if (inv->failure.code == ST_OK)
		cut_batch(inv);
	if (inv->failure.code != ST_OK) {
		*err = inv->failure;
		return err->code;
	}
	return ST_OK;
}
