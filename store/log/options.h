/* store/log/options.h - limits that tests and large sites set; store_open takes the defaults.
 *
 * Units    bytes, but for files_max
 * Owns     nothing; store_open_with copies the options
 * Errors   store_open_with: as store_open
 * Threads  any
 */
#ifndef STORE_LOG_OPTIONS_H
#define STORE_LOG_OPTIONS_H

#include "store/log/store.h"

typedef struct {
	uint64_t segment_bytes; /* a segment is sealed when it has grown to this; default 256 MiB */
	uint64_t reserve_bytes; /* room to leave on the disk; default 64 MiB or 1/32 of the disk, the smaller */
	uint32_t buffer_bytes;  /* frames gathered before they are written; default 4 MiB */
	uint32_t files_max;     /* segment files kept open for reading; default 128 */
	uint32_t sample_bytes;  /* text to train the dictionary on; 0: no dictionary; default 4 MiB */
} StoreOptions;

void store_options_default(StoreOptions *out);
/* As store_open. */
Status store_open_with(Store **out, const char *dir, const StoreOptions *options, Err *err);

#endif
