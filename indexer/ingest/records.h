/* indexer/ingest/records.h - records as JSON: lines of them, a file of one, one from a sender.
 *
 * Owns     nothing; sources and files stay the caller's
 * Errors   what ends the ingest (run.h); a record or source that can't be taken is rejected
 * Threads  one
 */
#ifndef INDEXER_INGEST_RECORDS_H
#define INDEXER_INGEST_RECORDS_H

#include "indexer/ingest/run.h"
#include "indexer/source/bytes.h"

/* Files that lie beside a record's metadata and belong to it. */
typedef struct {
	SourceFile *files;
	size_t count;
	const SourceFile *text_file; /* NULL: none */
	bool stand_twice;            /* another document has them too, by the same list */
} Sidecars;

/* dir_fd: the folder in which files that records name are opened; -1: they can't be reached. */

/* Adds what one JSON object says; resets the arena first. beside: may be NULL. */
Status ingest_json(IngestRun *run, Str json, IngestPlace place, int dir_fd, const Sidecars *beside, Err *err);
Status ingest_lines(IngestRun *run, ByteSource from, Str name, int dir_fd, Err *err);
/* Lines in a compressed stream, on fd or, where fd is -1, in bytes. */
Status ingest_compressed_lines(IngestRun *run, int fd, Str bytes, Str name, int dir_fd, Err *err);
/* One JSON text: a record, or lines of them. */
Status ingest_json_file(IngestRun *run, const SourceFile *file, Str name, int dir_fd, Err *err);

#endif
