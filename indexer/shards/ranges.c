/* indexer/shards/ranges.c - bytes into sequences, by the average size of a record in the archive. */
#include "indexer/shards/ranges.h"

uint64_t ranges_sequences_of(Store *store, uint64_t bytes)
{
	StoreState state;
	store_state(store, &state);
	uint64_t each = state.tree_size ? state.bytes_original / state.tree_size : 0;
	uint64_t count = bytes / (each ? each : 1);
	return count ? count : 1;
}
