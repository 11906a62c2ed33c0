/* store/care/destroy.c - the order matters, because it may be interrupted anywhere and done again: first the decision
 * is in the log, then the dictionaries lose what only these records say, then the objects go, and only when all of them
 * are gone the payloads, which are what names the objects.
 */
#include "store/care/destroy.h"

#include "base/json_out.h"
#include "store/care/hold.h"
#include "store/care/purge.h"
#include "store/care/rewrite.h"
#include "store/log/catalogue.h"
#include "store/log/live.h"
#include "store/log/lookup.h"
#include "store/log/read.h"

#include <inttypes.h>
#include <stdlib.h>

typedef struct {
	Store *store;
	Buf sequences; /* uint64_t, sorted: the leaves to destroy */
	Buf hashes;    /* Hash, sorted: objects that only they name */
	Buf segments;  /* uint32_t: the segments to write anew */
	bool leaves;   /* objects are gone: now the payloads */
	uint64_t payloads, objects;
} Destruction;

static int by_hash(const void *a, const void *b)
{
	return memcmp(a, b, STORE_HASH_LEN);
}

static int by_number(const void *a, const void *b)
{
	uint64_t x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x < y ? -1 : x > y;
}

static bool has_hash(const Buf *hashes, const void *hash)
{
	return hashes->len && bsearch(hash, hashes->data, hashes->len / sizeof(Hash), sizeof(Hash), by_hash);
}

static bool has_sequence(const Buf *sequences, uint64_t sequence)
{
	return sequences->len && bsearch(&sequence, sequences->data, sequences->len / 8, 8, by_number);
}

/* ---- what is to go --------------------------------------------------------------------------------------------- */

static Status check_input(const DestructionInput *input, Err *err)
{
	if (!input->decision.len || !input->decided.len || !input->reason.len)
		return err_set(err, ST_INVALID, "a destruction needs the decision's number, its date and a reason");
	if (!input->approved_by[0].len || !input->approved_by[1].len ||
	    str_eq(input->approved_by[0], input->approved_by[1]))
		return err_set(err, ST_INVALID, "a destruction needs the approval of two different people");
	if (input->record_count == 0 || input->record_count > DESTRUCTION_RECORDS_MAX)
		return err_set(err, ST_LIMIT, "one decision destroys 1 to %d records", DESTRUCTION_RECORDS_MAX);
	return ST_OK;
}

/* All versions of the records, and the objects their payloads name. */
static Status collect(Destruction *d, const DestructionInput *input, Err *err)
{
	Arena arena = {0};
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < input->record_count; i++) {
		uint64_t sequence;
		bool held;
		st = store_is_held(d->store, input->record_ids[i], &held, err);
		if (st == ST_OK && held)
			st = err_set(err, ST_FORBIDDEN, "'%.*s' is under a legal hold", STR_ARG(input->record_ids[i]));
		if (st == ST_OK)
			st = store_find(d->store, ENTRY_RECORD, input->record_ids[i], 0, &sequence, err);
		while (st == ST_OK && sequence != UINT64_MAX) {
			Entry entry;
			arena_reset(&arena);
			st = store_entry(d->store, sequence, &arena, &entry, err);
			if (st != ST_OK)
				break;
			buf_add(&d->sequences, &sequence, sizeof sequence);
			for (size_t k = 0; k < entry.object_count; k++)
				buf_add(&d->hashes, &entry.objects[k].hash, sizeof(Hash));
			sequence = entry.previous;
		}
	}
	arena_done(&arena);
	if (st == ST_OK && (!buf_ok(&d->sequences) || !buf_ok(&d->hashes)))
		st = err_no_memory(err);
	if (st == ST_OK && d->sequences.len)
		qsort(d->sequences.data, d->sequences.len / 8, 8, by_number);
	if (st == ST_OK && d->hashes.len)
		qsort(d->hashes.data, d->hashes.len / sizeof(Hash), sizeof(Hash), by_hash);
	return st;
}

