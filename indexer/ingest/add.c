/* indexer/ingest/add.c - one item into the archive. The gate for secrets comes first and again when the text is known;
 * the id of an item with files is made before anything is extracted, so that what is archived already costs its reading
 * only; the record is appended with its originals and its text as objects. */
#include "indexer/ingest/add.h"

#include "base/file.h"
#include "indexer/extract/extract.h"
#include "indexer/ingest/complete.h"
#include "indexer/ingest/secret.h"
#include "store/format/hash.h"
#include "store/record/sealed.h"

#include <stdio.h>

/* The id that stands for a content; ptr NULL: out of memory. */
static Str id_of_sum(IngestRun *run, const Sha256 *sum)
{
	Sha256 copy = *sum;
	Hash hash;
	char id[STORE_ID_MAX + 1];
	sha256_end(&copy, &hash);
	entry_derive_id("sha256-", &hash, id);
	return arena_copy(&run->arena, str_from(id));
}

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

/* An item with files gets its id from what was given: metadata, text, names and bytes of the files; not from what is
 * extracted, so that a better extractor makes a new version of the same record and not another record. */
static Status derive_id(IngestRun *run, const IngestItem *item, Str *out, Err *err)
{
	Sha256 sum;
	Buf step = {0};
	Status st = ST_OK;
	buf_clear(&run->metadata);
	record_write(item->record, &run->metadata);
	if (!buf_ok(&run->metadata))
		return err_no_memory(err);
	sha256_begin(&sum);
	sha256_add(&sum, run->metadata.data, run->metadata.len);
	if (item->record->has_text)
		sha256_add(&sum, item->record->text.ptr, item->record->text.len);
	if (item->text_file)
		st = add_file_to_sum(&sum, item->text_file, &step, err);
	for (size_t i = 0; i < item->file_count && st == ST_OK; i++) {
		char head[32];
		int len = snprintf(head, sizeof head, "\n%llu ", (unsigned long long)item->files[i].size_bytes);
		sha256_add(&sum, head, (size_t)len);
		sha256_add(&sum, item->files[i].name.ptr, item->files[i].name.len);
		st = add_file_to_sum(&sum, &item->files[i], &step, err);
	}
	buf_done(&step);
	if (st != ST_OK)
		return st;
	*out = id_of_sum(run, &sum);
	return out->ptr ? ST_OK : err_no_memory(err);
}

