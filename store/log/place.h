/* store/log/place.h - which archive this is: its FORMAT, and the directory that was opened.
 *
 * Owns     nothing
 * Errors   ST_NOT_FOUND there is no archive; ST_CORRUPT FORMAT is damaged; ST_UNSUPPORTED it is of a newer format
 * Threads  store_check_place (store.h) from any; the others while the archive is made or opened
 */
#ifndef STORE_LOG_PLACE_H
#define STORE_LOG_PLACE_H

#include "store/log/state.h"

/* Appends the text of FORMAT. */
void place_put_format(const uint8_t archive_id[static ARCHIVE_ID_LEN], Buf *out);
/* Reads archive id and origin into the Store. */
Status place_read_format(Store *store, Err *err);
/* Notes the directory for store_check_place. */
void place_note(Store *store);

#endif
