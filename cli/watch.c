/* cli/watch.c - hoso watch: what appears in a folder is taken in once it is finished, then moved out of the way.
 *
 *   look ─▶ deliveries that have not changed for a while ─▶ one ingest ─▶ done/ or refused/, with the reason beside it
 *
 * A kill at any point loses nothing: what was archived and not moved is taken in again, which adds nothing. What could
 * be taken of a delivery that was refused in part is archived; the reason names the rest. */
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/inbox.h"
#include "indexer/ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { OPT_JSON, OPT_ONCE, OPT_SETTLE, OPT_FONDS, OPT_CASE };
static const CliOption options[] = {
	[OPT_JSON] = {"json", 0, NULL, "tell each delivery as one JSON object a line"},
	[OPT_ONCE] = {"once", 0, NULL, "end when everything that is there has been taken in or refused"},
	[OPT_SETTLE] = {"settle", 0, "SECONDS", "a delivery is finished when it has not changed for so long (5)"},
	[OPT_FONDS] = {"fonds", 0, "NAME", "fonds of records that name none"},
	[OPT_CASE] = {"case", 0, "CODE", "case file of records that name none"},
	{0},
};

enum { DELIVERIES_MAX = 256, REASONS_MAX = 1 << 20, TICK_US = 250 * 1000, RETRY_TICKS = 20 };

typedef struct {
	size_t from, to; /* entries of the inbox */
	uint64_t refused;
	bool passed_over;
	Buf reasons;
} Taken;

typedef struct {
	const CliArgs *args;
	Store *store;
	Index *index;
	Inbox inbox;
	uint64_t settle_us;
	Taken taken[DELIVERIES_MAX]; /* of the ingest under way */
	size_t count;
	uint64_t unattributed; /* refusals of which it is not known which delivery they are of */
	uint64_t refused;      /* deliveries, since the start */
} Watch;

/* ---- reasons --------------------------------------------------------------------------------------------------- */

/* What a refusal is, in Vietnamese; the reason itself follows in English. */
static const char *const refusals[ST_COUNT] = {
	[ST_INVALID] = "tệp hỏng, trống hoặc không đúng dạng",
	[ST_NOT_FOUND] = "không tìm thấy tệp được nêu tên",
	[ST_CONFLICT] = "mâu thuẫn với những gì đã lưu",
	[ST_LIMIT] = "vượt quá giới hạn cho phép",
	[ST_UNSUPPORTED] = "dạng tệp này không đọc được",
	[ST_FORBIDDEN] = "không được nhận: có dấu hiệu là tài liệu mật, hoặc đường dẫn ra ngoài thư mục",
};

static bool belongs(const Inbox *inbox, const InboxEntry *entry, Str source, bool whole)
{
	Str dir = str_from(inbox->dir);
	if (!str_starts(source, dir) || source.len <= dir.len + entry->name.len || source.ptr[dir.len] != '/')
		return false;
	Str rest = str_slice(source, dir.len + 1, source.len);
	return str_starts(rest, entry->name) &&
	       (rest.len == entry->name.len || (!whole && strchr("/!:#", rest.ptr[entry->name.len])));
}

/* Of several names that fit, the longest: "a.zip" and "a.zip:1". */
static Taken *find_delivery(Watch *w, Str source, bool whole)
{
	Taken *best = w->count == 1 && !whole ? &w->taken[0] : NULL;
	size_t longest = 0;
	for (size_t i = 0; i < w->count; i++)
		for (size_t k = w->taken[i].from; k < w->taken[i].to; k++) {
			const InboxEntry *entry = &w->inbox.entries[k];
			if (entry->name.len < longest || !belongs(&w->inbox, entry, source, whole))
				continue;
			longest = entry->name.len;
			best = &w->taken[i];
		}
	return best;
}

static void note_refusal(void *ctx, Str source, Status code, Str reason)
{
	Watch *w = ctx;
	Taken *taken = find_delivery(w, source, false);
	const char *vietnamese = refusals[code] ? refusals[code] : "lỗi";
	if (!taken) {
		w->unattributed++;
		return;
	}
	taken->refused++;
	if (taken->reasons.len < REASONS_MAX)
		buf_printf(&taken->reasons, "%.*s\n  %s\n  %s: %.*s\n\n", STR_ARG(source), vietnamese,
			   status_name(code), STR_ARG(reason));
}

static void note_warning(void *ctx, Str source, const char *code, Str warning)
{
	Watch *w = ctx;
	Taken *taken = code && strcmp(code, "passed_over") == 0 ? find_delivery(w, source, true) : NULL;
	(void)warning;
	if (taken)
		taken->passed_over = true;
}

