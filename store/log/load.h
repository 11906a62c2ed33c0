/* store/log/load.h - the state of an archive from its directory: at open, and again to judge damage anew.
 *
 * Owns     nothing
 * Errors   ST_IO, ST_NO_MEMORY. Damage is no failure: it is noted in the store
 * Threads  takes the store's lock itself
 */
#ifndef STORE_LOG_LOAD_H
#define STORE_LOG_LOAD_H

#include "store/log/state.h"

/* at_open: starts at the last COMMIT that the catalogue covers, and builds the runs that are missing. Else everything
 * is read. */
Status archive_load(Store *store, bool at_open, Err *err);

#endif
