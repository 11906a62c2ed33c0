/* indexer/shards/options.h - how an index is built and read, as its owner chooses.
 *
 * Owns     nothing
 * Errors   none
 * Threads  read only once the index is open
 */
#ifndef INDEXER_SHARDS_OPTIONS_H
#define INDEXER_SHARDS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
	unsigned threads;    /* shard builders; 0: as many as there are cores */
	size_t memory_bytes; /* of each builder; 0: 96 MiB */
	bool check_shards;   /* the follower checks every shard against its SHA-256 once, in the background */
	bool xapian_writer;  /* build sealed shards with Xapian's own writer: slow, for comparison */
	bool xapian_answers; /* let Xapian find and rank, not the matcher: slow, for comparison */
} IndexOptions;

#endif
