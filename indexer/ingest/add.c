/* indexer/ingest/add.c - one item into the archive. The gate for secrets comes first and again when the text is known;
 * who holds the files already is asked before anything is extracted, so that what is archived costs its reading only
 * (holder.h); the record is appended with its originals and its text as objects. */
#include "indexer/ingest/add.h"

#include "indexer/extract/extract.h"
#include "indexer/ingest/compose.h"
#include "indexer/ingest/holder.h"
#include "indexer/ingest/same_number.h"
#include "indexer/ingest/secret.h"
#include "store/record/sealed.h"

#include <stdio.h>

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

static Status make_objects(IngestRun *run, const IngestItem *item, const ItemText *text, EntryInput *entry, Err *err)
{
	ObjectInput *objects = arena_calloc(&run->arena, item->file_count + item->kept_count + 3, sizeof *objects);
	if (!objects)
		return err_no_memory(err);
	Status st = ST_OK;
	for (size_t i = 0; i < item->file_count && st == ST_OK; i++)
		st = item_original_object(&item->files[i], &objects[entry->object_count++], err);
	if (st == ST_OK && text->keep_file)
		st = item_role_object("attachment", item->text_file, &objects[entry->object_count++], err);
	if (st == ST_OK && item->envelope)
		st = item_role_object("envelope", item->envelope, &objects[entry->object_count++], err);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < item->kept_count; i++)
		objects[entry->object_count++] = (ObjectInput){.ref = item->kept[i], .fd = -1};
	if (text->has_text)
		objects[entry->object_count++] = item_text_object(text);
	entry->objects = objects;
	return ST_OK;
}

/* is_first: nobody held the key a moment ago; ST_CONFLICT: now somebody does. */
static Status append(IngestRun *run, IngestItem *item, const ItemText *text, Str key, uint64_t bytes, bool is_first,
		     Err *err)
{
	Record *record = item->record;
	EntryInput entry = {.kind = record->is_case ? ENTRY_CASE : ENTRY_RECORD,
			    .key = key,
			    .expected_version = is_first ? VERSION_NONE : 0};
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

bool item_is_archived(IngestRun *run, IngestItem *item)
{
	fill_in_options(run, item->record);
	return holder_has_all(run, item);
}

static void warn(IngestRun *run, const IngestItem *item, Str warnings)
{
	Str line;
	while (warnings.len && str_split(&warnings, '\n', &line))
		if (line.len)
			ingest_warn(run, item->place, line);
}

/* The item's files are nobody's yet, or its id was given; or it is its holder's next version. */
static Status append_and_tell(IngestRun *run, IngestItem *item, const ItemText *text, Str key, uint64_t bytes,
			      bool is_derived, HolderOutcome held, Err *err)
{
	bool is_first = is_derived && held == HOLDER_NONE;
	Status st = append(run, item, text, key, bytes, is_first, err);
	if (st == ST_CONFLICT && is_first) { /* somebody was faster with the same files */
		st = holder_take(run, item, &key, &held, err);
		if (st == ST_OK && held != HOLDER_DONE)
			st = err_set(err, ST_CONFLICT, "others write the same record; try again");
		return st;
	}
	if (st == ST_OK && is_derived)
		id_filter_add(&run->appended, key);
	else if (st == ST_OK && run->receipt.result == APPEND_ADDED)
		st = holder_tell_others(run, item, err);
	return st == ST_OK ? same_number_tell(run, item, err) : st;
}

static Status add(IngestRun *run, IngestItem *item, Buf *text_buf, Err *err)
{
	Record *record = item->record;
	ItemText text = {0};
	HolderOutcome held = HOLDER_NONE;
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
	bool is_derived = !key.len && item->file_count;
	if (is_derived)
		st = holder_derive_id(run, item, &key, err);
	if (st == ST_OK && is_derived)
		st = holder_take(run, item, &key, &held, err);
	if (st == ST_OK && held == HOLDER_DONE) {
		warn(run, item, warnings);
		return ST_OK;
	}
	if (st == ST_OK && !record->is_case)
		st = item_find_text(run, item, text_buf, &text, err);
	if (st == ST_OK && !record->is_case)
		st = item_complete_metadata(run, item, &text, err);
	set_text_state(record, &text);
	if (st == ST_OK && held == HOLDER_NONE)
		st = same_number_refuse(run, item, key, err);
	if (st == ST_OK)
		st = append_and_tell(run, item, &text, key, bytes, is_derived, held, err);
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
