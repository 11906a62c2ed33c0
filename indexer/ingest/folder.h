/* indexer/ingest/folder.h - a folder with all that is beneath it. Links and hidden files are passed over.
 *
 * Owns     dir_fd stays the caller's
 * Errors   what ends the ingest (run.h); files and folders that can't be taken are rejected
 * Threads  one
 */
#ifndef INDEXER_INGEST_FOLDER_H
#define INDEXER_INGEST_FOLDER_H

#include "indexer/ingest/run.h"

/* depth 0: it was named by the caller. */
Status ingest_folder(IngestRun *run, int dir_fd, Str name, unsigned depth, Err *err);

#endif
