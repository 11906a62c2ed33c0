/* indexer/ingest/signed.h - a signed container (.p7m): its inner document is the record's original, the container an
 * object of role "envelope". A container whose document can't be had is kept, with a warning that says why.
 *
 * Owns     the file stays the caller's
 * Errors   what ends the ingest (run.h); what can't be taken is rejected
 * Threads  one
 */
#ifndef INDEXER_INGEST_SIGNED_H
#define INDEXER_INGEST_SIGNED_H

#include "indexer/ingest/run.h"
#include "indexer/source/bytes.h"

Status ingest_signed(IngestRun *run, const SourceFile *file, IngestPlace place, Err *err);

#endif
