/* indexer/ingest/ingest.c - see ingest.h. The run itself: the lock, the commits, the report, and the three ways in. */
#include "indexer/ingest/run.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	COMMIT_BYTES = 8 << 20,  /* what is appended between two commits … */
	COMMIT_US = 1000 * 1000, /* … or this long */
	PROGRESS_US = 250 * 1000,
	WAIT_STEP_MS = 500,
	WAIT_STUCK_US = 600 * 1000 * 1000, /* the index has not moved for this long */
};

/* ---- telling --------------------------------------------------------------------------------------------------- */

bool run_stopped(const IngestRun *run)
{
	return stop_raised(run->options.stop);
}

static Str place_text(Place place, char *out, size_t capacity)
{
	if (!place.line)
		return place.name;
	snprintf(out, capacity, "%.*s:%llu", (int)(place.name.len < 900 ? place.name.len : 900),
		 place.name.ptr ? place.name.ptr : "", (unsigned long long)place.line);
	return str_from(out);
}

void run_reject(IngestRun *run, Place place, Status code, const char *reason)
{
	char shown[1000];
	run->report->seen++;
	run->report->rejected++;
	err_set(&run->refusal, code, "%s", reason);
	if (run->options.rejected)
		run->options.rejected(run->options.ctx, place_text(place, shown, sizeof shown), code, str_from(reason));
}

void run_warn(IngestRun *run, Place place, Str warning)
{
	char shown[1000];
	run->report->warnings++;
	if (run->options.warned)
		run->options.warned(run->options.ctx, place_text(place, shown, sizeof shown), warning);
}

static void tell_progress(IngestRun *run)
{
	run->told_us = clock_monotonic_us();
	run->report->seconds = (double)(run->told_us - run->started_us) / 1e6;
	if (run->options.progress)
		run->options.progress(run->options.ctx, run->report);
}

/* ---- committing ------------------------------------------------------------------------------------------------ */

static Status commit(IngestRun *run, Err *err)
{
	run->committed_us = clock_monotonic_us();
	if (run->uncommitted_count == 0)
		return ST_OK;
	Status st = store_commit(run->store, err);
	if (st != ST_OK)
		return st;
	run->uncommitted_bytes = run->uncommitted_count = 0;
	if (run->index)
		index_notify(run->index);
	return ST_OK;
}

Status run_tick(IngestRun *run, uint64_t bytes_read, Err *err)
{
	Status st = ST_OK;
	uint64_t now = clock_monotonic_us();
	run->report->bytes_read = run->bytes_done + bytes_read;
	if (run->uncommitted_bytes >= COMMIT_BYTES || now - run->committed_us >= COMMIT_US)
		st = commit(run, err);
	if (now - run->told_us >= PROGRESS_US)
		tell_progress(run);
	return st;
}

bool run_reject_or_end(IngestRun *run, Place place, Status code, const Err *why)
{
	Err ignored;
	if (code == ST_NO_MEMORY || code == ST_READ_ONLY || code == ST_NO_SPACE || code == ST_INTERNAL ||
	    code == ST_BUSY)
		return false;
	/* The input may be what can't be read, or the archive what can't be written: a commit tells them apart. */
	if ((code == ST_IO || code == ST_CORRUPT) && commit(run, &ignored) != ST_OK)
		return false;
	run_reject(run, place, code, why->text);
	return true;
}

/* ---- begin and end --------------------------------------------------------------------------------------------- */

static void run_init(IngestRun *run, Store *store, Index *index, const IngestOptions *options, IngestReport *report)
{
	*run = (IngestRun){.store = store, .index = index, .report = report};
	if (options)
		run->options = *options;
	*report = (IngestReport){0};
	run->started_us = run->committed_us = run->told_us = clock_monotonic_us();
}

