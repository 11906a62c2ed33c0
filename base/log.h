/* base/log.h - one JSON line a message to standard error, so that logs can be read by people and programs.
 *
 *   log_event(LOG_WARN, "store", "segment sealed", "segment", "00000003", "bytes", "268435456", NULL);
 *
 * Untrusted text is escaped by the JSON writer. Libraries return errors; only commands, the HTTP layer and
 * background threads log.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/linkage.h"

C_LINKAGE_BEGIN

typedef enum { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF } LogLevel;

void log_set_level(LogLevel least); /* default LOG_INFO */
/* Pairs of key and value (both zero-terminated), closed by NULL. */
void log_event(LogLevel level, const char *part, const char *message, ...) __attribute__((sentinel));

C_LINKAGE_END

#endif
