/* indexer/ingest/add.h - one item into the archive: gate, id, text, metadata, objects, append.
 *
 * Shapes   an item without an id and with files is known by all that was given, so that the same again is a duplicate
 * Owns     nothing; the item's record is completed in place
 * Errors   what ends the ingest (run.h); an item that can't be taken is rejected
 * Threads  one
 */
#ifndef INDEXER_INGEST_ADD_H
#define INDEXER_INGEST_ADD_H

#include "indexer/ingest/complete.h"
#include "indexer/ingest/item.h"

/* Appends the item, or rejects it: at once, while ingest_add (queue.h) keeps the order with those that wait. run->arena
 * is reset by whoever made the item. */
Status item_add(IngestRun *run, IngestItem *item, Err *err);

/* It stands for what is archived already, with the text that would be made again: adding it costs its reading only. */
bool item_is_archived(IngestRun *run, IngestItem *item);

/* Parts of it, for those who compose an entry themselves. */

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