static void fill_in_options(IngestRun *run, Record *record)
{
	if (record->is_case)
		return;
	if (run->options.fonds.len && !record->fields[RF_FONDS].text.len)
		record->fields[RF_FONDS].text = run->options.fonds;
	if (run->options.case_code.len && !record->fields[RF_CASES].count) {
		record->fields[RF_CASES].items = &run->options.case_code;
		record->fields[RF_CASES].count = 1;
	}
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

static Status make_objects(IngestRun *run, const IngestItem *item, const ItemText *text, EntryInput *entry, Err *err)
{
	ObjectInput *objects = arena_calloc(&run->arena, item->file_count + item->kept_count + 3, sizeof *objects);
	if (!objects)
		return err_no_memory(err);
	Status st = ST_OK;
	for (size_t i = 0; i < item->file_count && st == ST_OK; i++)
		st = make_object("original", &item->files[i], &objects[entry->object_count++], err);
	if (st == ST_OK && text->keep_file)
		st = make_object("attachment", item->text_file, &objects[entry->object_count++], err);
	if (st == ST_OK && item->envelope)
		st = make_object("envelope", item->envelope, &objects[entry->object_count++], err);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < item->kept_count; i++)
		objects[entry->object_count++] = (ObjectInput){.ref = item->kept[i], .fd = -1};
	if (text->has_text)
		objects[entry->object_count++] = item_text_object(text);
	entry->objects = objects;
	return ST_OK;
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

static Status append(IngestRun *run, IngestItem *item, const ItemText *text, Str key, uint64_t bytes, Err *err)
{
	Record *record = item->record;
	EntryInput entry = {.kind = record->is_case ? ENTRY_CASE : ENTRY_RECORD, .key = key};
	if (!record->is_case) {
		Status st = make_objects(run, item, text, &entry, err);
		if (st != ST_OK)
			return st;
	}
	Status st = item_write_metadata(run, record, &entry, err);
	if (st != ST_OK)
		return st;
	return item_append_entry(run, &entry, bytes + entry.metadata.len, err);
}

/* What only the archive says of a record is an ordinary member where a sender says it. */
static Status move_into_extra(IngestRun *run, Record *record, RecordFieldId id, Err *err)
{
	JsonOut j;
	Str *extra = &record->fields[RF_EXTRA].text;
	if (!record_text(record, id).len)
		return ST_OK;
	buf_clear(&run->scratch);
	jout_begin(&j, &run->scratch);
	if (record_fields[id].kind == FIELD_JSON)
		jout_raw(&j, record_text(record, id));
	else
		jout_str(&j, record_text(record, id));
	record->fields[id] = (FieldValue){0};
	return buf_ok(&run->scratch) ? json_set_member(*extra, record_fields[id].name, buf_str(&run->scratch),
						       &run->arena, extra, err)
				     : err_no_memory(err);
}

static void set_text_state(Record *record, const ItemText *text)
{
	if (!record->is_case)
		record->fields[RF_TEXT_STATE].text = text_state_to_store(text->state, text->has_text);
}

static void count_text_state(IngestRun *run, const ItemText *text)
{
	if (run->receipt.result == APPEND_DUPLICATE)
		return;
	run->report->textless += !text->has_text;
	run->report->waiting += text->waiting_pages > 0;
	run->report->waiting_pages += text->waiting_pages;
	run->report->unreadable += text->state == TEXT_UNREADABLE || text->state == TEXT_ENCRYPTED;
}

/* Another version would take the seal off. */
static Status check_not_sealed(IngestRun *run, Str id, Err *err)
{
	uint64_t sequence;
	Entry entry;
	Err ignored;
	bool sealed = false;
	/* a dry run has no archive */
	if (!run->store || store_find(run->store, ENTRY_RECORD, id, 0, &sequence, &ignored) != ST_OK)
		return ST_OK;
	Status st = store_entry(run->store, sequence, &run->arena, &entry, err);
	if (st == ST_OK)
		st = entry_is_sealed(&entry, &run->arena, &sealed, err);
	return st == ST_OK && sealed ? err_set(err, ST_FORBIDDEN, "this record is sealed off") : st;
}

static Status check_not_empty(const IngestItem *item, Err *err)
{
	const Record *record = item->record;
	if (record->is_case)
		return ST_OK;
	for (size_t i = 0; i < item->file_count; i++)
		if (item->files[i].size_bytes == 0)
			return err_set(err, ST_INVALID, "%s",
				       item->file_count == 1 ? "an empty file" : "one of its files is empty");
	bool is_entry = record_text(record, RF_NUMBER).len || record_text(record, RF_SUBJECT).len ||
			record_text(record, RF_LOCATION).len;
	if (!record->text.len && !item->file_count && !item->envelope && !is_entry)
		return err_set(err, ST_INVALID, "neither text nor a file, nor a number, subject or location");
	return ST_OK;
}

/* The id of an item with files stands for all that was given. If it is archived, with a text by the program that would
 * make it again, there is nothing to do: a folder of scans that is ingested again costs its reading only. */
static bool is_archived(IngestRun *run, const IngestItem *item, Str key)
{
	char head[1024];
	size_t got;
	uint64_t sequence;
	Entry entry;
	Err ignored;
	if (item->record->id.len || item->text_file || item->record->has_text || item->file_count != 1 ||
	    source_file_head(item->files, head, sizeof head, &got, &ignored) != ST_OK)
		return false;
	const char *label = extract_label(format_by_content(item->files->name, (Str){head, got})->reader);
	if (store_find(run->store, ENTRY_RECORD, key, 0, &sequence, &ignored) != ST_OK ||
	    store_entry(run->store, sequence, &run->arena, &entry, &ignored) != ST_OK)
		return false;
	bool has_text = false;
	for (size_t i = 0; i < entry.object_count; i++)
		has_text |= strcmp(entry.objects[i].role, "text") == 0 && label &&
			    str_starts(entry.objects[i].from, str_from(label));
	if (!has_text)
		return false;
	run->receipt = (Receipt){.result = APPEND_DUPLICATE,
				 .version = entry.version,
				 .sequence = sequence,
				 .leaf = entry.leaf,
				 .tree_size = sequence + 1};
	snprintf(run->receipt.key, sizeof run->receipt.key, "%.*s", STR_ARG(entry.key));
	return true;
}

bool item_is_archived(IngestRun *run, IngestItem *item)
{
	Str key;
	Err ignored;
	fill_in_options(run, item->record);
	return !item->record->id.len && item->file_count == 1 && !item->text_file &&
	       derive_id(run, item, &key, &ignored) == ST_OK && is_archived(run, item, key);
}

static void warn(IngestRun *run, const IngestItem *item, Str warnings)
{
	Str line;
	while (warnings.len && str_split(&warnings, '\n', &line))
		if (line.len)
			ingest_warn(run, item->place, line);
}

static Status add(IngestRun *run, IngestItem *item, Buf *text_buf, Err *err)
{
	Record *record = item->record;
	ItemText text = {0};
	Str warnings = record->warnings, key = record->id;
	uint64_t bytes = record->text.len;
	for (size_t i = 0; i < item->file_count; i++)
		bytes += item->files[i].size_bytes;
	run->report->bytes += bytes;
	Status st = check_not_empty(item, err);
	if (st == ST_OK)
		st = secret_check_fields(record, err);
	if (st == ST_OK && record->has_text && run->options.dry_run) /* else it is asked once, with the metadata */
		st = secret_check_text(record->text, err);
	if (st == ST_OK)
		st = move_into_extra(run, record, RF_TEXT_STATE, err);
	if (st == ST_OK)
		st = move_into_extra(run, record, RF_REASON, err);
	if (st == ST_OK)
		st = move_into_extra(run, record, RF_READ, err);
	if (st == ST_OK)
		st = move_into_extra(run, record, RF_RELEASED, err);
	if (st == ST_OK)
		st = move_into_extra(run, record, RF_AMENDED, err);
	if (st == ST_OK)
		st = move_into_extra(run, record, RF_SEALED_OFF, err);
	if (st == ST_OK && key.len && !record->is_case)
		st = check_not_sealed(run, key, err);
	if (st != ST_OK)
		return st;
	fill_in_options(run, record);
	if (run->options.dry_run) {
		run->report->seen++;
		run->report->added++;
		warn(run, item, warnings);
		return ST_OK;
	}
	if (!key.len && item->file_count)
		st = derive_id(run, item, &key, err);
	if (st == ST_OK && is_archived(run, item, key)) {
		item_count_result(run, 0);
		return ST_OK;
	}
	if (st == ST_OK && !record->is_case)
		st = item_find_text(run, item, text_buf, &text, err);
	if (st == ST_OK && !record->is_case)
		st = item_complete_metadata(run, item, &text, err);
	set_text_state(record, &text);
	if (st == ST_OK)
		st = append(run, item, &text, key, bytes, err);
	if (st == ST_OK && !record->is_case)
		count_text_state(run, &text);
	if (st == ST_OK)
		warn(run, item, warnings);
	return st;
}

Status item_add(IngestRun *run, IngestItem *item, Err *err)
{
	Buf text_buf = {0};
	Status st = add(run, item, &text_buf, err);
	buf_done(&text_buf);
	if (st == ST_BUSY && ingest_stopped(run)) /* given up while its text was read: not archived, not refused */
		return ST_OK;
	return st == ST_OK ? ST_OK : ingest_reject_or_end(run, item->place, err, err);
}
