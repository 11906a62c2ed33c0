/* indexer/ingest/secret.h - the gate for state secrets (mật, tối mật, tuyệt mật): by law they do not sit on a connected
 * machine, so they are refused, and nothing they say is repeated.
 *
 *   every way in ─▶ each file's text ─▶ metadata ─▶ item_write_metadata: all fields and the text once more ─▶ store
 *
 * No version of a record reaches the archive but through item_write_metadata (add.h), which asks both questions below:
 * who adds a way in need not think of the gate. Asking earlier only spares work.
 *
 * Owns     nothing
 * Errors   ST_FORBIDDEN a secret record; the message says by what, never a word of it. Out of memory it refuses too
 * Threads  pure
 * Source   TT 02/2019 Điều 8 (not on a connected machine); TT 05/2025 (access 03 is "mật")
 */
#ifndef INDEXER_INGEST_SECRET_H
#define INDEXER_INGEST_SECRET_H

#include "store/record/record.h"

/* By every field and every member of "extra", "location" and "relations", at any depth, whose name says secrecy or
 * access; by a stamp in any of them. */
Status secret_check_fields(const Record *record, Err *err);
/* By a stamp in the head of the text, or of a page (behind a form feed). */
Status secret_check_text(Str text, Err *err);
#define SECRET_NOT_TAKEN ": not taken" /* the end of every refusal */
/* How every check refuses; `by`: "its secrecy field". */
Status secret_refuse(const char *by, Err *err);

#endif
