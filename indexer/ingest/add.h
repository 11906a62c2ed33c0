/* indexer/ingest/add.h - one item into the archive: gate, id, text, metadata, objects, append.
 *
 * Shapes   an item without an id and with files is known by those, whatever their names (holder.h)
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

#endif
