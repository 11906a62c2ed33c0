/* indexer/ingest/compose.h - the parts of an entry, for those who compose one: a new record, an amendment,
 * a file put to a record, a recognised text.
 *
 * Owns     nothing; what is composed lies in the run and in the record until it is appended
 * Errors   ST_FORBIDDEN the gate (secret.h); ST_LIMIT the metadata is too large; those of the archive
 * Threads  belongs to its ingest
 */
#ifndef INDEXER_INGEST_COMPOSE_H
#define INDEXER_INGEST_COMPOSE_H

#include "indexer/ingest/complete.h"
#include "indexer/ingest/item.h"

/* A file as an object of role "original"; its hash is not known yet. */
Status item_original_object(const SourceFile *file, ObjectInput *out, Err *err);
Status item_role_object(const char *role, const SourceFile *file, ObjectInput *out, Err *err);
Status item_hash_file(const SourceFile *file, Hash *out, Err *err);
ObjectInput item_text_object(const ItemText *text);
/* The gate (secret.h), then the record's metadata and case files into an entry; they lie in the run and in the record.
 * The entry's objects must be in it already: a new text among them is looked at. */
Status item_write_metadata(IngestRun *run, const Record *record, EntryInput *out, Err *err);
/* Appends what was composed, and counts what became of it. bytes: of all it holds, for the time of the next commit. */
Status item_append_entry(IngestRun *run, const EntryInput *entry, uint64_t bytes, Err *err);
/* Counts an item by run->receipt. */
void item_count_result(IngestRun *run, uint64_t bytes);

#endif
