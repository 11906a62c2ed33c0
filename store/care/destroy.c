/* store/care/destroy.c - the order matters, because it may be interrupted anywhere and is carried on later.
 *
 *   file destroying → decision in the log → dictionaries → payloads → objects → file destroying removed
 *
 * The file names all that is to go (destroying.h), since the payloads, which name the objects, go before them: so at no
 * moment does a record name an object that is not there, and every other verb meets an archive that is whole. The
 * dictionaries come first, while the bodies that go can still be compared with them.
 */
#include "store/care/destroy.h"

#include "base/json_out.h"
#include "store/care/destroying.h"
#include "store/care/hold.h"
#include "store/care/purge.h"
#include "store/care/rewrite.h"
#include "store/format/scan.h"
#include "store/log/catalogue.h"
#include "store/log/files.h"
#include "store/log/live.h"
#include "store/log/lookup.h"
#include "store/log/read.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

typedef struct {
	Store *store;
	Destroying what;
	Buf segments;    /* uint32_t: the segments to write anew */
	bool objects_go; /* payloads are gone: now the objects */
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
	for (size_t i = 0; i < input->decision.len; i++)
		if ((uint8_t)input->decision.ptr[i] < ' ')
			return err_set(err, ST_INVALID, "a decision's number is one line");
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
			buf_add(&d->what.sequences, &sequence, sizeof sequence);
			for (size_t k = 0; k < entry.object_count; k++)
				buf_add(&d->what.hashes, &entry.objects[k].hash, sizeof(Hash));
			sequence = entry.previous;
		}
	}
	arena_done(&arena);
	if (st == ST_OK && (!buf_ok(&d->what.sequences) || !buf_ok(&d->what.hashes)))
		st = err_no_memory(err);
	if (st == ST_OK && d->what.sequences.len)
		qsort(d->what.sequences.data, d->what.sequences.len / 8, 8, by_number);
	if (st == ST_OK && d->what.hashes.len)
		qsort(d->what.hashes.data, d->what.hashes.len / sizeof(Hash), sizeof(Hash), by_hash);
	return st;
}

