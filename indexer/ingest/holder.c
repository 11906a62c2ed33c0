/* indexer/ingest/holder.c - who holds the originals, and what the item says that the holder does not.
 *
 * What was appended by this ingest is not readable until it is committed; a small filter of the derived ids appended
 * since tells when that may matter (amend.h has the same for ids that lines name). */
#include "indexer/ingest/holder.h"

#include "indexer/extract/extract.h"
#include "indexer/ingest/amend.h"
#include "indexer/ingest/compose.h"
#include "indexer/search/holders.h"
#include "store/record/entry_json.h"
#include "store/record/sealed.h"

#include <stdio.h>

/* ---- whose it is ----------------------------------------------------------------------------------------------- */

static void hash_bytes(Str bytes, Hash *out)
{
	Sha256 sum;
	sha256_begin(&sum);
	sha256_add(&sum, bytes.ptr, bytes.len);
	sha256_end(&sum, out);
}

static Status hash_originals(IngestRun *run, const IngestItem *item, Hash **out, Err *err)
{
	Hash *hashes = arena_calloc(&run->arena, item->file_count, sizeof *hashes);
	Status st = hashes ? ST_OK : err_no_memory(err);
	for (size_t i = 0; i < item->file_count && st == ST_OK; i++)
		st = item_hash_file(&item->files[i], &hashes[i], err);
	*out = hashes;
	return st;
}

/* metadata: what tells apart two documents with the same files; "": nothing does. */
static Str id_of(IngestRun *run, const Hash *hashes, size_t count, Str metadata)
{
	Hash all = hashes[0];
	Sha256 sum;
	char id[STORE_ID_MAX + 1];
	sha256_begin(&sum);
	sha256_add(&sum, hashes, count * sizeof *hashes);
	sha256_add(&sum, metadata.ptr, metadata.len);
	if (count > 1 || metadata.len)
		sha256_end(&sum, &all);
	entry_derive_id("sha256-", &all, id);
	return arena_copy(&run->arena, str_from(id));
}

Status holder_derive_id(IngestRun *run, const IngestItem *item, Str *out, Err *err)
{
	Hash *hashes;
	Status st = hash_originals(run, item, &hashes, err);
	if (st != ST_OK)
		return st;
	buf_clear(&run->metadata);
	if (item->files_stand_twice)
		record_write(item->record, &run->metadata);
	if (!buf_ok(&run->metadata))
		return err_no_memory(err);
	*out = id_of(run, hashes, item->file_count, buf_str(&run->metadata));
	return out->ptr ? ST_OK : err_no_memory(err);
}

/* Its originals are these, in this order. */
static bool holds(const Entry *entry, const Hash *hashes, size_t count)
{
	size_t at = 0;
	for (size_t i = 0; i < entry->object_count; i++) {
		if (strcmp(entry->objects[i].role, "original") != 0)
			continue;
		if (at == count || !hash_eq(&entry->objects[i].hash, &hashes[at]))
			return false;
		at++;
	}
	return at == count;
}