/* Objects that another record names stay. There is no index from objects to records: all payloads are read. */
static Status spare_shared(Destruction *d, Err *err)
{
	Arena arena = {0};
	Buf spared = {0}, kept = {0};
	uint64_t size = store_tree_size(d->store);
	Status st = ST_OK;
	for (uint64_t i = 0; st == ST_OK && d->hashes.len && i < size; i++) {
		Entry entry;
		if (has_sequence(&d->sequences, i))
			continue;
		arena_reset(&arena);
		st = store_entry(d->store, i, &arena, &entry, err);
		for (size_t k = 0; st == ST_OK && k < entry.object_count; k++)
			if (has_hash(&d->hashes, &entry.objects[k].hash))
				buf_add(&spared, &entry.objects[k].hash, sizeof(Hash));
	}
	if (st == ST_OK && spared.len)
		qsort(spared.data, spared.len / sizeof(Hash), sizeof(Hash), by_hash);
	for (size_t i = 0; i < d->hashes.len / sizeof(Hash); i++) {
		const Hash *hash = (const Hash *)d->hashes.data + i;
		bool twice = i && hash_eq(hash, hash - 1);
		if (!twice && !has_hash(&spared, hash))
			buf_add(&kept, hash, sizeof *hash);
	}
	if (st == ST_OK && (!buf_ok(&spared) || !buf_ok(&kept)))
		st = err_no_memory(err);
	buf_done(&spared);
	buf_done(&d->hashes);
	d->hashes = kept;
	arena_done(&arena);
	return st;
}

static void note_segment(Destruction *d, uint32_t id)
{
	for (size_t i = 0; i < d->segments.len / 4; i++)
		if (((const uint32_t *)d->segments.data)[i] == id)
			return;
	buf_add(&d->segments, &id, sizeof id);
}

/* Every OBJECT frame of the hash (a damaged one may have been stored anew) and its chunks. */
static Status find_object(Destruction *d, const Hash *hash, Err *err)
{
	Buf values = {0};
	Arena arena = {0};
	Status st = lookup_values(d->store, lookup_object(hash), &values, err);
	for (size_t i = 0; st == ST_OK && i < values.len / 8; i++) {
		Frame frame;
		ObjectDescriptor object;
		ChunkRun run;
		uint64_t value = ((const uint64_t *)values.data)[i];
		uint32_t segment = (uint32_t)(value >> 32);
		arena_reset(&arena);
		if (!segment ||
		    read_frame(d->store, SEE_COMMITTED, segment, (uint32_t)value, &arena, &frame, err) != ST_OK ||
		    frame.header.type != FRAME_OBJECT || !object_descriptor_get(frame.descriptor, &object) ||
		    !hash_eq(&object.hash, hash))
			continue;
		note_segment(d, segment);
		for (size_t at = 0; object.chunk_count && at + CHUNK_RUN_LEN <= frame.stored.len; at += CHUNK_RUN_LEN) {
			chunk_run_get(frame.stored.ptr + at, &run);
			note_segment(d, run.segment);
		}
	}
	buf_done(&values);
	arena_done(&arena);
	return st;
}

static Status find_leaf_segments(Destruction *d, Err *err)
{
	Arena arena = {0};
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < d->sequences.len / 8; i++) {
		Frame frame;
		LeafDescriptor leaf;
		uint32_t segment;
		arena_reset(&arena);
		st = read_leaf(d->store, SEE_COMMITTED, ((const uint64_t *)d->sequences.data)[i], &arena, &frame, &leaf,
			       &segment, err);
		if (st == ST_OK && !(frame.header.flags & FRAME_DESTROYED))
			note_segment(d, segment);
	}
	arena_done(&arena);
	return st;
}

/* ---- making it go ---------------------------------------------------------------------------------------------- */

static RewriteAction choose(void *ctx, const Frame *frame)
{
	Destruction *d = ctx;
	bool goes = d->leaves ? frame->header.type == FRAME_LEAF && has_sequence(&d->sequences, frame->header.sequence)
			      : frame->header.type != FRAME_LEAF && has_hash(&d->hashes, frame->descriptor.ptr);
	if (!goes)
		return REWRITE_KEEP;
	d->payloads += frame->header.type == FRAME_LEAF;
	d->objects += frame->header.type == FRAME_OBJECT;
	return REWRITE_DESTROY;
}

