/* indexer/ingest/same_number.h - another record of the same agency and year bears the number.
 *
 * Two documents of one agency and year have different numbers; where they do not, one is a copy, a slip, or was read
 * wrongly: a person has to look. Asked of the index, so of what came a moment ago nothing may be known; records of
 * lines without files are asked about only where numbers must be unique, since they come by the million.
 *
 * Owns     nothing
 * Errors   ST_CONFLICT numbers must be unique (IngestOptions.unique_numbers), and this one is not; those of the archive
 * Threads  belongs to its ingest
 */
#ifndef INDEXER_INGEST_SAME_NUMBER_H
#define INDEXER_INGEST_SAME_NUMBER_H

#include "indexer/ingest/item.h"

/* Before the item is appended under the key ("": it gets one of its content), its metadata complete. */
Status same_number_refuse(IngestRun *run, const IngestItem *item, Str key, Err *err);
/* After it was added, by run->receipt: warns. */
Status same_number_tell(IngestRun *run, const IngestItem *item, Err *err);

#endif
