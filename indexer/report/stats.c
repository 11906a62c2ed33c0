/* indexer/report/stats.c - the states of archive and index as they are, and the facets of a search for everything. */
#include "indexer/report/stats.h"

Status stats_read(Store *store, Index *index, Arena *arena, Stats *out, Err *err)
{
	SearchRequest everything = {.limit = 1, .facets = (1u << FACET_COUNT) - 1};
	SearchAnswer answer;
	Stats stats;
	store_state(store, &stats.archive);
	index_state(index, &stats.index);
	Status st = search_run(index, &everything, arena, &answer, err);
	if (st == ST_BUSY) /* the index is being built: there are no counts yet */
		answer = (SearchAnswer){0};
	else if (st != ST_OK)
		return st;
	for (int f = 0; f < FACET_COUNT; f++) {
		stats.counts[f] = answer.facets[f];
		stats.count_lens[f] = answer.facet_counts[f];
	}
	*out = stats;
	return ST_OK;
}

static void write_counts(const FacetCount *counts, size_t count, JsonOut *j)
{
	jout_open(j, '[');
	for (size_t i = 0; i < count; i++) {
		jout_open(j, '{');
		jout_field_str(j, "value", counts[i].value);
		jout_field_u64(j, "count", counts[i].count);
		jout_close(j, '}');
	}
	jout_close(j, ']');
}

void stats_write(const Stats *stats, JsonOut *j)
{
	jout_open(j, '{');
	jout_field_u64(j, "records", stats->index.documents);
	jout_field_u64(j, "tree_size", stats->archive.tree_size);
	jout_key(j, "root");
	jout_hex(j, stats->archive.root.bytes, sizeof stats->archive.root.bytes);
	jout_field_u64(j, "objects", stats->archive.objects);
	jout_field_u64(j, "segments", stats->archive.segments);
	jout_field_u64(j, "bytes_original", stats->archive.bytes_original);
	jout_field_u64(j, "bytes_stored", stats->archive.bytes_stored);
	jout_field_u64(j, "index_bytes", stats->index.bytes);
	jout_field_u64(j, "index_position", stats->index.position);
	jout_field_u64(j, "index_shards", stats->index.sealed_shards);
	jout_field_bool(j, "index_is_whole", stats->index.is_whole);
	for (int f = 0; f < FACET_COUNT; f++) {
		char key[32] = "by_";
		strncat(key, facet_rows[f].name, sizeof key - sizeof "by_");
		jout_key(j, key);
		write_counts(stats->counts[f], stats->count_lens[f], j);
	}
	jout_close(j, '}');
}
