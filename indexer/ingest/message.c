/* indexer/ingest/message.c - reads the message, finds out whether it is archived already, and what it is about: a new
 * document, a change to one that is archived, or a word about one. Messages come in any order, so what a message is
 * about may not be there yet: then it becomes a record of its own that names the other. */
#include "indexer/ingest/message.h"

#include "indexer/ingest/add.h"
#include "indexer/ingest/compose.h"
#include "indexer/ingest/attached.h"
#include "indexer/ingest/edxml_record.h"
#include "indexer/ingest/queue.h"
#include "indexer/ingest/secret.h"
#include "indexer/source/format.h"
#include "store/record/entry_json.h"

#include <stdio.h>

typedef struct {
	IngestRun *run;
	IngestPlace place;
	Arena arena; /* of this message: run->arena is reset with each record */
	Buf bytes;
	SourceFile file; /* the message itself */
	Hash hash;
	Edxml edxml;
	EdxmlShape shape;
	char key[STORE_ID_MAX + 1], own_key[STORE_ID_MAX + 1], envelope_key[STORE_ID_MAX + 1],
		target_key[STORE_ID_MAX + 1];
	AttachedFiles attached;
} Message;

/* ---- what is archived ------------------------------------------------------------------------------------------ */

static bool is_archived(Message *m, const char *key)
{
	Err ignored;
	uint64_t sequence;
	return key[0] && store_find(m->run->store, ENTRY_RECORD, str_from(key), 0, &sequence, &ignored) == ST_OK;
}

/* Any version of the record that holds this very message. */
static Status find_message(Message *m, const char *key, bool *found_out, Err *err)
{
	IngestRun *run = m->run;
	Arena arena = {0};
	uint64_t sequence = UINT64_MAX;
	Status st = ST_OK;
	if (!*found_out && is_archived(m, key))
		st = store_find(run->store, ENTRY_RECORD, str_from(key), 0, &sequence, err);
	while (st == ST_OK && !*found_out && sequence != UINT64_MAX) {
		Entry entry;
		arena_reset(&arena);
		st = store_entry(run->store, sequence, &arena, &entry, err);
		for (size_t i = 0; st == ST_OK && i < entry.object_count && !*found_out; i++)
			*found_out = hash_eq(&entry.objects[i].hash, &m->hash);
		if (st == ST_OK && *found_out) {
			run->receipt = (Receipt){.result = APPEND_DUPLICATE,
						 .version = entry.version,
						 .sequence = entry.sequence,
						 .leaf = entry.leaf,
						 .tree_size = entry.sequence + 1};
			snprintf(run->receipt.key, sizeof run->receipt.key, "%s", key);
		}
		sequence = st == ST_OK ? entry.previous : UINT64_MAX;
	}
	arena_done(&arena);
	return st;
}

static Status find_duplicate(Message *m, bool *found_out, Err *err)
{
	const char *const keys[] = {m->own_key, m->target_key, m->envelope_key};
	Status st = ST_OK;
	*found_out = false;
	for (size_t i = 0; i < sizeof keys / sizeof *keys && st == ST_OK; i++)
		st = find_message(m, keys[i], found_out, err);
	return st;
}

/* ---- what it is about ------------------------------------------------------------------------------------------ */

static void warn(Message *m, const char *warning)
{
	ingest_warn(m->run, m->place, str_from(warning));
}

static void settle(Message *m)
{
	EdxmlShape *shape = &m->shape;
	bool target_is_there = is_archived(m, m->target_key);
	const char *key = m->own_key[0] ? m->own_key : m->envelope_key;
	switch (shape->kind) {
	case EDXML_UPDATE:
		if (target_is_there) {
			key = m->target_key;
		} else {
			warn(m, "the document that it updates is not archived");
			shape->relation = strcmp(m->target_key, m->own_key) ? "updates" : NULL;
		}
		break;
	case EDXML_REVOCATION:
		key = m->envelope_key;
		shape->relation = "revokes";
		if (!target_is_there)
			warn(m, "the document that it revokes is not archived");
		break;
	case EDXML_STATUS:
		shape->relation = "status_of";
		key = m->envelope_key;
		if (!target_is_there)
			warn(m, "the document whose status it tells is not archived");
		break;
	case EDXML_NEW:
	case EDXML_REPLACEMENT:
	case EDXML_KIND_COUNT:
		break;
	}
	snprintf(m->key, sizeof m->key, "%s", key);
	shape->key = m->key;
}