static bool goes(void *ctx, const Frame *frame)
{
	const Destruction *d = ctx;
	return frame->header.type == FRAME_LEAF ? has_sequence(&d->sequences, frame->header.sequence)
						: has_hash(&d->hashes, frame->descriptor.ptr);
}

static Status rewrite_all(Destruction *d, uint32_t *count, Err *err)
{
	RewritePlan plan = {.choose = choose, .ctx = d};
	Status st = buf_ok(&d->segments) ? ST_OK : err_no_memory(err);
	for (size_t i = 0; st == ST_OK && i < d->segments.len / 4; i++) {
		uint32_t id = ((const uint32_t *)d->segments.data)[i];
		st = rewrite_segment(d->store, id, &plan, err);
		if (st == ST_OK)
			catalogue_forget(d->store, id);
		*count += st == ST_OK;
	}
	buf_clear(&d->segments);
	return st;
}

/* The decision goes into the log, and the live segment is sealed, so that everything lies in segments at rest. */
static Status record_decision(Store *store, const DestructionInput *input, Receipt *out, Err *err)
{
	Buf metadata = {0};
	JsonOut j;
	jout_begin(&j, &metadata);
	jout_open(&j, '{');
	jout_field_str(&j, "decision", input->decision);
	jout_field_str(&j, "decided", input->decided);
	jout_field_str(&j, "reason", input->reason);
	jout_key(&j, "approved_by");
	jout_open(&j, '[');
	jout_str(&j, input->approved_by[0]);
	jout_str(&j, input->approved_by[1]);
	jout_close(&j, ']');
	jout_key(&j, "records");
	jout_open(&j, '[');
	for (size_t i = 0; i < input->record_count; i++)
		jout_str(&j, input->record_ids[i]);
	jout_close(&j, ']');
	jout_close(&j, '}');
	EntryInput entry = {.kind = ENTRY_DESTRUCTION, .key = input->decision, .metadata = buf_str(&metadata)};
	Status st = buf_ok(&metadata) ? store_append(store, &entry, out, err) : err_no_memory(err);
	if (st == ST_OK)
		st = store_commit(store, err);
	if (st == ST_OK)
		st = store_seal(store, err);
	buf_done(&metadata);
	return st;
}

Status store_destroy(Store *store, const DestructionInput *input, DestructionReport *out, Err *err)
{
	Destruction d = {.store = store};
	DestructionReport report = {0};
	int lock_fd = -1;
	Status st = check_input(input, err);
	if (st == ST_OK)
		st = rewrite_lock(store, &lock_fd, err);
	if (st == ST_OK)
		st = store_write_begin(store, err);
	if (st != ST_OK)
		goto done;
	st = collect(&d, input, err);
	if (st == ST_OK) {
		/* what ingest has learned may be from these records: it learns anew, or goes on with a cleaned
		 * dictionary */
		pthread_mutex_lock(&store->writer.mutex);
		live_forget_dictionary(store);
		pthread_mutex_unlock(&store->writer.mutex);
		st = record_decision(store, input, &report.receipt, err);
	}
	if (st == ST_OK)
		st = spare_shared(&d, err);
	Purge purge = {.goes = goes, .ctx = &d, .sequences = &d.sequences, .hashes = &d.hashes};
	if (st == ST_OK)
		st = purge_dictionaries(store, &purge, &report.segments, err);
	for (size_t i = 0; st == ST_OK && i < d.hashes.len / sizeof(Hash); i++)
		st = find_object(&d, (const Hash *)d.hashes.data + i, err);
	if (st == ST_OK)
		st = rewrite_all(&d, &report.segments, err);
	d.leaves = true;
	if (st == ST_OK)
		st = find_leaf_segments(&d, err);
	if (st == ST_OK)
		st = rewrite_all(&d, &report.segments, err);
	store_write_end(store);
	if (st == ST_OK) {
		report.payloads = d.payloads;
		report.objects = d.objects;
		*out = report;
	}
done:
	rewrite_unlock(lock_fd);
	buf_done(&d.sequences);
	buf_done(&d.hashes);
	buf_done(&d.segments);
	return st;
}
