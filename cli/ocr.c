/* cli/ocr.c - hoso ocr: recognises the scans that wait and says how fast it goes. Each record is archived by itself, so
 * it may be ended at any time. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "indexer/recognise/recognise.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { WAIT_INDEX_MS = 600000, LOG_EVERY = 20 };
enum { OPT_JSON, OPT_WORKERS, OPT_QUIET };
static const CliOption options[] = {
	[OPT_JSON] = {"json", 0, NULL, "end with the report as one JSON object"},
	[OPT_WORKERS] = {"workers", 0, "N", "recognisers at work at the same time (one a core)"},
	[OPT_QUIET] = {"quiet", 'q', NULL, "no progress"},
	{0},
};

typedef struct {
	bool quiet, terminal;
	unsigned told;
} Output;

static double pages_a_minute(const RecogniseReport *r)
{
	return r->seconds > 0 ? (double)r->pages / r->seconds * 60 : 0;
}

static void show_progress(void *ctx, const RecogniseReport *r)
{
	Output *output = ctx;
	if (output->quiet || (!output->terminal && output->told++ % LOG_EVERY != 0))
		return;
	double rate = pages_a_minute(r);
	fprintf(stderr, "%s%" PRIu64 " of %" PRIu64 " pages, %.1f pages a minute", output->terminal ? "\r\033[K" : "",
		r->pages, r->pages + r->pages_left, rate);
	if (rate > 0)
		fprintf(stderr, ", %.0f min left", (double)r->pages_left / rate + 0.5);
	if (!output->terminal)
		fputc('\n', stderr);
	fflush(stderr);
}

static int print_report(const RecogniseReport *r, bool as_json)
{
	Buf text = {0};
	JsonOut j;
	if (!as_json) {
		printf("%" PRIu64 " records recognised, %" PRIu64 " pages (%.1f a minute), %" PRIu64
		       " pages unreadable, %" PRIu64 " records sealed off; %" PRIu64 " records wait, %" PRIu64
		       " pages\n",
		       r->records, r->pages, pages_a_minute(r), r->failed_pages, r->sealed_off, r->records_left,
		       r->pages_left);
		return EXIT_DONE;
	}
	jout_begin(&j, &text);
	jout_open(&j, '{');
	jout_field_u64(&j, "records", r->records);
	jout_field_u64(&j, "pages", r->pages);
	jout_field_u64(&j, "unreadable_pages", r->failed_pages);
	jout_field_u64(&j, "sealed_off", r->sealed_off);
	jout_field_u64(&j, "waiting", r->records_left);
	jout_field_u64(&j, "waiting_pages", r->pages_left);
	jout_key(&j, "seconds");
	jout_double(&j, r->seconds, 3);
	jout_close(&j, '}');
	return cli_print(&text, EXIT_DONE);
}

static Status recognise(const RecogniseOptions *how, Store *store, Index *index, RecogniseReport *report, Err *err)
{
	Status st = index_follower_start(index, err);
	if (st == ST_OK)
		st = recognise_waiting(store, index, how, report, err);
	if (st == ST_UNSUPPORTED) { /* say what waits for it all the same */
		Err ignored;
		recognise_count(store, &cli_stop, &report->records_left, &report->pages_left, &ignored);
	}
	if (st == ST_OK && report->records && !stop_raised(&cli_stop))
		st = index_wait(index, store_tree_size(store), WAIT_INDEX_MS, err);
	return st;
}

static int run_ocr(const CliArgs *args)
{
	Store *store = NULL;
	Index *index = NULL;
	Err err = {0};
	RecogniseReport report = {0};
	uint64_t workers = 0;
	Output output = {.quiet = args->values[OPT_QUIET] != NULL, .terminal = isatty(STDERR_FILENO)};
	if (args->values[OPT_WORKERS] &&
	    (!str_to_u64(str_from(args->values[OPT_WORKERS]), &workers) || workers < 1 || workers > 64))
		return cli_usage("--workers wants a number from 1 to 64");
	cli_catch_stop();
	int code = cli_open(args, &store, &index);
	if (code != EXIT_DONE)
		return code;
	RecogniseOptions how = {
		.ctx = &output, .progress = show_progress, .workers = (unsigned)workers, .stop = &cli_stop};
	Status st = recognise(&how, store, index, &report, &err);
	if (output.terminal && !output.quiet)
		fputs("\r\033[K", stderr);
	code = print_report(&report, args->values[OPT_JSON] != NULL);
	if (st != ST_OK)
		code = cli_fail(&err);
	cli_close(store, index);
	return code;
}

const CliCommand command_ocr = {
	.name = "ocr",
	.help = "recognise the scans that wait",
	.options = options,
	.run = run_ocr,
};
