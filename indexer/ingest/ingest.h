/* indexer/ingest/ingest.h - from files, folders, packages and lists of records to the archive.
 *
 *   source ─▶ item (a record with its files) ─▶ gate for secrets ─▶ text ─▶ metadata ─▶ store_append … store_commit
 *
 * Each item is read, its text extracted (in a process of its own, with limits), its metadata completed from the text,
 * appended; commits come every few megabytes. What can't be taken is rejected with a reason and everything else goes
 * on. An ingest may be killed and repeated at any time: what is archived already is a duplicate.
 *
 * Owns     nothing is kept after a function returns
 * Errors   what ends an ingest: ST_BUSY another program writes, ST_READ_ONLY, ST_NO_SPACE, ST_IO, ST_CORRUPT of the
 *          archive, ST_NO_MEMORY. What is wrong with one input is a reject.
 * Threads  one ingest at a time per Store (others wait or get ST_BUSY); ingest_record from any thread
 */
#ifndef INDEXER_INGEST_INGEST_H
#define INDEXER_INGEST_INGEST_H

#include "indexer/ingest/amend.h"
#include "indexer/ingest/content.h"
#include "indexer/ingest/options.h"
#include "indexer/ingest/report.h"
#include "indexer/shards/index.h"

/* "-" reads JSON lines from standard input. index NULL: nobody waits for the index. The report is filled in also when
 * it fails. */
Status ingest_paths(Store *store, Index *index, const char *const *paths, size_t count, const IngestOptions *options,
		    IngestReport *out, Err *err);
/* The same for bytes that arrive on a descriptor, which stays the caller's: name says what they are by its ending
 * (".jsonl", ".zip" …). */
Status ingest_stream(Store *store, Index *index, int fd, Str name, const IngestOptions *options, IngestReport *out,
		     Err *err);
/* False: these bytes hold records and no document whose text would have to be extracted. Looks at all of them. */
bool ingest_may_extract(int fd, Str name);
/* The ending of what is sent with this media type and no name: ".zip"; NULL: such a thing needs a name. */
const char *ingest_body_ending(Str media);
/* One record as JSON (files inline as base64), durable when it returns. Fails with the reason where ingest_paths would
 * reject it; ST_BUSY: the deadline passed before it was archived, and it is not. options NULL: none. */
Status ingest_record(Store *store, Index *index, Str json, const IngestOptions *options, Receipt *out, Err *err);

#endif
