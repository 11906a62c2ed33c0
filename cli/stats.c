/* cli/stats.c - hoso stats: counts and sizes; by type, agency, year and fonds as the index counts them. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "indexer/report/stats.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_JSON };
static const CliOption options[] = {[OPT_JSON] = {"json", 0, NULL, "as one JSON object"}, {0}};

enum { VALUES_SHOWN = 20 }; /* of each facet, to people */

static void print_plain(const Stats *stats)
{
	const StoreState *store = &stats->archive;
	const IndexState *index = &stats->index;
	printf("archive  %" PRIu64 " versions, %" PRIu64 " objects, %" PRIu64
	       " segments, %.1f MB on disk for %.1f MB\n",
	       store->tree_size, store->objects, store->segments, (double)store->bytes_stored / 1e6,
	       (double)store->bytes_original / 1e6);
	printf("index    %" PRIu64 " of %" PRIu64 " searchable, %" PRIu64 " sealed shards, %.1f MB\n", index->position,
	       store->tree_size, index->sealed_shards, (double)index->bytes / 1e6);
	for (int f = 0; f < FACET_COUNT; f++) {
		if (stats->count_lens[f])
			printf("\nby %s\n", facet_rows[f].name);
		for (size_t i = 0; i < stats->count_lens[f] && i < VALUES_SHOWN; i++)
			printf("  %8" PRIu64 "  %.*s\n", stats->counts[f][i].count, STR_ARG(stats->counts[f][i].value));
	}
}

static int print_json(const Stats *stats)
{
	Buf text = {0};
	JsonOut j;
	jout_begin(&j, &text);
	stats_write(stats, &j);
	return cli_print(&text, EXIT_DONE);
}

static int run_stats(const CliArgs *args)
{
	Store *store = NULL;
	Index *index = NULL;
	Arena arena = {0};
	Err err = {0};
	Stats stats;
	int code = cli_open(args, &store, &index);
	if (code != EXIT_DONE)
		return code;
	if (stats_read(store, index, &arena, &stats, &err) != ST_OK)
		code = cli_fail(&err);
	else if (args->values[OPT_JSON])
		code = print_json(&stats);
	else
		print_plain(&stats);
	cli_close(store, index);
	arena_done(&arena);
	return code;
}

const CliCommand command_stats = {
	.name = "stats",
	.help = "counts and sizes",
	.options = options,
	.asks_index = true,
	.run = run_stats,
};
