/* cli/ingest.c - hoso ingest: archives what is named and reports what became of it. The index follows while records
 * come in, so they can be found before the command ends; --no-wait leaves it to the next command or server. */
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/ingest_list.h"
#include "indexer/ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { MAPS_MAX = 64, SETTLE_MS = 600000, SETTLE_STEP_MS = 250, TERMINAL_PAUSE_US = 200000, LOG_PAUSE_US = 5000000 };
enum {
	OPT_JSON,
	OPT_REJECTS,
	OPT_NO_WAIT,
	OPT_FONDS,
	OPT_CASE,
	OPT_DRY_RUN,
	OPT_MAP,
	OPT_AMEND,
	OPT_UNIQUE_NUMBERS,
	OPT_AS_DOCUMENT,
	OPT_REPORT,
	OPT_LANG,
	OPT_QUIET
};
static const CliOption options[] = {
	[OPT_JSON] = {"json", 0, NULL, "end with the report as one JSON object"},
	[OPT_REJECTS] = {"rejects", 0, "FILE", "list what was refused and why, and warnings, one JSON a line"},
	[OPT_NO_WAIT] = {"no-wait", 0, NULL, "end when everything is archived; a later command or server indexes it"},
	[OPT_FONDS] = {"fonds", 0, "NAME", "fonds of records that name none"},
	[OPT_CASE] = {"case", 0, "CODE", "case file of records that name none"},
	[OPT_DRY_RUN] = {"dry-run", 0, NULL,
			 "say what each register's columns are and what does not fit; write nothing"},
	[OPT_MAP] = {"map", 0, "MAP", "what a register's columns are: 'Heading=field', divided by ';'"},
	[OPT_AMEND] = {"amend", 0, NULL,
		       "what is given of a file that is archived takes the place of what its record says"},
	[OPT_UNIQUE_NUMBERS] = {"unique-numbers", 0, NULL,
				"refuse a number that another record of its agency and year bears"},
	[OPT_AS_DOCUMENT] = {"as-document", 0, NULL, "keep lists as documents, whatever their headings say"},
	[OPT_REPORT] = {"report", 0, "FILE", "write all that was refused or does not fit: FILE.csv, or JSON"},
	[OPT_LANG] = {"lang", 0, "vi|en", "language of the table that --dry-run shows (vi)"},
	[OPT_QUIET] = {"quiet", 'q', NULL, "no progress"},
	{0},
};

typedef struct {
	FILE *rejects; /* NULL: they go to standard error */
	IngestList list;
	bool quiet, terminal;
	bool show_plan, as_json; /* of --dry-run */
	Language language;
	uint64_t shown_us, started_us; /* of the progress */
} Output;

static void show_progress(void *ctx, const IngestReport *so_far)
{
	Output *output = ctx;
	uint64_t now = clock_monotonic_us(), pause_us = output->terminal ? TERMINAL_PAUSE_US : LOG_PAUSE_US;
	if (output->quiet || now - output->shown_us < pause_us)
		return;
	output->shown_us = now;
	double seconds = (double)(now - output->started_us) / 1e6,
	       rate = seconds > 0 ? (double)so_far->bytes / 1e6 / seconds : 0;
	fprintf(stderr, "%s%" PRIu64 " records, %.1f MB, %.1f MB/s, %" PRIu64 " new, %" PRIu64 " rejected",
		output->terminal ? "\r\033[K" : "", so_far->seen, (double)so_far->bytes / 1e6, rate,
		so_far->added + so_far->versions, so_far->rejected);
	if (so_far->bytes_expected > so_far->bytes_read && so_far->bytes_read)
		fprintf(stderr, ", %.0f s left",
			seconds * (double)(so_far->bytes_expected - so_far->bytes_read) / (double)so_far->bytes_read);
	if (!output->terminal)
		fputc('\n', stderr);
	fflush(stderr);
}

static void list_reject(void *ctx, Str source, Status code, Str reason)
{
	Output *output = ctx;
	Buf line = {0};
	JsonOut j;
	ingest_list_reject(&output->list, source, code, reason);
	if (!output->rejects) {
		fprintf(stderr, "%srejected %.*s: %.*s\n", output->terminal ? "\r\033[K" : "", STR_ARG(source),
			STR_ARG(reason));
		return;
	}
	jout_begin(&j, &line);
	ingest_reject_write(source, code, reason, &j);
	buf_add_char(&line, '\n');
	if (buf_ok(&line))
		fwrite(line.data, 1, line.len, output->rejects);
	buf_done(&line);
}

