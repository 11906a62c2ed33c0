/* indexer/ingest/message.h - a message of the document exchange becomes a record: its fields the metadata, its
 * attachments the originals, the signed message itself an object of role "envelope".
 *
 *   new           a record; its id is the message's DocumentId (where that is no id: "edxml-" and its hash)
 *   update        the next version of the record it names; where that is not archived, a record that "updates" it
 *   replacement   a record that "replaces" those it names
 *   revocation    a record that "revokes" the one it names
 *   status        an object of role "status" and a line under extra.statuses of the record it names; where that is not
 *                 archived, a record that is "status_of" it
 *
 * A message that is archived already, in whatever version and by whatever name, adds nothing.
 *
 * Owns     the file stays the caller's
 * Errors   what ends the ingest (run.h); a message that can't be taken is rejected
 * Threads  one
 */
#ifndef INDEXER_INGEST_MESSAGE_H
#define INDEXER_INGEST_MESSAGE_H

#include "indexer/ingest/run.h"
#include "indexer/source/bytes.h"

/* By its name, or by how it begins where it is called .xml. */
bool message_is(const SourceFile *file);
Status ingest_message(IngestRun *run, const SourceFile *file, IngestPlace place, Err *err);

#endif