static Status load_newest(IngestRun *run, Str id, Entry *out, bool *found_out, Err *err)
{
	uint64_t sequence;
	*found_out = false;
	Status st = store_find(run->store, ENTRY_RECORD, id, 0, &sequence, err);
	if (st == ST_OK)
		st = store_entry(run->store, sequence, &run->arena, out, err);
	*found_out = st == ST_OK;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* By the index: what it does not know yet, or can't say now, is no holder. */
static Status find_elsewhere(IngestRun *run, const IngestItem *item, Entry *out, bool *found_out, Err *err)
{
	Hash *hashes;
	uint64_t size;
	Err ignored;
	NumberAnswer holders = {0};
	Status st = hash_originals(run, item, &hashes, err);
	if (st != ST_OK || !run->lookups || store_object_size(run->store, &hashes[0], &size, &ignored) != ST_OK ||
	    search_holders(run->lookups, &hashes[0], &run->arena, &holders, &ignored) != ST_OK)
		return st;
	for (size_t i = 0; st == ST_OK && i < holders.exact_count && !*found_out; i++) {
		st = load_newest(run, holders.exact[i].hit.id, out, found_out, err);
		*found_out = *found_out && holds(out, hashes, item->file_count);
	}
	return st;
}

static Status find_holder(IngestRun *run, const IngestItem *item, Str key, Entry *out, bool *found_out, Err *err)
{
	Status st = ST_OK;
	if (!run->put_now && run->uncommitted_count && id_filter_may_have(&run->appended, key))
		st = ingest_commit(run, err);
	if (st == ST_OK)
		st = load_newest(run, key, out, found_out, err);
	if (st == ST_OK && !*found_out && !item->files_stand_twice)
		st = find_elsewhere(run, item, out, found_out, err);
	return st;
}

/* ---- what it says that the holder does not --------------------------------------------------------------------- */

typedef struct {
	IngestRun *run;
	const IngestItem *item;
	Entry entry; /* the holder's newest version */
	Record held;
	Record news; /* fields that the holder shall have */
	bool any_news;
	Buf differs; /* "number: 15/QĐ, held: 16/QĐ; " */
} Comparison;

/* The holder has it only because it was read from the text. */
static bool was_read(const Record *held, RecordFieldId id)
{
	char member[64];
	snprintf(member, sizeof member, "\"%s\":", record_fields[id].name);
	return str_find(record_text(held, RF_READ), str_from(member)) >= 0;
}

static bool is_said(const FieldValue *value)
{
	return value->text.len || value->count;
}

/* As it would be archived: a date that is written in another way is the same. */
static void write_value(const Record *record, RecordFieldId id, Buf *out)
{
	Record one = {.issued = record->issued};
	one.fields[id] = record->fields[id];
	buf_clear(out);
	record_write(&one, out);
}

/* "số ký hiệu (number): 16/QĐ ≠ 15/QĐ"; what is no text as JSON. */
static void note_difference(Comparison *c, RecordFieldId id, Str given, Str held)
{
	const Record *item = c->item->record;
	bool is_text = !item->fields[id].count && !c->held.fields[id].count && id != RF_EXTRA;
	buf_printf(&c->differs, "%s%s (%s): %.*s ≠ %.*s", c->differs.len ? "; " : "", record_fields[id].label_vi,
		   record_fields[id].name, STR_ARG(is_text ? record_text(item, id) : given),
		   STR_ARG(is_text ? record_text(&c->held, id) : held));
}

static void compare_field(Comparison *c, RecordFieldId id)
{
	IngestRun *run = c->run;
	const FieldValue *given = &c->item->record->fields[id], *held = &c->held.fields[id];
	if (!is_said(given))
		return;
	write_value(c->item->record, id, &run->scratch);
	write_value(&c->held, id, &run->metadata);
	if (str_eq(buf_str(&run->scratch), buf_str(&run->metadata)))
		return;
	if (is_said(held) && !was_read(&c->held, id) && !run->options.amend) {
		note_difference(c, id, buf_str(&run->scratch), buf_str(&run->metadata));
		return;
	}
	c->news.fields[id] = *given;
	c->any_news = true;
}

/* "extra" member by member. */
static Status compare_extra(Comparison *c, Err *err)
{
	IngestRun *run = c->run;
	Str given = record_text(c->item->record, RF_EXTRA), held = record_text(&c->held, RF_EXTRA), merged;
	if (!given.len)
		return ST_OK;
	if (!held.len) {
		c->news.fields[RF_EXTRA].text = given;
		c->any_news = true;
		return ST_OK;
	}
	/* what the holder has stays, unless it was asked for otherwise */
	Status st = json_merge_patch(run->options.amend ? held : given, run->options.amend ? given : held, &run->arena,
				     &merged, err);
	if (st != ST_OK)
		return st;
	Str other;
	st = json_merge_patch(held, given, &run->arena, &other, err);
	if (st == ST_OK && !str_eq(other, merged) && !run->options.amend)
		note_difference(c, RF_EXTRA, given, held);
	if (st == ST_OK && !str_eq(merged, held)) {
		c->news.fields[RF_EXTRA].text = merged;
		c->any_news = true;
	}
	return st;
}

static Status compare(Comparison *c, Err *err)
{
	for (int id = 0; id < RF_EXTRA; id++)
		compare_field(c, (RecordFieldId)id);
	c->news.issued = c->item->record->issued;
	Status st = compare_extra(c, err);
	return st == ST_OK && !buf_ok(&c->differs) ? err_no_memory(err) : st;
}

/* ---- what becomes of it ---------------------------------------------------------------------------------------- */

static Str original_name(const Entry *entry)
{
	for (size_t i = 0; i < entry->object_count; i++)
		if (strcmp(entry->objects[i].role, "original") == 0)
			return entry->objects[i].name;
	return (Str){0};
}

static Status tell(Comparison *c, Err *err)
{
	Str name = original_name(&c->entry);
	bool is_other_name = c->item->file_count && name.len && !str_eq(name, c->item->files[0].name);
	if (c->differs.len)
		return ingest_find_about(c->run, c->item->place, FINDING_CONTRADICTION, c->entry.key,
					 buf_str(&c->differs), err);
	return is_other_name ? ingest_find_about(c->run, c->item->place, FINDING_SAME_ORIGINAL, c->entry.key, name, err)
			     : ST_OK;
}

static Status amend_holder(Comparison *c, Err *err)
{
	Buf patch = {0};
	record_write(&c->news, &patch);
	Status st = buf_ok(&patch) ? amend_record(c->run, c->entry.key, buf_str(&patch), err) : err_no_memory(err);
	buf_done(&patch);
	return st;
}

static void set_duplicate(Comparison *c)
{
	const Entry *entry = &c->entry;
	c->run->receipt = (Receipt){.result = APPEND_DUPLICATE,
				    .version = entry->version,
				    .sequence = entry->sequence,
				    .leaf = entry->leaf,
				    .tree_size = entry->sequence + 1};
	snprintf(c->run->receipt.key, sizeof c->run->receipt.key, "%.*s", STR_ARG(entry->key));
	item_count_result(c->run, 0);
}

/* A text that nobody gave, by the program that would make it again, or one that recognition made, is not made anew; no
 * text at all may be there now that a reader was added. */
static bool has_its_text(const Comparison *c)
{
	const Record *held = &c->held;
	TextState state = text_state_of(held, false);
	char head[1024];
	size_t got;
	Err ignored;
	for (size_t i = 0; i < c->entry.object_count; i++) {
		const ObjectRef *object = &c->entry.objects[i];
		if (strcmp(object->role, "text") != 0)
			continue;
		if (c->item->file_count != 1 ||
		    source_file_head(c->item->files, head, sizeof head, &got, &ignored) != ST_OK)
			return true;
		const char *label = extract_label(format_by_content(c->item->files->name, (Str){head, got})->reader);
		Str program = label ? str_from(label) : (Str){0}, name = program;
		ptrdiff_t blank = str_find_char(program, ' ');
		if (blank > 0)
			name = str_slice(program, 0, (size_t)blank);
		return !label || !str_starts(object->from, name) || str_starts(object->from, program);
	}
	return state == TEXT_WAITING || state == TEXT_STAMP_ONLY || state == TEXT_PARTIAL;
}

static bool gives_text(const IngestItem *item)
{
	return item->record->has_text || item->text_file;
}

/* Without what was read from the text that is made anew. */
static Status forget_what_was_read(Comparison *c, Err *err)
{
	static const char what_was_read[] = "{\"extraction\":null,\"extracted\":null}";
	Str *extra = &c->held.fields[RF_EXTRA].text;
	for (int id = 0; id < RF_EXTRA; id++)
		if (was_read(&c->held, (RecordFieldId)id))
			c->held.fields[id] = (FieldValue){0};
	c->held.fields[RF_READ] = (FieldValue){0};
	if (!extra->len)
		return ST_OK;
	Status st = json_merge_patch(*extra, str_from(what_was_read), &c->run->arena, extra, err);
	if (st == ST_OK && str_eq(*extra, STR("{}")))
		*extra = (Str){0};
	return st;
}

/* The item is now the holder's next version: its metadata, its files, and the text that came or will be made. */
static Status become_next(Comparison *c, IngestItem *item, Err *err)
{
	Record given = *item->record;
	ObjectRef *kept = arena_calloc(&c->run->arena, c->entry.object_count + 1, sizeof *kept);
	Status st = kept ? ST_OK : err_no_memory(err);
	if (st == ST_OK && !gives_text(item))
		st = forget_what_was_read(c, err);
	if (st != ST_OK)
		return st;
	for (int id = 0; id <= RF_EXTRA; id++)
		if (is_said(&c->news.fields[id]))
			c->held.fields[id] = c->news.fields[id];
	if (is_said(&c->news.fields[RF_ISSUED]))
		c->held.issued = c->news.issued;
	c->held.id = c->entry.key;
	c->held.text = given.text;
	c->held.has_text = given.has_text;
	c->held.warnings = given.warnings;
	*item->record = c->held;
	if (!gives_text(item))
		return ST_OK;
	for (size_t i = 0; i < c->entry.object_count; i++)
		if (object_is_file(&c->entry.objects[i]))
			kept[item->kept_count++] = c->entry.objects[i];
	item->kept = kept;
	item->file_count = 0; /* they are kept, under the names that they have */
	return ST_OK;
}

/* Whether the text that is given is the one that is held. */
static Status holds_text(Comparison *c, bool *out, Err *err)
{
	Hash hash;
	Status st = ST_OK;
	if (c->item->text_file)
		st = item_hash_file(c->item->text_file, &hash, err);
	else
		hash_bytes(c->item->record->text, &hash);
	*out = false;
	for (size_t i = 0; st == ST_OK && i < c->entry.object_count; i++)
		*out |= hash_eq(&c->entry.objects[i].hash, &hash);
	return st;
}

static Status take(Comparison *c, IngestItem *item, HolderOutcome *out, Err *err)
{
	bool sealed, has_text = false;
	Status st = entry_is_sealed(&c->entry, &c->run->arena, &sealed, err);
	if (st == ST_OK && sealed)
		return err_set(err, ST_FORBIDDEN, "this record is sealed off");
	if (st == ST_OK)
		st = entry_read_record(&c->entry, &c->run->arena, &c->held, err);
	if (st == ST_OK)
		st = compare(c, err);
	if (st == ST_OK)
		st = tell(c, err);
	if (st == ST_OK && gives_text(item))
		st = holds_text(c, &has_text, err);
	else if (st == ST_OK)
		has_text = has_its_text(c);
	if (st != ST_OK)
		return st;
	*out = has_text ? HOLDER_DONE : HOLDER_NEXT;
	if (!has_text)
		return become_next(c, item, err);
	if (c->any_news)
		return amend_holder(c, err);
	set_duplicate(c);
	return ST_OK;
}

Status holder_take(IngestRun *run, IngestItem *item, Str *key, HolderOutcome *out, Err *err)
{
	Comparison c = {.run = run, .item = item};
	bool found = false;
	*out = HOLDER_NONE;
	Status st = find_holder(run, item, *key, &c.entry, &found, err);
	if (st == ST_OK && found && !c.entry.destroyed) {
		*key = c.entry.key;
		st = take(&c, item, out, err);
	}
	buf_done(&c.differs);
	return st;
}

bool holder_has_all(IngestRun *run, IngestItem *item)
{
	Comparison c = {.run = run, .item = item};
	bool found = false;
	Str key;
	Err ignored;
	return !item->record->id.len && item->file_count == 1 && !item->text_file && !item->record->has_text &&
	       holder_derive_id(run, item, &key, &ignored) == ST_OK &&
	       load_newest(run, key, &c.entry, &found, &ignored) == ST_OK && found && !c.entry.destroyed &&
	       entry_read_record(&c.entry, &run->arena, &c.held, &ignored) == ST_OK && has_its_text(&c);
}

Status holder_tell_others(IngestRun *run, const IngestItem *item, Err *err)
{
	NumberAnswer holders = {0};
	Hash hash;
	uint64_t size;
	Err ignored;
	if (!run->lookups || !item->file_count)
		return ST_OK;
	Status st = item_hash_file(item->files, &hash, err);
	if (st != ST_OK || store_object_size(run->store, &hash, &size, &ignored) != ST_OK ||
	    search_holders(run->lookups, &hash, &run->arena, &holders, &ignored) != ST_OK)
		return st;
	for (size_t i = 0; i < holders.exact_count; i++)
		if (!str_eq(holders.exact[i].hit.id, item->record->id))
			return ingest_find_about(run, item->place, FINDING_SAME_ORIGINAL, holders.exact[i].hit.id,
						 (Str){0}, err);
	return ST_OK;
}
