/* indexer/ingest/package.h - tar, zip, 7z and rar, entry by entry. What is in one is treated like what is in a folder,
 * as far as a stream allows: sidecars belong together when they follow each other. One that holds a register is
 * unpacked and read as a folder (unpack.h).
 *
 * Owns     fd and bytes stay the caller's
 * Errors   what ends the ingest (run.h); an entry that can't be taken, or the rest of a broken package, is rejected
 * Threads  one
 */
#ifndef INDEXER_INGEST_PACKAGE_H
#define INDEXER_INGEST_PACKAGE_H

#include "indexer/ingest/run.h"

enum { PACKAGE_DEPTH_MAX = 4 }; /* a package in a package in a package in a package */

/* Reads from fd, a file, from its start; or bytes where fd is -1. */
Status ingest_package(IngestRun *run, int fd, Str bytes, Str name, Err *err);

#endif
