/* indexer/ingest/seal.c - versions that change nothing but the seal: the same metadata, the same objects. They do not
 * pass the gate, which would refuse what has to be sealed off. */
#include "indexer/ingest/seal.h"

#include "indexer/ingest/secret.h"
#include "store/record/sealed.h"

enum { TEXT_MAX = 64 << 20 };

static Status load_version(Store *store, Str id, uint32_t version, Arena *arena, Entry *entry, Record *record, Err *err)
{
	uint64_t sequence;
	Status st = store_find(store, ENTRY_RECORD, id, version, &sequence, err);
	if (st == ST_OK)
		st = store_entry(store, sequence, arena, entry, err);
	if (st == ST_OK && entry->destroyed)
		st = err_set(err, ST_NOT_FOUND, "'%.*s' is destroyed", STR_ARG(id));
	return st == ST_OK ? entry_read_record(entry, arena, record, err) : st;
}

/* Behind `newest`: the record with the objects of `kept`. */
static Status put_next(Store *store, const Entry *newest, const Entry *kept, const Record *record, Arena *arena,
		       Receipt *out, Err *err)
{
	Buf metadata = {0};
	ObjectInput *objects = arena_calloc(arena, kept->object_count + 1, sizeof *objects);
	record_write(record, &metadata);
	EntryInput next = {.kind = ENTRY_RECORD,
			   .key = newest->key,
			   .metadata = buf_str(&metadata),
			   .objects = objects,
			   .object_count = kept->object_count,
			   .cases = record->fields[RF_CASES].items,
			   .case_count = record->fields[RF_CASES].count,
			   .expected_version = newest->version};
	for (size_t i = 0; objects && i < kept->object_count; i++)
		objects[i] = (ObjectInput){.ref = kept->objects[i], .fd = -1};
	Status st = objects && buf_ok(&metadata) ? store_put(store, &next, out, err) : err_no_memory(err);
	buf_done(&metadata);
	return st;
}

/* ---- seal -------------------------------------------------------------------------------------------------------- */

Status seal_record(Store *store, Str id, Str reason, Receipt *out, Err *err)
{
	Arena arena = {0};
	Entry newest;
	Record record;
	Status st = reason.len ? load_version(store, id, 0, &arena, &newest, &record, err)
			       : err_set(err, ST_INVALID, "sealing off needs a reason");
	if (st == ST_OK && record_is_sealed(&record))
		st = err_set(err, ST_CONFLICT, "'%.*s' is sealed off already", STR_ARG(id));
	if (st == ST_OK) {
		record.fields[RF_SEALED_OFF].text = reason;
		record.fields[RF_RELEASED] = (FieldValue){0};
		record.fields[RF_REASON] = (FieldValue){0};
		st = put_next(store, &newest, &newest, &record, &arena, out, err);
	}
	arena_done(&arena);
	return st;
}

/* What the gate says of a version; its refusal stays in err. */
static Status ask_gate(Store *store, const Entry *entry, const Record *record, Err *err)
{
	Buf text = {0};
	Status st = secret_check_fields(record, err);
	for (size_t i = 0; i < entry->object_count && st == ST_OK; i++) {
		Err why;
		if (strcmp(entry->objects[i].role, "text") != 0)
			continue;
		buf_clear(&text);
		if (store_object_load(store, &entry->objects[i].hash, TEXT_MAX, &text, &why) == ST_OK)
			st = secret_check_text(buf_str(&text), err); /* what is damaged is told of elsewhere */
	}
	buf_done(&text);
	return st;
}

static Status look_at(Store *store, uint64_t sequence, Arena *arena, bool *is_secret_out, Entry *entry, SealReport *out,
		      Err *err)
{
	Record record;
	uint64_t newest;
	*is_secret_out = false;
	Status st = store_entry(store, sequence, arena, entry, err);
	if (st == ST_CORRUPT)
		return ST_OK;
	if (st != ST_OK || entry->kind != ENTRY_RECORD || entry->destroyed)
		return st;
	st = store_find(store, ENTRY_RECORD, entry->key, 0, &newest, err);
	if (st != ST_OK || newest != sequence)
		return st;
	st = entry_read_record(entry, arena, &record, err);
	if (st != ST_OK || record_is_sealed(&record) || record_text(&record, RF_RELEASED).len)
		return st;
	out->looked_at++;
	st = ask_gate(store, entry, &record, err);
	*is_secret_out = st == ST_FORBIDDEN;
	return st == ST_FORBIDDEN ? ST_OK : st;
}

Status seal_look(Store *store, void (*found)(void *ctx, Str id, const char *reason), void *ctx, SealReport *out,
		 Err *err)
{
	Arena arena = {0};
	Status st = ST_OK;
	*out = (SealReport){0};
	for (uint64_t sequence = 0, size = store_tree_size(store); sequence < size && st == ST_OK; sequence++) {
		Entry entry;
		Receipt receipt;
		bool is_secret;
		arena_reset(&arena);
		st = look_at(store, sequence, &arena, &is_secret, &entry, out, err);
		if (st != ST_OK || !is_secret)
			continue;
		Err why = *err;
		*strstr(why.text, SECRET_NOT_TAKEN) = 0; /* it was taken */
		st = seal_record(store, entry.key, str_from(why.text), &receipt, err);
		if (st == ST_CONFLICT) { /* changed meanwhile: the gate has looked at that */
			st = ST_OK;
		} else if (st == ST_OK) {
			out->sealed++;
			if (found)
				found(ctx, entry.key, why.text);
		}
	}
	arena_done(&arena);
	return st;
}

/* ---- release ----------------------------------------------------------------------------------------------------- */

static Status write_release(Record *record, const SealRelease *release, Arena *arena, Err *err)
{
	Buf json = {0};
	JsonOut j;
	jout_begin(&j, &json);
	jout_open(&j, '{');
	jout_field_str(&j, "by", release->by);
	jout_field_str(&j, "decision", release->decision);
	jout_close(&j, '}');
	record->fields[RF_RELEASED].text = arena_copy(arena, buf_str(&json));
	bool ok = buf_ok(&json) && record->fields[RF_RELEASED].text.ptr;
	buf_done(&json);
	return ok ? ST_OK : err_no_memory(err);
}

Status seal_release(Store *store, Str id, const SealRelease *release, Receipt *out, Err *err)
{
	Arena arena = {0};
	Entry newest, before;
	Record record;
	Status st = release->decision.len && release->by.len
			    ? load_version(store, id, 0, &arena, &newest, &record, err)
			    : err_set(err, ST_INVALID, "a release needs its decision and who decided");
	if (st == ST_OK && !record_is_sealed(&record))
		st = err_set(err, ST_CONFLICT, "'%.*s' is not sealed off", STR_ARG(id));
	for (before = newest; st == ST_OK && record_is_sealed(&record) && before.version > 1;)
		st = load_version(store, id, before.version - 1, &arena, &before, &record, err);
	record.fields[RF_SEALED_OFF] = (FieldValue){0};
	if (st == ST_OK)
		st = write_release(&record, release, &arena, err);
	if (st == ST_OK)
		st = put_next(store, &newest, &before, &record, &arena, out, err);
	arena_done(&arena);
	return st;
}
