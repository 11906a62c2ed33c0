/* indexer/ingest/holder.h - the record that holds an item's originals already.
 *
 *   a scan, then the same scan under another name      nothing is added, the holder is named
 *   a scan, then a register that has its number        the holder is amended
 *   … and its number is another one                    a warning; with --amend it takes the holder's place
 *   a scan, then the same with its text beside it      the holder's next version has the text
 *
 * The id of an item that brings files and no id is the hash of its originals, so the holder is one look-up away; an
 * archive of before that rule, or a holder with an id of its own, is found by the index.
 *
 * Owns     nothing
 * Errors   ST_FORBIDDEN the holder is sealed off; those of the archive
 * Threads  belongs to its ingest
 */
#ifndef INDEXER_INGEST_HOLDER_H
#define INDEXER_INGEST_HOLDER_H

#include "indexer/ingest/item.h"

typedef enum {
	HOLDER_NONE, /* the item is to be added */
	HOLDER_DONE, /* nothing is left to add: run->receipt is the holder's, and is counted */
	HOLDER_NEXT, /* the item has become the holder's next version: its text is still to be had */
} HolderOutcome;

/* The id that stands for the originals: "sha256-" and 40 digits of the only one's own hash, or of the hashes of all. */
Status holder_derive_id(IngestRun *run, const IngestItem *item, Str *out, Err *err);
/* *key: the derived id; becomes the holder's. */
Status holder_take(IngestRun *run, IngestItem *item, Str *key, HolderOutcome *out, Err *err);
/* Adding the item costs its reading only: no text would be extracted. */
bool holder_has_all(IngestRun *run, IngestItem *item);
/* Behind an item with an id of its own: warns where its original is held by others too. */
Status holder_tell_others(IngestRun *run, const IngestItem *item, Err *err);

#endif
