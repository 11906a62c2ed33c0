/* indexer/ingest/id_filter.h - which ids may have been met: a small filter that forgets none and may know too many.
 *
 * What an ingest appended is not readable until it is committed. Before a record is looked for, the filter tells
 * whether it may be among what waits; only then is committed first.
 *
 * Units    64 Ki bits: one id in a hundred is taken for met after some 650 others
 * Owns     nothing
 * Errors   none
 * Threads  belongs to its ingest
 */
#ifndef INDEXER_INGEST_ID_FILTER_H
#define INDEXER_INGEST_ID_FILTER_H

#include "base/str.h"

typedef struct {
	uint64_t words[1024];
} IdFilter;

void id_filter_add(IdFilter *filter, Str id);
bool id_filter_may_have(const IdFilter *filter, Str id);
void id_filter_clear(IdFilter *filter);

#endif
