/* cli/stats.c - hoso stats: counts and sizes; by type, agency, year and fonds as the index counts them. */
#include "cli/cli.h"
#include "cli/commands.h"

#include "indexer/search/search.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_JSON };
static const CliOption options[] = {[OPT_JSON] = {"json", 0, NULL, "as one JSON object"}, {0}};

static const char *const facet_titles[FACET_COUNT] = {
	[FACET_TYPE] = "by type", [FACET_AGENCY] = "by agency", [FACET_YEAR] = "by year", [FACET_FONDS] = "by fonds"};
static const char *const facet_names[FACET_COUNT] = {
	[FACET_TYPE] = "by_type", [FACET_AGENCY] = "by_agency", [FACET_YEAR] = "by_year", [FACET_FONDS] = "by_fonds"};

static void print_plain(const StoreState *store, const IndexState *index, const SearchAnswer *answer)
{
	printf("archive  %" PRIu64 " versions, %" PRIu64 " objects, %" PRIu64
	       " segments, %.1f MB on disk for %.1f MB\n",
	       store->tree_size, store->objects, store->segments, (double)store->bytes_stored / 1e6,
	       (double)store->bytes_original / 1e6);
	printf("index    %" PRIu64 " of %" PRIu64 " searchable, %" PRIu64 " sealed shards, %.1f MB\n", index->position,
	       store->tree_size, index->sealed_shards, (double)index->bytes / 1e6);
	for (unsigned f = 0; f < FACET_COUNT; f++) {
		if (answer->facet_counts[f])
			printf("\n%s\n", facet_titles[f]);
		for (size_t i = 0; i < answer->facet_counts[f] && i < 20; i++)
			printf("  %8" PRIu64 "  %.*s\n", answer->facets[f][i].count,
			       STR_ARG(answer->facets[f][i].value));
	}
}

static int print_json(const StoreState *store, const IndexState *index, const SearchAnswer *answer)
{
	Buf text = {0};
	JsonOut j;
	jout_begin(&j, &text);
	jout_open(&j, '{');
	jout_field_u64(&j, "records", index->documents);
	jout_field_u64(&j, "tree_size", store->tree_size);
	jout_field_u64(&j, "objects", store->objects);
	jout_field_u64(&j, "segments", store->segments);
	jout_field_u64(&j, "bytes_stored", store->bytes_stored);
	jout_field_u64(&j, "bytes_original", store->bytes_original);
	jout_field_u64(&j, "index_position", index->position);
	jout_field_u64(&j, "index_shards", index->sealed_shards);
	jout_field_u64(&j, "index_bytes", index->bytes);
	for (unsigned f = 0; f < FACET_COUNT; f++) {
		jout_key(&j, facet_names[f]);
		jout_open(&j, '[');
		for (size_t i = 0; i < answer->facet_counts[f]; i++) {
			jout_open(&j, '{');
			jout_field_str(&j, "value", answer->facets[f][i].value);
			jout_field_u64(&j, "count", answer->facets[f][i].count);
			jout_close(&j, '}');
		}
		jout_close(&j, ']');
	}
	jout_close(&j, '}');
	return cli_print(&text, EXIT_DONE);
}

static int run_stats(const CliArgs *args)
{
	Store *store = NULL;
	Index *index = NULL;
	Arena arena = {0};
	Err err = {0};
	StoreState store_now;
	IndexState index_now;
	SearchAnswer answer;
	SearchRequest request = {.limit = 1, .facets = (1u << FACET_COUNT) - 1};
	int code = cli_open(args, &store, &index);
	if (code != EXIT_DONE)
		return code;
	store_state(store, &store_now);
	index_state(index, &index_now);
	if (search_run(index, &request, &arena, &answer, &err) != ST_OK)
		code = cli_fail(&err);
	else if (args->values[OPT_JSON])
		code = print_json(&store_now, &index_now, &answer);
	else
		print_plain(&store_now, &index_now, &answer);
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