/* Objects that another record names stay. There is no index from objects to records: all payloads are read. */
static Status spare_shared(Destruction *d, Err *err)
{
	Arena arena = {0};
	Buf spared = {0}, kept = {0};
	uint64_t size = store_tree_size(d->store);
	Status st = ST_OK;
	for (uint64_t i = 0; st == ST_OK && d->what.hashes.len && i < size; i++) {
		Entry entry;
		if (has_sequence(&d->what.sequences, i))
			continue;
		arena_reset(&arena);
		st = store_entry(d->store, i, &arena, &entry, err);
		for (size_t k = 0; st == ST_OK && k < entry.object_count; k++)
			if (has_hash(&d->what.hashes, &entry.objects[k].hash))
				buf_add(&spared, &entry.objects[k].hash, sizeof(Hash));
	}
	if (st == ST_OK && spared.len)
		qsort(spared.data, spared.len / sizeof(Hash), sizeof(Hash), by_hash);
	for (size_t i = 0; i < d->what.hashes.len / sizeof(Hash); i++) {
		const Hash *hash = (const Hash *)d->what.hashes.data + i;
		bool twice = i && hash_eq(hash, hash - 1);
		if (!twice && !has_hash(&spared, hash))
			buf_add(&kept, hash, sizeof *hash);
	}
	if (st == ST_OK && (!buf_ok(&spared) || !buf_ok(&kept)))
		st = err_no_memory(err);
	buf_done(&spared);
	buf_done(&d->what.hashes);
	d->what.hashes = kept;
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
	for (size_t i = 0; st == ST_OK && i < d->what.sequences.len / 8; i++) {
		Frame frame;
		LeafDescriptor leaf;
		uint32_t segment;
		arena_reset(&arena);
		st = read_leaf(d->store, SEE_COMMITTED, ((const uint64_t *)d->what.sequences.data)[i], &arena, &frame,
			       &leaf, &segment, err);
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
	bool is_leaf = frame->header.type == FRAME_LEAF;
	bool goes = d->objects_go ? !is_leaf && has_hash(&d->what.hashes, frame->descriptor.ptr)
				  : is_leaf && has_sequence(&d->what.sequences, frame->header.sequence);
	if (!goes)
		return REWRITE_KEEP;
	d->payloads += frame->header.type == FRAME_LEAF;
	d->objects += frame->header.type == FRAME_OBJECT;
	return REWRITE_DESTROY;
}

static bool goes(void *ctx, const Frame *frame)
{
	const Destruction *d = ctx;
	return frame->header.type == FRAME_LEAF ? has_sequence(&d->what.sequences, frame->header.sequence)
						: has_hash(&d->what.hashes, frame->descriptor.ptr);
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

/* What only these records say leaves the dictionaries, then their payloads go, then their objects. */
static Status carry_out(Destruction *d, DestructionReport *report, Err *err)
{
	Store *store = d->store;
	Purge purge = {.goes = goes, .ctx = d, .sequences = &d->what.sequences, .hashes = &d->what.hashes};
	Status st = purge_dictionaries(store, &purge, &report->segments, err);
	if (st == ST_OK)
		st = find_leaf_segments(d, err);
	if (st == ST_OK)
		st = rewrite_all(d, &report->segments, err);
	d->objects_go = true;
	for (size_t i = 0; st == ST_OK && i < d->what.hashes.len / sizeof(Hash); i++)
		st = find_object(d, (const Hash *)d->what.hashes.data + i, err);
	if (st == ST_OK)
		st = rewrite_all(d, &report->segments, err);
	if (st == ST_OK)
		st = destroying_remove(store, err);
	report->payloads = d->payloads;
	report->objects = d->objects;
	return st;
}

/* What ingest has learned may be from these records: it learns anew, or goes on with a cleaned dictionary. */
static void forget_dictionary(Store *store)
{
	pthread_mutex_lock(&store->writer.mutex);
	live_forget_dictionary(store);
	pthread_mutex_unlock(&store->writer.mutex);
}

/* Objects of leaves that are to go and have come back, or have not gone yet. */
static Status add_their_objects(Destruction *d, Err *err)
{
	Arena arena = {0};
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < d->what.sequences.len / 8; i++) {
		Entry entry;
		arena_reset(&arena);
		st = store_entry(d->store, ((const uint64_t *)d->what.sequences.data)[i], &arena, &entry, err);
		for (size_t k = 0; st == ST_OK && k < entry.object_count; k++)
			buf_add(&d->what.hashes, &entry.objects[k].hash, sizeof(Hash));
	}
	arena_done(&arena);
	if (st == ST_OK && !buf_ok(&d->what.hashes))
		st = err_no_memory(err);
	if (st == ST_OK && d->what.hashes.len)
		qsort(d->what.hashes.data, d->what.hashes.len / sizeof(Hash), sizeof(Hash), by_hash);
	return st;
}

/* Carries on with what an interrupted destruction left, or takes back one that had not begun. Both locks held. */
static Status resume(Store *store, DestructionReport *report, Err *err)
{
	Destruction d = {.store = store};
	uint64_t sequence;
	Status st = destroying_read(store, &d.what, err);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	st = store_find(store, ENTRY_DESTRUCTION, buf_str(&d.what.decision), 0, &sequence, err);
	if (st == ST_NOT_FOUND) {
		st = destroying_remove(store, err);
	} else if (st == ST_OK) {
		forget_dictionary(store);
		st = store_seal(store, err); /* it may have been stopped just before; later records are sealed too */
		if (st == ST_OK)
			st = add_their_objects(&d, err);
		if (st == ST_OK)
			st = spare_shared(&d, err); /* a record that came later may name one of the objects */
		if (st == ST_OK)
			st = carry_out(&d, report, err);
	}
	destroying_done(&d.what);
	buf_done(&d.segments);
	return st;
}

/* The decision could not be recorded: nothing was destroyed. If this fails too, the next start does it. */
static void take_back(Store *store, Str decision)
{
	uint64_t sequence;
	Err ignored;
	if (store_find(store, ENTRY_DESTRUCTION, decision, 0, &sequence, &ignored) == ST_NOT_FOUND)
		destroying_remove(store, &ignored);
}

bool store_destroy_is_pending(Store *store)
{
	Destroying what = {0};
	Err ignored;
	bool is = destroying_read(store, &what, &ignored) != ST_NOT_FOUND;
	destroying_done(&what);
	return is;
}

Status store_destroy_resume(Store *store, DestructionReport *out, Err *err)
{
	DestructionReport report = {0};
	int lock_fd = -1;
	Status st = rewrite_lock(store, &lock_fd, err);
	if (st == ST_OK)
		st = store_write_begin(store, err);
	if (st == ST_OK) {
		st = resume(store, &report, err);
		store_write_end(store);
	}
	rewrite_unlock(lock_fd);
	if (st == ST_OK)
		*out = report;
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
	st = resume(store, &report, err);
	if (st == ST_CORRUPT)
		st = ST_OK; /* the same decision is given once more, as its message asks */
	if (st == ST_OK)
		st = collect(&d, input, err);
	if (st == ST_OK)
		st = spare_shared(&d, err);
	buf_add_str(&d.what.decision, input->decision);
	if (st == ST_OK)
		st = buf_ok(&d.what.decision) ? destroying_write(store, &d.what, err) : err_no_memory(err);
	if (st == ST_OK) {
		forget_dictionary(store);
		st = record_decision(store, input, &report.receipt, err);
		if (st == ST_OK)
			st = carry_out(&d, &report, err);
		else
			take_back(store, input->decision);
	}
	store_write_end(store);
	if (st == ST_OK)
		*out = report;
done:
	rewrite_unlock(lock_fd);
	destroying_done(&d.what);
	buf_done(&d.segments);
	return st;
}

/* ---- once more, after segments came back ------------------------------------------------------------------------- */

static Status note_versions(Store *store, Str id, Destroying *what, Err *err)
{
	Arena arena = {0};
	uint64_t sequence;
	Status st = store_find(store, ENTRY_RECORD, id, 0, &sequence, err);
	while (st == ST_OK && sequence != UINT64_MAX) {
		Entry entry;
		arena_reset(&arena);
		buf_add(&what->sequences, &sequence, sizeof sequence);
		st = store_entry(store, sequence, &arena, &entry, err);
		sequence = entry.previous;
	}
	arena_done(&arena);
	return st;
}

static Status note_decision(Store *store, const Entry *decision, Destroying *what, Err *err)
{
	json_t *metadata = json_loadb(decision->metadata.ptr, decision->metadata.len, 0, NULL), *id;
	size_t i;
	Err damaged; /* a leaf that can't be read now is met by the decision when it can be */
	json_array_foreach(json_object_get(metadata, "records"), i, id)
	{
		if (json_is_string(id))
			(void)note_versions(store, (Str){json_string_value(id), json_string_length(id)}, what,
					    &damaged);
	}
	json_decref(metadata);
	buf_clear(&what->decision);
	buf_add_str(&what->decision, decision->key);
	return buf_ok(&what->sequences) && buf_ok(&what->decision) ? ST_OK : err_no_memory(err);
}

/* All decisions that can be read; *what may hold one that was interrupted. */
static Status note_decisions(Store *store, Destroying *what, Err *err)
{
	Arena arena = {0};
	uint64_t size = store_tree_size(store);
	Status st = ST_OK;
	for (uint64_t i = 0; st == ST_OK && i < size; i++) {
		Entry entry;
		Err damaged;
		arena_reset(&arena);
		if (store_entry(store, i, &arena, &entry, &damaged) == ST_OK && entry.kind == ENTRY_DESTRUCTION)
			st = note_decision(store, &entry, what, err);
	}
	arena_done(&arena);
	if (st == ST_OK && what->sequences.len)
		qsort(what->sequences.data, what->sequences.len / 8, 8, by_number);
	return st;
}

Status store_destroy_expect(Store *store, bool *any_out, Err *err)
{
	Destroying what = {0};
	Status st = destroying_read(store, &what, err);
	if (st == ST_NOT_FOUND || st == ST_CORRUPT)
		st = ST_OK;
	if (st == ST_OK)
		st = note_decisions(store, &what, err);
	*any_out = what.sequences.len > 0;
	if (st == ST_OK && *any_out)
		st = destroying_write(store, &what, err);
	destroying_done(&what);
	return st;
}

static Status add_objects_of(Destruction *d, uint32_t segment, Err *err)
{
	Scan scan;
	Frame frame;
	Step step = STEP_END;
	SegmentFile *file;
	Status st = files_use(d->store, segment, &file, err);
	if (st != ST_OK)
		return st;
	if (file->footer_offset) {
		scan_begin(&scan, file, SEGMENT_HEADER_LEN, file->footer_offset);
		while ((step = scan_next(&scan, &frame, err)) == STEP_ITEM)
			if (frame.header.type == FRAME_OBJECT && !(frame.header.flags & FRAME_DESTROYED) &&
			    frame.descriptor.len >= sizeof(Hash))
				buf_add(&d->what.hashes, frame.descriptor.ptr, sizeof(Hash));
		scan_done(&scan);
	}
	segment_file_free(file);
	return step == STEP_ERROR ? err->code : ST_OK;
}

static Status destroy_again(Destruction *d, const uint32_t *segments, size_t count, DestructionReport *report, Err *err)
{
	Status st = note_decisions(d->store, &d->what, err); /* a decision may have come back too */
	if (st != ST_OK || !d->what.sequences.len)
		return st;
	forget_dictionary(d->store);
	st = store_seal(d->store, err);
	for (size_t i = 0; st == ST_OK && i < count; i++)
		st = add_objects_of(d, segments[i], err);
	if (st == ST_OK)
		st = add_their_objects(d, err);
	if (st == ST_OK)
		st = spare_shared(d, err);
	if (st == ST_OK)
		st = destroying_write(d->store, &d->what, err);
	return st == ST_OK ? carry_out(d, report, err) : st;
}

Status store_destroy_again(Store *store, const uint32_t *segments, size_t count, DestructionReport *out, Err *err)
{
	Destruction d = {.store = store};
	DestructionReport report = {0};
	int lock_fd = -1;
	Status st = rewrite_lock(store, &lock_fd, err);
	if (st == ST_OK)
		st = store_write_begin(store, err);
	if (st == ST_OK) {
		st = destroy_again(&d, segments, count, &report, err);
		store_write_end(store);
	}
	rewrite_unlock(lock_fd);
	destroying_done(&d.what);
	buf_done(&d.segments);
	if (st == ST_OK)
		*out = report;
	return st;
}