static void list_warning(void *ctx, Str source, const char *finding, Str warning)
{
	Output *output = ctx;
	Buf line = {0};
	JsonOut j;
	ingest_list_warning(&output->list, source, finding, warning);
	if (!output->rejects) {
		bool passed_over = finding && strcmp(finding, "passed_over") == 0; /* its text says so */
		fprintf(stderr, "%s%s%.*s: %.*s\n", output->terminal ? "\r\033[K" : "", passed_over ? "" : "warning ",
			STR_ARG(source), STR_ARG(warning));
		return;
	}
	jout_begin(&j, &line);
	ingest_warning_write(source, finding, warning, &j);
	buf_add_char(&line, '\n');
	if (buf_ok(&line))
		fwrite(line.data, 1, line.len, output->rejects);
	buf_done(&line);
}

/* What a register's columns are, and its first records: a table, or one JSON a line. */
static void take_plan(void *ctx, const IngestPlan *plan)
{
	Output *output = ctx;
	Buf text = {0};
	JsonOut j;
	ingest_list_register(&output->list, plan);
	if (!output->show_plan)
		return;
	if (output->as_json) {
		jout_begin(&j, &text);
		ingest_plan_write(plan, &j);
		buf_add_char(&text, '\n');
	} else {
		ingest_plan_show(plan, output->language, &text);
	}
	if (buf_ok(&text))
		fwrite(text.data, 1, text.len, stdout);
	buf_done(&text);
}

/* What does not fit, counted: "thiếu tệp: 12". */
static void show_findings(const Output *output, const IngestReport *report)
{
	for (int i = 0; i < FINDING_COUNT && output->show_plan && !output->as_json; i++)
		if (report->findings[i])
			printf("  %s: %" PRIu64 "\n", ingest_finding_texts[i][output->language], report->findings[i]);
}

/* "A=number;B=file" → its parts. */
static size_t read_maps(const char *text, Str out[static MAPS_MAX])
{
	Str rest = str_from(text), map;
	size_t count = 0;
	while (rest.len && count < MAPS_MAX && str_split(&rest, ';', &map))
		if (str_trim(map).len)
			out[count++] = str_trim(map);
	return count;
}

static int print_report(const IngestReport *r, bool as_json)
{
	int code = r->rejected ? EXIT_NO : EXIT_DONE;
	Buf text = {0};
	if (!as_json) {
		printf("%" PRIu64 " records: %" PRIu64 " new, %" PRIu64 " new versions, %" PRIu64
		       " there already, %" PRIu64 " rejected, %" PRIu64 " warnings, %" PRIu64
		       " passed over; %.1f MB in %.1f s (%.1f MB/s); the archive holds %" PRIu64 "\n",
		       r->seen, r->added, r->versions, r->duplicates, r->rejected, r->warnings, r->passed_over,
		       (double)r->bytes / 1e6, r->seconds, r->seconds > 0 ? (double)r->bytes / 1e6 / r->seconds : 0,
		       r->tree_size);
		if (r->not_archived)
			printf("%" PRIu64 " of them were read and are not archived: give them again\n",
			       r->not_archived);
		if (r->waiting)
			printf("%" PRIu64 " of them wait for recognition, %" PRIu64
			       " pages: hoso ocr, or a service that runs\n",
			       r->waiting, r->waiting_pages);
		if (r->unreadable)
			printf("%" PRIu64 " of them can't be read; they are kept\n", r->unreadable);
		return code;
	}
	JsonOut j;
	jout_begin(&j, &text);
	jout_open(&j, '{');
	ingest_report_write(r, &j);
	jout_close(&j, '}');
	return cli_print(&text, code);
}

/* Records are searchable already; merging shards makes searches faster. It is left to others as soon as others write:
 * what they add would be waited for without end. */
