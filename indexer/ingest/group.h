/* indexer/ingest/group.h - files that belong together because their names differ only in the ending.
 *
 *   15-qd.pdf            a record of its own
 *   15-qd.json           … its metadata
 *   15-qd.txt            … its text (of a scan)
 *
 * With metadata beside them, all others are files of the one record; without, each is a record, and a text goes with
 * the document if there is just one, which is no text itself. Two files of one name (in a package) are two records.
 *
 * Owns     a FileGroup owns the files it took, until they are flushed
 * Errors   what ends the ingest (run.h); a group that can't be taken is rejected
 * Threads  one
 */
#ifndef INDEXER_INGEST_GROUP_H
#define INDEXER_INGEST_GROUP_H

#include "indexer/ingest/run.h"
#include "indexer/source/bytes.h"

enum { GROUP_FILES_MAX = 16 };

/* Begins as {.prefix = …, .dir_fd = …}. */
typedef struct {
	Str prefix; /* shown in front of the names: "a.zip!", "folder/" */
	Str stem;
	SourceFile files[GROUP_FILES_MAX];
	Str paths[GROUP_FILES_MAX]; /* beneath the prefix */
	size_t count;
	Arena arena;
	int dir_fd; /* where files that the metadata names are opened; -1: nowhere */
} FileGroup;

/* May a text beside a file of this name be its text? Not of a text, a message, a list. */
bool group_takes_text(Str name);
/* Takes the file, also on failure. Another stem than before flushes what is there first. */
Status group_add(IngestRun *run, FileGroup *group, Str path, SourceFile *file, Err *err);
/* Adds the records that the files make. */
Status group_flush(IngestRun *run, FileGroup *group, Err *err);
void group_done(FileGroup *group);

#endif
