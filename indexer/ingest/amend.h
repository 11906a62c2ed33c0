/* indexer/ingest/amend.h - an amendment: other metadata for a record that is archived, as its next version with the
 * same objects.
 *
 *   {"subject":"Về việc thu hồi đất","due":null}      JSON Merge Patch (RFC 7396); null removes
 *   next version: … ,"amended":{"by":"lan","at":"2026-12-01T05:30:00.000Z","reason":"sai chính tả"}
 *
 * Over HTTP it is PATCH; in an ingest it is a line that names a record and brings no
 * content (amend_line.h). What changes nothing makes no version.
 *
 * Owns     nothing
 * Errors   ST_NOT_FOUND no such record; ST_INVALID the patch is no object, or touches what is no sender's; ST_CONFLICT
 *          others changed it each time, or the version that was asked for is not the newest; ST_FORBIDDEN the gate
 * Threads  any; amend_record belongs to its ingest
 */
#ifndef INDEXER_INGEST_AMEND_H
#define INDEXER_INGEST_AMEND_H

#include "indexer/ingest/run.h"

typedef struct {
	Str id;
	Str patch;        /* its "reason" is the amendment's, its "id" only names the record */
	Str by, reason;   /* "": not said; reason goes before the patch's */
	uint32_t version; /* the version that must be the newest; 0: whichever is */
	Deadline until;
} AmendInput;

/* Durable when it returns; APPEND_DUPLICATE where nothing changes. */
Status ingest_amend(Store *store, Index *index, const AmendInput *input, Receipt *out, Err *err);

/* One record of this ingest: appended, or counted as a duplicate. */
Status amend_record(IngestRun *run, Str id, Str patch, Err *err);

#endif
