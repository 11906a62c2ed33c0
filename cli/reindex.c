/* cli/reindex.c - hoso reindex: builds the index anew beside the old one, checks it and swaps the two. Searches go on
 * with the old one meanwhile. */
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { OPT_JSON, OPT_XAPIAN };
static const CliOption options[] = {
	[OPT_JSON] = {"json", 0, NULL, "the report as one JSON object"},
	[OPT_XAPIAN] = {"xapian-writer", 0, NULL, "build by Xapian's own writer: slow, for comparison"},
	{0},
};

static void show_progress(void *ctx, uint64_t position, uint64_t goal)
{
	(void)ctx;
	if (isatty(STDERR_FILENO) && goal)
		fprintf(stderr, "\r\033[K%" PRIu64 " of %" PRIu64 " records", position, goal);
}

static int run_reindex(const CliArgs *args)
{
	Store *store = NULL;
	Index *index = NULL;
	Err err = {0};
	IndexState state;
	IndexOptions how = {.xapian_writer = args->values[OPT_XAPIAN] != NULL};
	uint64_t started = clock_monotonic_us();
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	cli_catch_stop();
	Status st = index_open(&index, store, &how, &err);
	if (st == ST_OK)
		st = index_rebuild(index, show_progress, NULL, &cli_stop, &err);
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	if (st != ST_OK) {
		cli_fail(&err);
		cli_close(store, index);
		return EXIT_FAILED;
	}
	double seconds = (double)(clock_monotonic_us() - started) / 1e6;
	index_state(index, &state);
	if (args->values[OPT_JSON]) {
		Buf text = {0};
		JsonOut j;
		jout_begin(&j, &text);
		jout_open(&j, '{');
		jout_field_u64(&j, "position", state.position);
		jout_field_u64(&j, "documents", state.documents);
		jout_field_u64(&j, "shards", state.sealed_shards);
		jout_field_u64(&j, "bytes", state.bytes);
		jout_key(&j, "seconds");
		jout_double(&j, seconds, 3);
		jout_close(&j, '}');
		code = cli_print(&text, EXIT_DONE);
	} else {
		printf("indexed %" PRIu64 " records in %.1f s; the index takes %.1f MB in %" PRIu64 " shards\n",
		       state.documents, seconds, (double)state.bytes / 1e6, state.sealed_shards);
	}
	cli_close(store, index);
	return code;
}

const CliCommand command_reindex = {
	.name = "reindex",
	.help = "build the index anew and swap",
	.options = options,
	.writes = true,
	.run = run_reindex,
};
