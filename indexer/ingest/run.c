/* indexer/ingest/run.c - the state of an ingest: the writer's lock, a commit every few megabytes or every second, the
 * counts, and at the end the wait until everything is searchable.
 *
 * When an input fails with an error of reading, nobody knows whether the input or the archive is at fault. A commit
 * tells: if the archive still takes one, it was the input. */
#include "indexer/ingest/run.h"

#include "base/clock.h"

#include <stdio.h>

enum {
	COMMIT_BYTES = 8 << 20,  /* what is appended between two commits … */
	COMMIT_US = 1000 * 1000, /* … or this long */
	PROGRESS_US = 250 * 1000,
	WAIT_STEP_MS = 500,
	WAIT_STUCK_US = 600 * 1000 * 1000, /* the index has not moved for this long */
	SHOWN_MAX = 1000,                  /* bytes of a place in messages */
};

/* ---- telling --------------------------------------------------------------------------------------------------- */

bool ingest_stopped(const IngestRun *run)
{
	return deadline_passed(&run->options.until);
}

static Str place_text(IngestPlace place, char out[static SHOWN_MAX])
{
	if (!place.line)
		return place.name;
	snprintf(out, SHOWN_MAX, "%.*s:%llu", (int)(place.name.len < 900 ? place.name.len : 900),
		 place.name.ptr ? place.name.ptr : "", (unsigned long long)place.line);
	return str_from(out);
}

void ingest_reject(IngestRun *run, IngestPlace place, Status code, const char *reason)
{
	char shown[SHOWN_MAX];
	run->report->seen++;
	run->report->rejected++;
	err_set(&run->refusal, code, "%s", reason);
	if (run->options.rejected)
		run->options.rejected(run->options.ctx, place_text(place, shown), code, str_from(reason));
}

void ingest_warn(IngestRun *run, IngestPlace place, Str warning)
{
	char shown[SHOWN_MAX];
	run->report->warnings++;
	if (run->options.warned)
		run->options.warned(run->options.ctx, place_text(place, shown), NULL, warning);
}

void ingest_pass_over(IngestRun *run, IngestPlace place, const NameReason *reason)
{
	char shown[SHOWN_MAX], text[240];
	run->report->passed_over++;
	snprintf(text, sizeof text, "bỏ qua: %s (passed over: %s)", reason->text[LANGUAGE_VI],
		 reason->text[LANGUAGE_EN]);
	if (run->options.warned)
		run->options.warned(run->options.ctx, place_text(place, shown), "passed_over", str_from(text));
}

void ingest_find(IngestRun *run, IngestPlace place, IngestFinding finding, Str text)
{
	char shown[SHOWN_MAX];
	run->report->warnings++;
	run->report->findings[finding]++;
	if (run->options.warned)
		run->options.warned(run->options.ctx, place_text(place, shown), ingest_finding_names[finding], text);
}

Status ingest_find_about(IngestRun *run, IngestPlace place, IngestFinding finding, Str id, Str detail, Err *err)
{
	Buf text = {0};
	buf_printf(&text, "%s %.*s (%s)", ingest_finding_texts[finding][LANGUAGE_VI], STR_ARG(id),
		   ingest_finding_texts[finding][LANGUAGE_EN]);
	if (detail.len)
		buf_printf(&text, ": %.*s", STR_ARG(detail));
	bool ok = buf_ok(&text);
	if (ok)
		ingest_find(run, place, finding, buf_str(&text));
	buf_done(&text);
	return ok ? ST_OK : err_no_memory(err);
}

static void tell_progress(IngestRun *run)
{
	run->told_us = clock_monotonic_us();
	run->report->seconds = (double)(run->told_us - run->started_us) / 1e6;
	if (run->options.progress)
		run->options.progress(run->options.ctx, run->report);
}

/* ---- committing ------------------------------------------------------------------------------------------------ */

/* What was appended and is not durable is not there: it is counted as that. */
static void take_back_counts(IngestRun *run)
{
	IngestReport *report = run->report;
	if (run->put_now)
		return; /* each was durable before it was counted */
	report->not_archived += report->added + report->versions - run->kept_added - run->kept_versions;
	report->added = run->kept_added;
	report->versions = run->kept_versions;
	run->uncommitted_bytes = run->uncommitted_count = 0;
	id_filter_clear(&run->appended);
}

