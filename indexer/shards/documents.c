/* indexer/shards/documents.c - loads an entry with its record and texts, and hands its terms to a sink.
 *
 * A record's entry that has a predecessor replaces it: the predecessor's sequence is superseded. A decision to destroy
 * supersedes every version of the records it names.
 */
#include "indexer/shards/documents.h"
#include "store/record/sealed.h"

#include <jansson.h>

#include <stdlib.h>

struct DocumentReader {
	Store *store;
	TermMaker *maker;
	Arena arena;
	Buf text;
	Entry entry; /* loaded last */
	Record record;
};

DocumentReader *document_reader_new(Store *store, Err *err)
{
	DocumentReader *reader = calloc(1, sizeof *reader);
	if (!reader) {
		err_no_memory(err);
		return NULL;
	}
	reader->store = store;
	reader->maker = term_maker_new(err);
	if (!reader->maker) {
		free(reader);
		return NULL;
	}
	return reader;
}

void document_reader_free(DocumentReader *reader)
{
	if (!reader)
		return;
	term_maker_free(reader->maker);
	arena_done(&reader->arena);
	buf_done(&reader->text);
	free(reader);
}

/* Damage stays: what is readable is indexed without the rest, and the answers say that something lacks. A failing
 * disk or a lack of memory may pass: then the range is built again. */
static bool is_damage(Status st)
{
	return st == ST_CORRUPT || st == ST_NOT_FOUND || st == ST_INVALID || st == ST_LIMIT || st == ST_UNSUPPORTED;
}

/* All texts of a record, one behind the other; a form feed keeps words of two texts apart. The block checksums of the
 * archive are enough here: only bytes that are given out are checked against their SHA-256. */
static Status load_texts(DocumentReader *r, const Entry *entry, Superseded *superseded, Err *err)
{
	buf_clear(&r->text);
	for (size_t i = 0; i < entry->object_count; i++) {
		const ObjectRef *object = &entry->objects[i];
		if (strcmp(object->role, "text") != 0 || !object->size_bytes ||
		    object->size_bytes > DOCUMENT_TEXT_MAX - r->text.len)
			continue;
		if (r->text.len)
			buf_add_char(&r->text, '\f');
		char *bytes = buf_extend(&r->text, (size_t)object->size_bytes);
		if (!bytes)
			return err_no_memory(err);
		Err why;
		Status st = store_object_read(r->store, &object->hash, 0, bytes, (size_t)object->size_bytes, &why);
		if (is_damage(st)) {
			superseded->unreadable++;
			r->text.len -= (size_t)object->size_bytes;
		} else if (st != ST_OK) {
			*err = why;
			return st;
		}
	}
	return buf_ok(&r->text) ? ST_OK : err_no_memory(err);
}

/* A destroyed record: all its versions. */
static Status add_versions(DocumentReader *r, Str id, Superseded *superseded, Err *err)
{
	uint64_t sequence = 0;
	Err why;
	Status st = store_find(r->store, ENTRY_RECORD, id, 0, &sequence, &why);
	while (st == ST_OK && sequence != UINT64_MAX) {
		Entry version;
		if (!superseded_add(superseded, sequence))
			return err_no_memory(err);
		st = store_entry(r->store, sequence, &r->arena, &version, &why);
		sequence = st == ST_OK ? version.previous : UINT64_MAX;
	}
	superseded->unreadable += st == ST_CORRUPT;
	if (st != ST_OK && !is_damage(st))
		*err = why;
	return is_damage(st) ? ST_OK : st;
}

static Status add_destroyed(DocumentReader *r, Superseded *superseded, Err *err)
{
	json_t *decision = json_loadb(r->entry.metadata.ptr, r->entry.metadata.len, 0, NULL);
	const json_t *records = json_object_get(decision, "records"), *id;
	Status st = ST_OK;
	size_t i;
	json_array_foreach(records, i, id)
	{
		if (st == ST_OK && json_is_string(id))
			st = add_versions(r, (Str){json_string_value(id), json_string_length(id)}, superseded, err);
	}
	superseded->destroyed = true;
	json_decref(decision);
	return st;
}

