/* store/record/case_file.c - the log knows which records name a case file; their dates of issue are in their metadata,
 * so each is read and the list is sorted. The state is a hash over code, sequences and leaves: two equal states mean
 * that nothing was added, replaced or destroyed in between.
 */
#include "store/record/case_file.h"

#include "store/record/sealed.h"

#include <stdlib.h>

static int by_time(const void *a, const void *b)
{
	const CaseRecord *x = a, *y = b;
	if (!x->issued[0] != !y->issued[0])
		return x->issued[0] ? -1 : 1;
	int order = strcmp(x->issued, y->issued);
	return order ? order : (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

static void add_state(Buf *state, const Entry *entry, CaseFile *file)
{
	char number[9];
	put_le64(number, entry->sequence);
	number[8] = entry->destroyed;
	buf_add(state, number, sizeof number);
	buf_add(state, entry->leaf.bytes, sizeof entry->leaf.bytes);
	if (entry->utc_ms > file->newest_ms)
		file->newest_ms = entry->utc_ms;
}

static Status read_records(Store *store, const uint64_t *sequences, CaseFile *file, Buf *state, Err *err)
{
	Arena scratch = {0};
	Status st = ST_OK;
	size_t count = file->record_count, kept = 0;
	for (size_t i = 0; i < count && st == ST_OK; i++) {
		Entry entry;
		Record record;
		arena_reset(&scratch);
		st = store_entry(store, sequences[i], &scratch, &entry, err);
		if (st == ST_OK)
			st = entry_read_record(&entry, &scratch, &record, err);
		if (st != ST_OK)
			break;
		if (record_is_sealed(&record))
			continue;
		file->records[kept].sequence = sequences[i];
		civil_date_format(record.issued, file->records[kept++].issued);
		add_state(state, &entry, file);
	}
	file->record_count = kept;
	arena_done(&scratch);
	return st;
}

Status case_file_read(Store *store, Str code, Arena *arena, CaseFile *out, Err *err)
{
	CaseFile file = {.code = arena_copy(arena, code)};
	uint64_t *sequences = NULL;
	Buf state = {0};
	Entry entry;
	Err missing;
	Status st = store_find(store, ENTRY_CASE, code, 0, &file.sequence, &missing);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return err_set(err, st, "%s", missing.text);
	file.has_entry = st == ST_OK;
	buf_add_str(&state, code);
	st = store_case_records(store, code, arena, &sequences, &file.record_count, err);
	if (st == ST_OK && !file.has_entry && file.record_count == 0)
		st = err_set(err, ST_NOT_FOUND, "there is no case file '%.*s'", STR_ARG(code));
	if (st == ST_OK && file.has_entry && (st = store_entry(store, file.sequence, arena, &entry, err)) == ST_OK)
		add_state(&state, &entry, &file);
	if (st != ST_OK)
		goto done;
	file.records = arena_calloc(arena, file.record_count ? file.record_count : 1, sizeof *file.records);
	if (!file.records || !file.code.ptr) {
		st = err_no_memory(err);
		goto done;
	}
	st = read_records(store, sequences, &file, &state, err);
	if (st != ST_OK)
		goto done;
	qsort(file.records, file.record_count, sizeof *file.records, by_time);
	if (!buf_ok(&state)) {
		st = err_no_memory(err);
		goto done;
	}
	hash_of(buf_str(&state), &file.state);
	*out = file;
done:
	buf_done(&state);
	return st;
}