Status ingest_commit(IngestRun *run, Err *err)
{
	run->committed_us = clock_monotonic_us();
	if (run->uncommitted_count == 0)
		return ST_OK;
	Err cause;
	Status st = store_commit(run->store, err);
	uint64_t drops = store_drops(run->store, &cause);
	bool were_dropped = drops != run->drops && !run->put_now; /* another ingest's commit failed, ours with it */
	if (st == ST_OK && were_dropped)
		st = err_set(err, cause.code, "what was read since the last commit is not archived: %s", cause.text);
	if (st != ST_OK) {
		take_back_counts(run);
		return st;
	}
	run->kept_added = run->report->added;
	run->kept_versions = run->report->versions;
	run->uncommitted_bytes = run->uncommitted_count = 0;
	if (run->index)
		index_notify(run->index);
	return ST_OK;
}

Status ingest_tick(IngestRun *run, uint64_t bytes_read, Err *err)
{
	Status st = ST_OK;
	uint64_t now = clock_monotonic_us();
	run->report->bytes_read = run->bytes_done + bytes_read;
	if (run->uncommitted_bytes >= COMMIT_BYTES || now - run->committed_us >= COMMIT_US)
		st = ingest_commit(run, err);
	if (now - run->told_us >= PROGRESS_US)
		tell_progress(run);
	return st;
}

static bool is_fault_of_input(IngestRun *run, Status code)
{
	Err ignored;
	if (code == ST_NO_MEMORY || code == ST_READ_ONLY || code == ST_NO_SPACE || code == ST_INTERNAL ||
	    code == ST_BUSY)
		return false;
	return (code != ST_IO && code != ST_CORRUPT) || ingest_commit(run, &ignored) == ST_OK;
}

Status ingest_reject_or_end(IngestRun *run, IngestPlace place, const Err *why, Err *err)
{
	if (why->code == ST_BUSY && ingest_stopped(run)) /* given up: neither archived nor refused */
		return ST_OK;
	if (is_fault_of_input(run, why->code)) {
		ingest_reject(run, place, why->code, why->text);
		return ST_OK;
	}
	*err = *why;
	return why->code;
}

/* ---- begin and end --------------------------------------------------------------------------------------------- */

void ingest_init(IngestRun *run, Store *store, Index *index, const IngestOptions *options, IngestReport *report)
{
	*run = (IngestRun){.store = store, .index = index, .lookups = index, .report = report, .put_now = true};
	if (options)
		run->options = *options;
	*report = (IngestReport){0};
	run->started_us = run->committed_us = run->told_us = clock_monotonic_us();
}

Status ingest_begin(IngestRun *run, Store *store, Index *index, const IngestOptions *options, IngestReport *report,
		    Err *err)
{
	ingest_init(run, store, index, options, report);
	run->put_now = false;
	if (run->options.dry_run)
		return ST_OK;
	Status st = store_write_begin(store, err);
	if (st == ST_BUSY)
		return err_set(err, ST_BUSY,
			       "another program is writing to this archive; try again when it has finished");
	run->writing = st == ST_OK;
	return st;
}

static Status wait_for_index(IngestRun *run, Err *err)
{
	IndexState state;
	uint64_t seen = 0, moved_us = clock_monotonic_us();
	for (;;) {
		Status st = index_wait(run->index, run->goal, WAIT_STEP_MS, err);
		if (st != ST_BUSY || ingest_stopped(run))
			return ingest_stopped(run) ? ST_OK : st;
		tell_progress(run);
		index_state(run->index, &state);
		if (state.position != seen)
			moved_us = clock_monotonic_us();
		seen = state.position;
		if (clock_monotonic_us() - moved_us > WAIT_STUCK_US)
			return err_set(err, ST_BUSY,
				       "everything is archived, but the index has not moved for %d seconds",
				       WAIT_STUCK_US / 1000000);
	}
}

Status ingest_end(IngestRun *run, Status st, Err *err)
{
	StoreState state;
	Err second;
	run->report->cut_short = ingest_stopped(run);
	if (run->writing) {
		/* What was appended before a failure is whole: it is kept. */
		Status committed = ingest_commit(run, st == ST_OK ? err : &second);
		st = st == ST_OK ? committed : st;
		store_write_end(run->store);
	}
	if (st == ST_OK && run->index)
		st = wait_for_index(run, err);
	if (run->store) {
		store_state(run->store, &state);
		run->report->tree_size = state.tree_size;
		run->report->root = state.root;
		run->report->ended = true;
	}
	tell_progress(run);
	arena_done(&run->arena);
	json_reader_done(&run->json);
	buf_done(&run->metadata);
	buf_done(&run->scratch);
	taken_done(&run->taken);
	return st;
}
