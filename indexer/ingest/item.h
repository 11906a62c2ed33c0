/* indexer/ingest/item.h - one item of an ingest: a record as it was given, with its files.
 *
 * Owns     nothing: record and files belong to whoever reads the source, until ingest_add returns
 * Errors   none: shapes alone
 * Threads  belongs to the ingest that reads it
 */
#ifndef INDEXER_INGEST_ITEM_H
#define INDEXER_INGEST_ITEM_H

#include "indexer/ingest/run.h"
#include "indexer/source/bytes.h"
#include "store/format/entry.h"
#include "store/record/record.h"

typedef struct {
	IngestPlace place;
	Record *record;    /* what was given; completed in place */
	SourceFile *files; /* the originals */
	size_t file_count;
	const SourceFile *text_file; /* its text, given as a file beside it; NULL: none */
	Str lead;                    /* text before that of the files: the body of a mail; "": none */
	const SourceFile *envelope;  /* the message it came in, kept byte for byte; NULL: none */
	/* The list names the files for another document too: what it says of each tells them apart. */
	bool files_stand_twice;
	const ObjectRef *kept; /* objects of the version before that go on */
	size_t kept_count;
} IngestItem;

#endif
