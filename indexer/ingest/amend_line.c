/* indexer/ingest/amend_line.c - the record may have come a moment before and be appended but not committed, or
 * wait in the queue. */
#include "indexer/ingest/amend_line.h"

#include "indexer/ingest/amend.h"
#include "indexer/ingest/queue.h"

/* Makes what this ingest has met readable; then nothing that is met waits. */
static Status commit_what_waits(IngestRun *run, Err *err)
{
	Status st = ingest_settle(run, err);
	if (st == ST_OK && !run->put_now)
		st = ingest_commit(run, err);
	if (st == ST_OK)
		id_filter_clear(&run->met);
	return st;
}

Status amend_line(IngestRun *run, Str json, const Record *record, IngestPlace place, bool *took_out, Err *err)
{
	uint64_t sequence;
	*took_out = false;
	if (!record->id.len || record->is_case || record->has_text || record->file_count || run->options.dry_run)
		return ST_OK;
	if (id_filter_may_have(&run->met, record->id)) {
		Status st = commit_what_waits(run, err);
		if (st != ST_OK)
			return st;
	}
	Status st = store_find(run->store, ENTRY_RECORD, record->id, 0, &sequence, err);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	*took_out = true;
	st = amend_record(run, record->id, json, err);
	return st == ST_OK ? ST_OK : ingest_reject_or_end(run, place, err, err);
}