/* ---- taking in ------------------------------------------------------------------------------------------------- */

static bool is_sidecar(Str name)
{
	return str_ends(name, STR(".json")) || str_ends(name, STR(".txt"));
}

/* The files to name to the ingest, which brings what lies beside them: all but the sidecars, where there are others. */
static Status add_paths(Watch *w, const Taken *taken, const char **paths, size_t *count, Arena *arena, Err *err)
{
	bool only_sidecars = true;
	for (size_t i = taken->from; i < taken->to; i++)
		only_sidecars = only_sidecars && is_sidecar(w->inbox.entries[i].name);
	for (size_t i = taken->from; i < taken->to; i++) {
		if (!only_sidecars && is_sidecar(w->inbox.entries[i].name))
			continue;
		paths[*count] = arena_printf(arena, "%s/%s", w->inbox.dir, w->inbox.entries[i].name.ptr);
		if (!paths[(*count)++])
			return err_no_memory(err);
	}
	return ST_OK;
}

static Status ingest_taken(Watch *w, IngestReport *report, Err *err)
{
	IngestOptions how = {.ctx = w,
			     .rejected = note_refusal,
			     .warned = note_warning,
			     .until = {.stop = &cli_stop},
			     .fonds = str_from(w->args->values[OPT_FONDS]),
			     .case_code = str_from(w->args->values[OPT_CASE])};
	Arena arena = {0};
	size_t count = 0;
	Status st = ST_OK;
	const char **paths = arena_calloc(&arena, w->inbox.count, sizeof *paths);
	if (!paths)
		st = err_no_memory(err);
	w->unattributed = 0;
	for (size_t i = 0; i < w->count && st == ST_OK; i++)
		st = add_paths(w, &w->taken[i], paths, &count, &arena, err);
	if (st == ST_OK)
		st = ingest_paths(w->store, w->index, paths, count, &how, report, err);
	arena_done(&arena);
	return st;
}

static void tell(const Watch *w, const Taken *taken, const char *folder)
{
	const InboxEntry *first = &w->inbox.entries[taken->from];
	Buf line = {0};
	JsonOut j;
	if (!w->args->values[OPT_JSON]) {
		printf("%s: %.*s\n", taken->refused ? "từ chối / refused" : "đã nhận / taken in", STR_ARG(first->name));
		fflush(stdout);
		return;
	}
	jout_begin(&j, &line);
	jout_open(&j, '{');
	jout_field_str(&j, "delivery", first->name);
	jout_field_u64(&j, "files", taken->to - taken->from);
	jout_field_text(&j, "to", folder);
	jout_field_u64(&j, "rejected", taken->refused);
	jout_close(&j, '}');
	(void)cli_print(&line, EXIT_DONE);
}

static Status move_out(Watch *w, Taken *taken, Err *err)
{
	const char *folder = taken->refused ? "refused" : "done";
	Buf reason = {0};
	if (taken->passed_over) {
		for (size_t i = taken->from; i < taken->to; i++)
			w->inbox.entries[i].is_left = true;
		return ST_OK;
	}
	if (!inbox_is_unchanged(&w->inbox, taken->from, taken->to))
		return ST_OK; /* it was written to meanwhile: another look */
	if (taken->refused)
		buf_printf(
			&reason,
			"Không nhận được vào kho lưu trữ. Những gì không nêu dưới đây đã được nhận; sửa xong, đặt lại "
			"vào thư mục này.\n"
			"Not taken into the archive. What is not named below was taken in; put it here again when it "
			"is mended.\n\n%.*s",
			STR_ARG(buf_str(&taken->reasons)));
	Status st = buf_ok(&reason) ? inbox_move(&w->inbox, taken->from, taken->to, folder, buf_str(&reason), err)
				    : err_no_memory(err);
	buf_done(&reason);
	if (st != ST_OK)
		return st;
	w->refused += taken->refused > 0;
	tell(w, taken, folder);
	return ST_OK;
}

static void clear_taken(Watch *w)
{
	for (size_t i = 0; i < w->count; i++)
		buf_done(&w->taken[i].reasons);
	w->count = 0;
}

/* ---- deliveries that are finished ------------------------------------------------------------------------------ */

static bool is_finished(const Watch *w, size_t from, size_t to)
{
	uint64_t now = clock_monotonic_us();
	for (size_t i = from; i < to; i++)
		if (w->inbox.entries[i].is_left || now - w->inbox.entries[i].since_us < w->settle_us)
			return false;
	return true;
}

