/* store/log/files.h - which segment files are open, and where the frames of a segment are when its footer is damaged.
 *
 * Owns     files_use gives one use of a SegmentFile: give it back with segment_file_free
 * Errors   ST_CORRUPT a segment's file is missing
 * Threads  all take the store's lock themselves, but for files_open
 */
#ifndef STORE_LOG_FILES_H
#define STORE_LOG_FILES_H

#include "store/log/state.h"

/* Opens the segment's file where it is closed. Lock held for writing. */
Status files_open(Store *store, Segment *s, Err *err);
Status files_use(Store *store, uint32_t segment, SegmentFile **out, Err *err);
/* Lets go of files that another process wrote anew; true: there were some. */
bool files_recheck(Store *store);
/* Finds the frames of a sealed segment by scanning it, once; true: they were found, look again. */
bool files_rescan(Store *store, uint32_t segment);

#endif
