/* indexer/ingest/attached.h - the attachments of a message as files of its record.
 *
 * Some gateways send an attachment as it is, others put it into a zip first under the same name: what is a zip of one
 * file of that kind, or a zip whose name says something else, is taken out of it.
 *
 * Owns     an AttachedFiles owns what it unpacked and borrows what it was given, until attached_done
 * Errors   ST_LIMIT too many files or bytes; ST_NO_MEMORY, ST_IO; what is wrong with one attachment is a warning
 * Threads  one
 */
#ifndef INDEXER_INGEST_ATTACHED_H
#define INDEXER_INGEST_ATTACHED_H

#include "indexer/ingest/run.h"
#include "indexer/source/bytes.h"

enum { ATTACHED_MAX = 900 };

typedef struct {
	SourceFile *files; /* names lie in the arena */
	size_t count;
	Arena arena;
	IngestRun *run; /* for warnings */
	IngestPlace place;
} AttachedFiles;

/* Begins as {.run = …, .place = …}. */
Status attached_add(AttachedFiles *attached, Str name, Str bytes, Err *err);
void attached_done(AttachedFiles *attached);
/* A warning that names the attachment. */
void attached_warn(AttachedFiles *attached, Str name, const char *what);

#endif
