/* indexer/ingest/mail.h - e-mail (.eml, mbox): each mail a record, its attachments the originals, the mail itself an
 * object of role "envelope"; its text is the body, then what the attachments say.
 *
 * Shapes   the id is "sha256-" and the hash of the mail: the same mail again adds nothing
 * Owns     the file stays the caller's
 * Errors   what ends the ingest (run.h); a mail that can't be read is kept with a warning that says why
 * Threads  one
 */
#ifndef INDEXER_INGEST_MAIL_H
#define INDEXER_INGEST_MAIL_H

#include "indexer/ingest/run.h"
#include "indexer/source/bytes.h"

Status ingest_mail(IngestRun *run, const SourceFile *file, IngestPlace place, Err *err);

#endif