static Status run_begin(IngestRun *run, Store *store, Index *index, const IngestOptions *options, IngestReport *report,
			Err *err)
{
	run_init(run, store, index, options, report);
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
	uint64_t goal = store_tree_size(run->store), seen = 0, moved_us = clock_monotonic_us();
	for (;;) {
		Status st = index_wait(run->index, goal, WAIT_STEP_MS, err);
		if (st != ST_BUSY || run_stopped(run))
			return run_stopped(run) ? ST_OK : st;
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

static Status run_end(IngestRun *run, Status st, Err *err)
{
	StoreState state;
	Err second;
	if (run->writing) {
		/* What was appended before a failure is whole: it is kept. */
		Status committed = commit(run, st == ST_OK ? err : &second);
		st = st == ST_OK ? committed : st;
		store_write_end(run->store);
	}
	if (st == ST_OK && run->index)
		st = wait_for_index(run, err);
	store_state(run->store, &state);
	run->report->tree_size = state.tree_size;
	run->report->root = state.root;
	run->report->ended = true;
	tell_progress(run);
	arena_done(&run->arena);
	json_reader_done(&run->json);
	buf_done(&run->metadata);
	buf_done(&run->scratch);
	taken_done(&run->taken);
	return st;
}

/* ---- the ways in ----------------------------------------------------------------------------------------------- */

/* Splits "a/b/c.jsonl" to open its folder, for the files that records name. -1: it can't be opened. */
static int open_parent(const char *path)
{
	Str dir = str_slice(str_from(path), 0, strlen(path) - file_base(str_from(path)).len);
	char copy[4096];
	if (dir.len >= sizeof copy)
		return -1;
	snprintf(copy, sizeof copy, "%.*s", (int)dir.len, dir.ptr);
	return open(dir.len ? copy : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static Status ingest_path(IngestRun *run, const char *path, Err *err)
{
	struct stat info;
	Err why;
	Str name = str_from(path);
	if (strcmp(path, "-") == 0) {
		FdSource from = {.fd = 0, .name = "standard input"};
		return ingest_lines(run, byte_source_fd(&from), STR("-"), -1, err);
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &info) != 0) {
		Status code = err_errno(&why, errno, "open %s", path);
		close_quietly(fd);
		run_reject(run, (Place){.name = name}, code, why.text);
		return ST_OK;
	}
	while (name.len > 1 && name.ptr[name.len - 1] == '/')
		name.len--;
	if (S_ISDIR(info.st_mode)) {
		Status st = ingest_folder(run, fd, name, 0, err);
		close_quietly(fd);
		return st;
	}
	int dir_fd = open_parent(path);
	Status st = ingest_open_file(run, fd, name, dir_fd, err);
	close_quietly(dir_fd);
	return st;
}

static uint64_t path_size(const char *path)
{
	struct stat info;
	if (stat(path, &info) != 0)
		return 0;
	if (!S_ISDIR(info.st_mode))
		return (uint64_t)info.st_size;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t size = fd < 0 ? 0 : tree_size_bytes(fd, 0);
	close_quietly(fd);
	return size;
}

Status ingest_paths(Store *store, Index *index, const char *const *paths, size_t count, const IngestOptions *options,
		    IngestReport *out, Err *err)
{
	IngestRun run;
	Status st = run_begin(&run, store, index, options, out, err);
	if (st != ST_OK)
		return run_end(&run, st, err);
	for (size_t i = 0; i < count; i++)
		out->bytes_expected += path_size(paths[i]);
	for (size_t i = 0; i < count && st == ST_OK && !run_stopped(&run); i++) {
		uint64_t goal = run.bytes_done + path_size(paths[i]);
		st = ingest_path(&run, paths[i], err);
		out->bytes_read = run.bytes_done = goal;
	}
	return run_end(&run, st, err);
}

Status ingest_stream(Store *store, Index *index, int fd, Str name, const IngestOptions *options, IngestReport *out,
		     Err *err)
{
	IngestRun run;
	Status st = run_begin(&run, store, index, options, out, err);
	int own = st == ST_OK ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
	if (st == ST_OK && own < 0)
		st = err_errno(err, errno, "read the stream");
	if (st == ST_OK)
		st = ingest_open_file(&run, own, name, -1, err);
	return run_end(&run, st, err);
}

const char *ingest_body_ending(Str media)
{
	const Format *format = format_by_media(media);
	return format ? format->endings[0] : NULL;
}

Status ingest_record(Store *store, Index *index, Str json, Receipt *out, Err *err)
{
	IngestRun run;
	IngestReport report;
	run_init(&run, store, NULL, NULL, &report);
	run.put_now = true;
	Status st = ingest_json(&run, json, (Place){.name = STR("record")}, -1, NULL, err);
	if (st == ST_OK && run.refusal.code != ST_OK)
		st = err_set(err, run.refusal.code, "%s", run.refusal.text);
	Receipt receipt = run.receipt;
	bool grown = receipt.result != APPEND_DUPLICATE;
	st = run_end(&run, st, err);
	if (st != ST_OK)
		return st;
	if (index && grown)
		index_notify(index);
	*out = receipt;
	return ST_OK;
}
