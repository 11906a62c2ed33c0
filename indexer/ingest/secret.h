/* indexer/ingest/secret.h - the gate for state secrets (mật, tối mật, tuyệt mật): by law they do not sit on a connected
 * machine, so they are refused, and nothing they say is repeated.
 *
 * Owns     nothing
 * Errors   ST_FORBIDDEN a secret record; the message says by what, never a word of it
 * Threads  pure
 * Source   TT 02/2019 Điều 8 (not on a connected machine); TT 05/2025 (access 03 is "mật")
 */
#ifndef INDEXER_INGEST_SECRET_H
#define INDEXER_INGEST_SECRET_H

#include "store/record/record.h"

/* By the fields "secrecy" and "access". */
Status secret_check_fields(const Record *record, Err *err);
/* By a stamp in the head of the text. */
Status secret_check_text(Str text, Err *err);
/* How every check refuses; `by`: "its secrecy field". */
Status secret_refuse(const char *by, Err *err);

#endif
