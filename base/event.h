/* base/event.h - what operators read: one JSON line for each event, on standard error.
 *
 *   event_write(EVENT_WARN, "store", "segment sealed", "segment", "00000003", "bytes", "268435456", NULL);
 *   {"time":"2026-11-22T18:09:00.123Z","level":"warn","part":"store","message":"segment sealed","segment":"00000003",
 * …}
 *
 * Libraries return errors; only commands, the HTTP layer and background threads write events.
 *
 * Shapes   any bytes as values: the JSON writer escapes what comes from outside, marks that steer terminals too
 * Owns     nothing is kept
 * Errors   none: a line that cannot be written, for want of memory too, is lost
 * Threads  safe; lines of several threads never mix
 */
#ifndef BASE_EVENT_H
#define BASE_EVENT_H

#include "base/linkage.h"

C_LINKAGE_BEGIN

typedef enum { EVENT_INFO, EVENT_WARN, EVENT_ERROR } EventLevel;

enum { EVENT_VALUE_MAX = 300 }; /* bytes of a value; what is longer is cut */

/* Behind the message: pairs of key and value, both zero-terminated, closed by NULL. */
void event_write(EventLevel level, const char *part, const char *message, ...) __attribute__((sentinel));

C_LINKAGE_END

#endif
