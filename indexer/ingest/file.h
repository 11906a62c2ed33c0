/* indexer/ingest/file.h - what becomes of a single file: its format's reader decides (source/format.h).
 *
 * Owns     takes the descriptor, also on failure
 * Errors   what ends the ingest (run.h); a file that can't be taken is rejected
 * Threads  one
 */
#ifndef INDEXER_INGEST_FILE_H
#define INDEXER_INGEST_FILE_H

#include "indexer/ingest/run.h"

/* fd: a file, or a pipe. name: as it is shown, and for its ending. dir_fd: the folder it stands in; -1: none. */
Status ingest_file(IngestRun *run, int fd, Str name, int dir_fd, Err *err);

#endif
