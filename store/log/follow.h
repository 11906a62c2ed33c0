/* store/log/follow.h - from the bytes on disk to the committed state: reads on behind the last known COMMIT.
 *
 * Owns     nothing
 * Errors   ST_IO, ST_NO_MEMORY. Damage is no failure: it is noted in the store, and the rest is read with gaps
 * Threads  archive_follow with the store's lock held for writing; archive_has_news takes it itself
 */
#ifndef STORE_LOG_FOLLOW_H
#define STORE_LOG_FOLLOW_H

#include "store/log/state.h"

Status archive_follow(Store *store, Err *err);
/* True when the segments, or the live one's size, are not what archive_follow last saw. */
bool archive_has_news(Store *store);

#endif
