/* indexer/ingest/amend_line.h - a line of an ingest that names a record and brings no content: an amendment.
 *
 * Owns     nothing
 * Errors   what ends the ingest (run.h); an amendment that can't be made is rejected
 * Threads  belongs to its ingest
 */
#ifndef INDEXER_INGEST_AMEND_LINE_H
#define INDEXER_INGEST_AMEND_LINE_H

#include "indexer/ingest/run.h"

/* *took_out: the line was an amendment, and is appended, a duplicate, or rejected. */
Status amend_line(IngestRun *run, Str json, const Record *record, IngestPlace place, bool *took_out, Err *err);

#endif
