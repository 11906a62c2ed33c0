/* indexer/ingest/same_number.c - the look-up by number proposes, agency and year decide. */
#include "indexer/ingest/same_number.h"

#include "indexer/search/holders.h"
#include "tokenizer/fold.h"

/* As people know the name: case and marks apart. */
static Status is_same_agency(Str a, Str b, bool *out, Err *err)
{
	Buf x = {0}, y = {0};
	fold_text(a, &x);
	fold_text(b, &y);
	bool ok = buf_ok(&x) && buf_ok(&y);
	*out = ok && str_eq(buf_str(&x), buf_str(&y));
	buf_done(&x);
	buf_done(&y);
	return ok ? ST_OK : err_no_memory(err);
}

/* The first of them that is another record; "": there is none, or nobody can say now. */
static Status find_other(IngestRun *run, const Record *record, Str key, Str *out, Err *err)
{
	NumberAnswer found = {0};
	Err ignored;
	Str number = record_text(record, RF_NUMBER), agency = record_text(record, RF_AGENCY);
	*out = (Str){0};
	if (!run->lookups || record->is_case || !number.len || !agency.len || !record->issued.year ||
	    search_number(run->lookups, number, &run->arena, &found, &ignored) != ST_OK)
		return ST_OK;
	Status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < found.exact_count && !out->len; i++) {
		const SearchHit *hit = &found.exact[i].hit;
		bool same = false;
		if (str_eq(hit->id, key) || hit->record.issued.year != record->issued.year)
			continue;
		st = is_same_agency(agency, record_text(&hit->record, RF_AGENCY), &same, err);
		if (st == ST_OK && same)
			*out = hit->id;
	}
	return st;
}

/* A record without an id that is archived already has the same metadata. */
static Status is_itself(IngestRun *run, const Record *record, Str other, bool *out, Err *err)
{
	uint64_t sequence;
	Entry entry;
	*out = false;
	Status st = store_find(run->store, ENTRY_RECORD, other, 0, &sequence, err);
	if (st == ST_OK)
		st = store_entry(run->store, sequence, &run->arena, &entry, err);
	if (st != ST_OK)
		return st;
	buf_clear(&run->metadata);
	record_write(record, &run->metadata);
	*out = str_eq(buf_str(&run->metadata), entry.metadata);
	return buf_ok(&run->metadata) ? ST_OK : err_no_memory(err);
}

Status same_number_refuse(IngestRun *run, const IngestItem *item, Str key, Err *err)
{
	Str other;
	bool itself = false;
	if (!run->options.unique_numbers)
		return ST_OK;
	Status st = find_other(run, item->record, key, &other, err);
	if (st == ST_OK && other.len && !key.len)
		st = is_itself(run, item->record, other, &itself, err);
	if (st == ST_OK && other.len && !itself)
		st = err_set(err, ST_CONFLICT, "%s: %.*s (%s)", ingest_finding_texts[FINDING_SAME_NUMBER][LANGUAGE_VI],
			     STR_ARG(other), ingest_finding_texts[FINDING_SAME_NUMBER][LANGUAGE_EN]);
	return st;
}

Status same_number_tell(IngestRun *run, const IngestItem *item, Err *err)
{
	Str other;
	if (run->receipt.result != APPEND_ADDED || (!item->file_count && !run->put_now))
		return ST_OK;
	Status st = find_other(run, item->record, str_from(run->receipt.key), &other, err);
	return st == ST_OK && other.len ? ingest_find_about(run, item->place, FINDING_SAME_NUMBER, other, (Str){0}, err)
					: st;
}
