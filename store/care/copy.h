/* store/care/copy.h - what backup, restore and repair share: bytes of a segment to another place, and checking
 * them there.
 *
 * Owns     nothing
 * Errors   ST_CORRUPT the copy is not what it should be (names file and offset); ST_IO, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  any
 */
#ifndef STORE_CARE_COPY_H
#define STORE_CARE_COPY_H

#include "store/format/segment.h"
#include "store/log/state.h"

/* Bytes [from, to) of a descriptor to the same place of the file `path`, which ends there then; synced. */
Status copy_range(int fd, uint64_t from, uint64_t to, const char *name, const char *path, Err *err);
/* Every frame of dir's segment from `from` (0: the first frame) on. end 0: it must be sealed, and is checked to its
 * trailer; else it is read up to that offset. */
Status copy_check(const char *dir, uint32_t id, const uint8_t *archive_id, uint64_t from, uint64_t end, Err *err);
/* A small file of the archive; not there is fine unless `required`. */
Status copy_small_file(const char *from_dir, const char *to_dir, const char *name, bool required, Err *err);
Status copy_make_dirs(const char *dir, Err *err);
/* A whole segment (end 0) or its first `end` bytes: under dir/copying first, checked there, then moved to its place. */
Status copy_segment(const SegmentFile *from, const char *dir, uint32_t id, const uint8_t *archive_id, uint64_t end,
		    Err *err);
/* What an interrupted copy_segment left. */
Status copy_remove_staging(const char *dir, Err *err);
/* The access log's files as far as they go now. */
Status copy_access_log(const char *from_dir, const char *to_dir, Err *err);

#endif
