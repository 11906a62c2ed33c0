/* store/log/append.h - one entry in, for callers that hold the writer's mutex already (store_append takes it).
 *
 * Owns     nothing
 * Errors   as store_append
 * Threads  with the writer's mutex held, within writing_begin and writing_end
 */
#ifndef STORE_LOG_APPEND_H
#define STORE_LOG_APPEND_H

#include "store/log/state.h"

Status append_entry(Store *store, const EntryInput *input, Receipt *out, Err *err);

#endif