static void name_keys(Message *m)
{
	Str target = {NULL, 0};
	hash_of(buf_str(&m->bytes), &m->hash);
	entry_derive_id("edxml-", &m->hash, m->envelope_key);
	m->shape.kind = edxml_kind(&m->edxml);
	edxml_key(edxml_document_id(&m->edxml, &m->arena), m->own_key);
	if (m->shape.kind != EDXML_NEW && m->shape.kind != EDXML_REPLACEMENT)
		target = edxml_target_id(&m->edxml, m->shape.kind);
	m->shape.target_id = target;
	edxml_key(target, m->target_key);
}

/* ---- a record -------------------------------------------------------------------------------------------------- */

static Status gather_attachments(Message *m, Err *err)
{
	Status st = ST_OK;
	for (size_t i = 0; i < m->edxml.attachment_count && st == ST_OK; i++) {
		const EdxmlAttachment *a = &m->edxml.attachments[i];
		if (!a->has_content)
			attached_warn(&m->attached, a->name, "announced without content");
		else if (a->broken)
			attached_warn(&m->attached, a->name, "its base64 is broken; it stands in the envelope only");
		else
			st = attached_add(&m->attached, a->name, buf_str(&a->bytes), err);
	}
	return st;
}

static bool same_content_id(Str a, Str b)
{
	a = str_starts(a, STR("cid:")) ? str_slice(a, 4, a.len) : a;
	b = str_starts(b, STR("cid:")) ? str_slice(b, 4, b.len) : b;
	return str_eq(a, b);
}

/* What the list of contents announces and nothing brings. */
static void warn_of_missing(Message *m)
{
	for (size_t i = 0; i < m->edxml.count; i++) {
		const EdxmlLeaf *leaf = &m->edxml.leaves[i];
		bool found = false;
		if (!str_eq(leaf->path, STR("edXMLManifest/Reference/ContentId")))
			continue;
		for (size_t k = 0; k < m->edxml.attachment_count && !found; k++)
			found = same_content_id(m->edxml.attachments[k].content_id, leaf->value);
		if (!found)
			attached_warn(&m->attached, edxml_sibling(&m->edxml, leaf, "AttachmentName"),
				      "announced, but not in the message");
	}
}

/* Objects of the version before that an update leaves as they are: what was said about the document. */
static Status keep_statuses(Message *m, IngestItem *item, Err *err)
{
	uint64_t sequence;
	Entry entry;
	if (m->shape.kind != EDXML_UPDATE || !is_archived(m, m->key))
		return ST_OK;
	Status st = store_find(m->run->store, ENTRY_RECORD, str_from(m->key), 0, &sequence, err);
	if (st == ST_OK)
		st = store_entry(m->run->store, sequence, &m->arena, &entry, err);
	if (st != ST_OK || !entry.object_count)
		return st;
	ObjectRef *kept = arena_calloc(&m->arena, entry.object_count, sizeof *kept);
	if (!kept)
		return err_no_memory(err);
	for (size_t i = 0; i < entry.object_count; i++)
		if (strcmp(entry.objects[i].role, "status") == 0)
			kept[item->kept_count++] = entry.objects[i];
	item->kept = kept;
	return ST_OK;
}

static Status add_record(Message *m, Err *err)
{
	IngestRun *run = m->run;
	Record record;
	Buf json = {0};
	Status st = gather_attachments(m, err);
	if (st == ST_OK)
		warn_of_missing(m);
	edxml_write_record(&m->edxml, &m->shape, &json);
	if (st == ST_OK)
		st = buf_ok(&json) ? json_reader_parse(&run->json, buf_str(&json), &m->arena, &record, err)
				   : err_no_memory(err);
	IngestItem item = {.place = m->place,
			   .record = &record,
			   .files = m->attached.files,
			   .file_count = m->attached.count,
			   .envelope = &m->file};
	if (st == ST_OK)
		st = keep_statuses(m, &item, err);
	st = st == ST_OK ? ingest_add(run, &item, err) : ingest_reject_or_end(run, m->place, err, err);
	buf_done(&json);
	return st;
}

/* ---- a word about a record ------------------------------------------------------------------------------------- */