static void settle(Store *store, Index *index)
{
	uint64_t size = store_tree_size(store);
	Err ignored;
	for (unsigned waited = 0; waited < SETTLE_MS; waited += SETTLE_STEP_MS)
		if (stop_raised(&cli_stop) || store_tree_size(store) != size ||
		    index_settle(index, SETTLE_STEP_MS, &ignored) != ST_BUSY)
			return;
}

static Status ingest_all(const CliArgs *args, Store *store, Index *index, Output *output, IngestReport *report,
			 Err *err)
{
	const char *fonds = args->values[OPT_FONDS], *case_code = args->values[OPT_CASE];
	IngestOptions how = {.ctx = output,
			     .progress = show_progress,
			     .rejected = list_reject,
			     .warned = list_warning,
			     .until = {.stop = &cli_stop},
			     .fonds = str_from(fonds),
			     .case_code = str_from(case_code)};
	Str maps[MAPS_MAX];
	how.dry_run = args->values[OPT_DRY_RUN] != NULL;
	how.planned = how.dry_run || output->list.file ? take_plan : NULL;
	how.amend = args->values[OPT_AMEND] != NULL;
	how.unique_numbers = args->values[OPT_UNIQUE_NUMBERS] != NULL;
	how.as_document = args->values[OPT_AS_DOCUMENT] != NULL;
	how.maps = maps;
	how.map_count = read_maps(args->values[OPT_MAP], maps);
	Status st = index ? index_follower_start(index, err) : ST_OK;
	if (st == ST_OK)
		st = ingest_paths(store, index, (const char *const *)args->words, args->word_count, &how, report, err);
	if (st == ST_OK && index)
		settle(store, index);
	return st;
}

static int run_ingest(const CliArgs *args)
{
	Store *store = NULL;
	Index *index = NULL;
	Err err = {0};
	IngestReport report = {0};
	Output output = {.quiet = args->values[OPT_QUIET] != NULL,
			 .terminal = isatty(STDERR_FILENO),
			 .show_plan = args->values[OPT_DRY_RUN] != NULL,
			 .as_json = args->values[OPT_JSON] != NULL,
			 .started_us = clock_monotonic_us()};
	output.shown_us = output.started_us;
	if (args->values[OPT_REJECTS] && !(output.rejects = fopen(args->values[OPT_REJECTS], "w"))) {
		err_set(&err, ST_IO, "can't write %s", args->values[OPT_REJECTS]);
		return cli_fail(&err);
	}
	if (args->values[OPT_LANG] &&
	    language_parse(str_from(args->values[OPT_LANG]), &output.language, &err) != ST_OK) {
		cli_fail(&err);
		return EXIT_USAGE;
	}
	if (ingest_list_open(&output.list, args->values[OPT_REPORT], &err) != ST_OK)
		return cli_fail(&err);
	cli_catch_stop();
	bool dry_run = args->values[OPT_DRY_RUN] != NULL;
	Status st = dry_run ? ST_OK : store_open(&store, args->archive, &err);
	if (st == ST_NOT_FOUND)
		st = store_init(args->archive, &err) == ST_OK ? store_open(&store, args->archive, &err) : err.code;
	if (st == ST_OK && !dry_run)
		cli_carry_on_destruction(store);
	if (st == ST_OK && !dry_run && !args->values[OPT_NO_WAIT])
		st = index_open(&index, store, NULL, &err);
	if (st == ST_OK)
		st = ingest_all(args, store, index, &output, &report, &err);
	if (output.terminal && !output.quiet)
		fputs("\r\033[K", stderr);
	show_findings(&output, &report);
	int code = report.seen || st == ST_OK ? print_report(&report, args->values[OPT_JSON] != NULL) : EXIT_DONE;
	if (st != ST_OK) {
		cli_fail(&err);
		code = EXIT_FAILED;
	}
	cli_close(store, index);
	if (ingest_list_close(&output.list, &report, &err) != ST_OK)
		code = cli_fail(&err);
	if (output.rejects && fclose(output.rejects) != 0) {
		fprintf(stderr, "hoso: the list of rejects could not be written\n");
		code = EXIT_FAILED;
	}
	return code;
}

const CliCommand command_ingest = {
	.name = "ingest",
	.words = "PATH…",
	.least_words = 1,
	.most_words = SIZE_MAX,
	.help = "take in files, folders, packages, JSON lines",
	.options = options,
	.writes = true,
	.run = run_ingest,
};