/* The entry and, if it is a record, its fields. ST_NOT_FOUND: they cannot be read. */
static Status load_entry(DocumentReader *r, uint64_t sequence, Err *err)
{
	Err why;
	arena_reset(&r->arena);
	Status st = store_entry(r->store, sequence, &r->arena, &r->entry, &why);
	if (st == ST_OK && r->entry.kind == ENTRY_RECORD && !r->entry.destroyed)
		st = record_parse_stored(r->entry.metadata, &r->arena, &r->record, &why);
	if (is_damage(st))
		return ST_NOT_FOUND;
	if (st != ST_OK)
		*err = why;
	return st;
}

Status document_load(DocumentReader *r, uint64_t sequence, Superseded *superseded, bool *is_document_out, Err *err)
{
	Status st = load_entry(r, sequence, err);
	*is_document_out = false;
	if (st == ST_NOT_FOUND) {
		superseded->unreadable++;
		return ST_OK;
	}
	if (st != ST_OK)
		return st;
	if (r->entry.previous != UINT64_MAX && r->entry.kind == ENTRY_RECORD &&
	    !superseded_add(superseded, r->entry.previous))
		return err_no_memory(err);
	/* one that is sealed off is found by nobody (store/record/sealed.h) */
	bool is_record = r->entry.kind == ENTRY_RECORD && !r->entry.destroyed;
	bool is_sealed = is_record && record_is_sealed(&r->record);
	*is_document_out = is_record && !is_sealed;
	superseded->destroyed |= is_sealed; /* no word of it may stay, as of one that is destroyed */
	if (r->entry.kind == ENTRY_DESTRUCTION)
		return add_destroyed(r, superseded, err);
	return *is_document_out ? load_texts(r, &r->entry, superseded, err) : ST_OK;
}

Status document_emit(DocumentReader *r, const TermSink *sink, Err *err)
{
	Str *files = arena_calloc(&r->arena, r->entry.object_count + 1, sizeof *files);
	size_t count = 0;
	if (!files)
		return err_no_memory(err);
	for (size_t i = 0; i < r->entry.object_count; i++)
		if (terms_file_is_worded(r->entry.objects[i].role) && r->entry.objects[i].name.len)
			files[count++] = r->entry.objects[i].name;
	Status st = terms_of_record(r->maker, r->entry.key, &r->record, buf_str(&r->text), files, count, sink, err);
	for (size_t i = 0; st == ST_OK && i < r->entry.object_count; i++)
		if (object_is_file(&r->entry.objects[i]))
			st = terms_of_file(r->maker, &r->entry.objects[i].hash, sink, err);
	return st;
}

/* ---- through Xapian's writer ------------------------------------------------------------------------------------ */

static void writer_codes(void *ctx, const uint64_t *codes, size_t count, uint32_t wdf)
{
	char term[SCHEMA_TERM_MAX + 16];
	for (size_t i = 0; i < count; i++)
		xap_writer_term(ctx, (Str){term, code_spell(NULL, codes[i], term)}, wdf);
}

static void writer_term(void *ctx, Str term, uint32_t wdf)
{
	xap_writer_term(ctx, term, wdf);
}
static void writer_value(void *ctx, unsigned slot, Str value)
{
	xap_writer_value(ctx, slot, value);
}

Status documents_write(Store *store, XapWriter *writer, uint64_t shard_from, const ShardRange *range, const Stop *stop,
		       uint64_t *to_out, uint64_t *documents, Superseded *superseded, Err *err)
{
	const TermSink sink = {writer, writer_codes, writer_term, writer_value};
	DocumentReader *reader = document_reader_new(store, err);
	Status st = reader ? ST_OK : err->code;
	uint64_t seq = range->from;
	for (; st == ST_OK && !stop_raised(stop) && shard_range_takes(range, seq); seq++) {
		bool is_document = false;
		st = document_load(reader, seq, superseded, &is_document, err);
		if (st == ST_OK && is_document)
			st = document_emit(reader, &sink, err);
		if (st == ST_OK && is_document)
			st = xap_writer_put(writer, (uint32_t)(seq - shard_from + 1), err);
		*documents += is_document;
	}
	if (st == ST_OK && stop_raised(stop))
		st = err_set(err, ST_BUSY, "stopped");
	*to_out = seq;
	document_reader_free(reader);
	return st;
}