/* *waiting_out: there are deliveries that are not finished, or more than were gathered. */
static void gather(Watch *w, size_t most, bool *waiting_out)
{
	*waiting_out = false;
	for (size_t from = 0, to; from < w->inbox.count; from = to) {
		to = inbox_delivery_end(&w->inbox, from);
		if (w->count < most && is_finished(w, from, to))
			w->taken[w->count++] = (Taken){.from = from, .to = to};
		else
			*waiting_out = *waiting_out || !w->inbox.entries[from].is_left;
	}
}

/* Refusals that name no delivery: each of them is taken in alone, what is archived already costs its reading. */
static Status take_one_by_one(Watch *w, IngestReport *report, Err *err)
{
	Taken all[DELIVERIES_MAX];
	size_t count = w->count;
	Status st = ST_OK;
	clear_taken(w);
	memcpy(all, w->taken, sizeof all);
	for (size_t i = 0; i < count && st == ST_OK && !stop_raised(&cli_stop); i++) {
		w->count = 1;
		w->taken[0] = (Taken){.from = all[i].from, .to = all[i].to};
		st = ingest_taken(w, report, err);
		if (st == ST_OK && !report->cut_short)
			st = move_out(w, &w->taken[0], err);
		clear_taken(w);
	}
	return st;
}

static Status take(Watch *w, bool *waiting_out, Err *err)
{
	IngestReport report = {0};
	Status st = inbox_look(&w->inbox, err);
	if (st == ST_OK)
		gather(w, DELIVERIES_MAX, waiting_out);
	if (st != ST_OK || !w->count)
		return st;
	*waiting_out = true; /* what came meanwhile */
	st = ingest_taken(w, &report, err);
	if (st == ST_OK && !report.cut_short && w->unattributed)
		st = take_one_by_one(w, &report, err);
	for (size_t i = 0; i < w->count && st == ST_OK && !report.cut_short; i++)
		st = move_out(w, &w->taken[i], err);
	clear_taken(w);
	return st;
}

/* Another program writes to the archive: again in a while. */
static Status watch(Watch *w, Err *err)
{
	const struct timespec tick = {0, TICK_US * 1000};
	bool waiting = true, once = w->args->values[OPT_ONCE] != NULL;
	Status st = ST_OK;
	while (st == ST_OK && !stop_raised(&cli_stop) && (waiting || !once)) {
		st = take(w, &waiting, err);
		for (int i = 0; st == ST_BUSY && i < RETRY_TICKS && !stop_raised(&cli_stop); i++)
			nanosleep(&tick, NULL);
		if (st == ST_BUSY)
			st = ST_OK;
		if (waiting || !once)
			nanosleep(&tick, NULL);
	}
	return st;
}

static int run_watch(const CliArgs *args)
{
	Watch *w = calloc(1, sizeof *w);
	Err err = {0};
	uint64_t seconds = 5;
	char *dir = args->words[0];
	if (!w)
		return cli_usage("out of memory");
	if (args->values[OPT_SETTLE] &&
	    (!str_to_u64(str_from(args->values[OPT_SETTLE]), &seconds) || seconds > 86400)) {
		free(w);
		return cli_usage("--settle: seconds, at most a day");
	}
	for (size_t len = strlen(dir); len > 1 && dir[len - 1] == '/'; len--)
		dir[len - 1] = 0;
	w->args = args;
	w->settle_us = seconds * 1000000;
	cli_catch_stop();
	Status st = inbox_open(&w->inbox, dir, &err);
	if (st == ST_OK)
		st = store_open(&w->store, args->archive, &err);
	if (st == ST_NOT_FOUND && w->inbox.dir)
		st = store_init(args->archive, &err) == ST_OK ? store_open(&w->store, args->archive, &err) : err.code;
	if (st == ST_OK)
		st = index_open(&w->index, w->store, NULL, &err);
	if (st == ST_OK)
		st = index_follower_start(w->index, &err);
	if (st == ST_OK)
		st = watch(w, &err);
	int code = st == ST_OK ? (w->refused ? EXIT_NO : EXIT_DONE) : cli_fail(&err);
	cli_close(w->store, w->index);
	inbox_close(&w->inbox);
	free(w);
	return st != ST_OK && code == EXIT_NO ? EXIT_FAILED : code;
}

const CliCommand command_watch = {
	.name = "watch",
	.words = "DIR",
	.least_words = 1,
	.most_words = 1,
	.help = "take in what appears in a folder",
	.options = options,
	.runs_until_stopped = true,
	.run = run_watch,
};
