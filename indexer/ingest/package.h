/* indexer/ingest/package.h - tar, zip and 7z, entry by entry. What is in one is treated like what is in a folder, as
 * far as a stream allows: sidecars belong together when they follow each other.
 *
 * Owns     fd and bytes stay the caller's
 * Errors   what ends the ingest (run.h); an entry that can't be taken, or the rest of a broken package, is rejected
 * Threads  one
 */
#ifndef INDEXER_INGEST_PACKAGE_H
#define INDEXER_INGEST_PACKAGE_H

#include "indexer/ingest/run.h"

/* Reads from fd, or bytes where fd is -1. depth 0: it is not inside another; a package in one in one is rejected. */
Status ingest_package(IngestRun *run, int fd, Str bytes, Str name, unsigned depth, Err *err);

#endif
