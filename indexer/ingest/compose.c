/* indexer/ingest/compose.c - an entry out of its parts, for those who append one: objects with their hashes, metadata
 * behind the gate, and the count of what became of it. */
#include "indexer/ingest/compose.h"

#include "base/file.h"
#include "indexer/ingest/secret.h"
#include "indexer/source/format.h"
#include "store/format/hash.h"
#include "store/record/sealed.h"

#include <stdio.h>

static Status add_file_to_sum(Sha256 *sum, const SourceFile *file, Buf *step, Err *err)
{
	enum { STEP_BYTES = 256 << 10 };
	if (file->fd < 0) {
		sha256_add(sum, file->bytes.ptr, file->bytes.len);
		return ST_OK;
	}
	if (!buf_reserve(step, STEP_BYTES))
		return err_no_memory(err);
	for (uint64_t at = 0; at < file->size_bytes;) {
		size_t want = file->size_bytes - at < STEP_BYTES ? (size_t)(file->size_bytes - at) : STEP_BYTES;
		Status st = file_pread(file->fd, step->data, want, at, "the file", err);
		if (st != ST_OK)
			return st;
		sha256_add(sum, step->data, want);
		at += want;
	}
	return ST_OK;
}

Status item_hash_file(const SourceFile *file, Hash *out, Err *err)
{
	Sha256 sum;
	Buf step = {0};
	sha256_begin(&sum);
	Status st = add_file_to_sum(&sum, file, &step, err);
	buf_done(&step);
	sha256_end(&sum, st == ST_OK ? out : &(Hash){0});
	return st;
}

static Status make_object(const char *role, const SourceFile *file, ObjectInput *out, Err *err)
{
	char head[512];
	size_t got;
	Status st = source_file_head(file, head, sizeof head, &got, err);
	if (st != ST_OK)
		return st;
	const Format *format = format_by_content(file->name, (Str){head, got});
	*out = (ObjectInput){.ref = {.name = file->name, .media = str_from(format_media(file->name, format))},
			     .bytes = file->fd < 0 ? file->bytes : (Str){NULL, 0},
			     .fd = file->fd};
	snprintf(out->ref.role, sizeof out->ref.role, "%s", role);
	return ST_OK;
}

Status item_original_object(const SourceFile *file, ObjectInput *out, Err *err)
{
	return make_object("original", file, out, err);
}

Status item_role_object(const char *role, const SourceFile *file, ObjectInput *out, Err *err)
{
	return make_object(role, file, out, err);
}

ObjectInput item_text_object(const ItemText *text)
{
	return (ObjectInput){
		.ref = {.role = "text", .media = STR("text/plain; charset=utf-8"), .from = str_from(text->from)},
		.bytes = text->text,
		.fd = -1};
}

void item_count_result(IngestRun *run, uint64_t bytes)
{
	IngestReport *report = run->report;
	report->seen++;
	if (run->receipt.tree_size > run->goal)
		run->goal = run->receipt.tree_size;
	report->added += run->receipt.result == APPEND_ADDED;
	report->versions += run->receipt.result == APPEND_VERSION;
	report->duplicates += run->receipt.result == APPEND_DUPLICATE;
	if (run->receipt.result == APPEND_DUPLICATE)
		return;
	run->uncommitted_count++;
	run->uncommitted_bytes += bytes;
}

Status item_append_entry(IngestRun *run, const EntryInput *entry, uint64_t bytes, Err *err)
{
	Err ignored;
	if (run->uncommitted_count == 0)
		run->drops = store_drops(run->store, &ignored);
	Status st = run->put_now ? store_put(run->store, entry, &run->receipt, err)
				 : store_append(run->store, entry, &run->receipt, err);
	if (st == ST_OK)
		item_count_result(run, bytes);
	return st;
}

/* The gate: of the text only what is new, the rest has passed it. */
static Status pass_gate(const Record *record, const EntryInput *entry, Err *err)
{
	if (record_text(record, RF_SEALED_OFF).len || record_text(record, RF_RELEASED).len)
		return ST_OK; /* nobody reads it; or somebody decided that it is none */
	Status st = secret_check_fields(record, err);
	for (size_t i = 0; i < entry->object_count && st == ST_OK; i++)
		if (strcmp(entry->objects[i].ref.role, "text") == 0)
			st = secret_check_text(entry->objects[i].bytes, err);
	return st;
}

Status item_write_metadata(IngestRun *run, const Record *record, EntryInput *out, Err *err)
{
	Status st = pass_gate(record, out, err);
	if (st != ST_OK)
		return st;
	buf_clear(&run->metadata);
	record_write(record, &run->metadata);
	if (!buf_ok(&run->metadata))
		return err_no_memory(err);
	if (run->metadata.len > STORE_METADATA_MAX)
		return err_set(err, ST_LIMIT, "its metadata is larger than %d bytes", STORE_METADATA_MAX);
	out->metadata = buf_str(&run->metadata);
	if (!record->is_case) {
		out->cases = record->fields[RF_CASES].items;
		out->case_count = record->fields[RF_CASES].count;
	}
	return ST_OK;
}