static Status add_status(Message *m, Err *err)
{
	IngestRun *run = m->run;
	uint64_t sequence;
	Entry entry = {0};
	Record record = {0};
	Buf line = {0};
	EntryInput next = {.kind = ENTRY_RECORD};
	Status st = store_find(run->store, ENTRY_RECORD, str_from(m->target_key), 0, &sequence, err);
	if (st == ST_OK)
		st = store_entry(run->store, sequence, &m->arena, &entry, err);
	if (st == ST_OK && entry.destroyed)
		st = err_set(err, ST_CONFLICT, "the document whose status it tells was destroyed");
	if (st == ST_OK)
		st = entry_read_record(&entry, &m->arena, &record, err);
	edxml_write_status(&m->edxml, &line);
	Str *extra = &record.fields[RF_EXTRA].text;
	if (st == ST_OK)
		st = buf_ok(&line) ? json_append_member(*extra, "statuses", buf_str(&line), &m->arena, extra, err)
				   : err_no_memory(err);
	ObjectInput *objects = arena_calloc(&m->arena, entry.object_count + 1, sizeof *objects);
	if (st == ST_OK && !objects)
		st = err_no_memory(err);
	for (size_t i = 0; st == ST_OK && i < entry.object_count; i++)
		objects[next.object_count++] = (ObjectInput){.ref = entry.objects[i], .fd = -1};
	if (st == ST_OK)
		st = item_role_object("status", &m->file, &objects[next.object_count++], err);
	next.key = str_from(m->target_key);
	next.objects = objects;
	next.expected_version = entry.version;
	if (st == ST_OK)
		st = item_write_metadata(run, &record, &next, err);
	if (st == ST_OK)
		st = item_append_entry(run, &next, m->bytes.len, err);
	buf_done(&line);
	return st == ST_OK ? ST_OK : ingest_reject_or_end(run, m->place, err, err);
}

/* ---- the message ----------------------------------------------------------------------------------------------- */

/* Every field of the message passes the gate, also those that become no field of the record. */
static Status check_secrets(const Edxml *edxml, Err *err)
{
	Status st = ST_OK;
	for (size_t i = 0; i < edxml->count && st == ST_OK; i++)
		st = secret_check_text(edxml->leaves[i].value, err);
	return st;
}

static void tell_warnings(Message *m)
{
	Str line, warnings = buf_str(&m->edxml.warnings);
	while (warnings.len && str_split(&warnings, '\n', &line))
		if (line.len)
			ingest_warn(m->run, m->place, line);
}

static Status take(Message *m, Err *err)
{
	bool found;
	Status st = ST_OK;
	name_keys(m);
	if (m->shape.kind != EDXML_NEW) { /* what it is about may have come just before */
		st = ingest_settle(m->run, err);
		if (st == ST_OK)
			st = ingest_commit(m->run, err);
	}
	if (st == ST_OK)
		st = find_duplicate(m, &found, err);
	if (st != ST_OK)
		return st;
	m->run->report->bytes += m->bytes.len;
	if (found) {
		item_count_result(m->run, 0);
		return ST_OK;
	}
	tell_warnings(m);
	settle(m);
	if (m->shape.kind == EDXML_STATUS && is_archived(m, m->target_key))
		return add_status(m, err);
	return add_record(m, err);
}

bool message_is(const SourceFile *file)
{
	char head[6 << 10];
	size_t got = 0;
	Err ignored;
	if (format_by_name(file->name)->reader == READER_EDXML)
		return true;
	return strcmp(format_by_name(file->name)->name, "xml") == 0 &&
	       source_file_head(file, head, sizeof head, &got, &ignored) == ST_OK && edxml_is((Str){head, got});
}

Status ingest_message(IngestRun *run, const SourceFile *file, IngestPlace place, Err *err)
{
	Message m = {.run = run};
	m.place = (IngestPlace){.name = arena_copy(&m.arena, place.name), .line = place.line};
	Str name = arena_copy(&m.arena, file->name);
	arena_reset(&run->arena);
	Status st = m.place.name.ptr && name.ptr ? ST_OK : err_no_memory(err);
	m.attached = (AttachedFiles){.run = run, .place = m.place};
	if (st == ST_OK)
		st = source_file_load(file, EDXML_BYTES_MAX, &m.bytes, err);
	if (st == ST_OK && !m.bytes.len)
		st = err_set(err, ST_INVALID, "an empty file");
	if (st == ST_OK)
		st = edxml_read(buf_str(&m.bytes), &m.edxml, err);
	if (st == ST_OK)
		st = check_secrets(&m.edxml, err);
	m.file = source_file_of(name, buf_str(&m.bytes));
	st = st == ST_OK ? take(&m, err) : ingest_reject_or_end(run, m.place, err, err);
	attached_done(&m.attached);
	edxml_done(&m.edxml);
	buf_done(&m.bytes);
	arena_done(&m.arena);
	return st;
}
