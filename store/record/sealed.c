/* store/record/sealed.c - a look for one word in the metadata passes over nearly all records; whether it is the
 * member of the record itself is asked of the parser. */
#include "store/record/sealed.h"

#include <stdio.h>

Status entry_is_sealed(const Entry *entry, Arena *arena, bool *out, Err *err)
{
	Record record;
	*out = false;
	if (entry->kind != ENTRY_RECORD || entry->destroyed || str_find(entry->metadata, STR("\"sealed_off\":")) < 0)
		return ST_OK;
	Status st = entry_read_record(entry, arena, &record, err);
	if (st == ST_OK)
		*out = record_is_sealed(&record);
	return st;
}

/* In the words of store_find for what is not there. */
static Status deny(Str id, uint32_t version, Err *err)
{
	return version ? err_set(err, ST_NOT_FOUND, "'%.*s' has no version %u", STR_ARG(id), version)
		       : err_set(err, ST_NOT_FOUND, "nothing here is called '%.*s'", STR_ARG(id));
}

static Status check_newest(Store *store, Str id, uint32_t version, Arena *arena, Entry *out, Err *err)
{
	uint64_t newest;
	bool sealed = false;
	Status st = store_find(store, ENTRY_RECORD, id, 0, &newest, err);
	if (st == ST_OK)
		st = store_entry(store, newest, arena, out, err);
	if (st == ST_OK)
		st = entry_is_sealed(out, arena, &sealed, err);
	return st == ST_OK && sealed ? deny(id, version, err) : st;
}

Status record_load(Store *store, Str id, uint32_t version, Arena *arena, Entry *out, Err *err)
{
	uint64_t sequence;
	Entry newest;
	if (!version)
		return check_newest(store, id, version, arena, out, err);
	Status st = store_find(store, ENTRY_RECORD, id, version, &sequence, err);
	if (st == ST_OK)
		st = check_newest(store, id, version, arena, &newest, err);
	return st == ST_OK ? store_entry(store, sequence, arena, out, err) : st;
}

Status record_find(Store *store, Str id, uint32_t version, uint64_t *sequence_out, Err *err)
{
	Arena arena = {0};
	Entry entry;
	Status st = record_load(store, id, version, &arena, &entry, err);
	if (st == ST_OK)
		*sequence_out = entry.sequence;
	arena_done(&arena);
	return st;
}

Status sealed_list(Store *store, void (*found)(void *ctx, const SealedRecord *record), void *ctx, Err *err)
{
	Arena arena = {0};
	Status st = ST_OK;
	for (uint64_t sequence = 0, size = store_tree_size(store); sequence < size && st == ST_OK; sequence++) {
		Entry entry;
		Record record;
		uint64_t newest;
		bool sealed;
		arena_reset(&arena);
		st = store_entry(store, sequence, &arena, &entry, err);
		if (st == ST_OK)
			st = entry_is_sealed(&entry, &arena, &sealed, err);
		if (st != ST_OK || !sealed)
			continue;
		st = store_find(store, ENTRY_RECORD, entry.key, 0, &newest, err);
		if (st == ST_OK && newest == sequence)
			st = entry_read_record(&entry, &arena, &record, err);
		if (st == ST_OK && newest == sequence)
			found(ctx,
			      &(SealedRecord){entry.key, record_text(&record, RF_SEALED_OFF), sequence, entry.utc_ms});
	}
	arena_done(&arena);
	return st;
}
