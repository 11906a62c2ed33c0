/* store/care/backup.h - backup, restore, and repair of a segment from a copy.
 *
 * Owns     nothing
 * Errors   ST_CONFLICT the directory holds another archive; ST_CORRUPT a copy is not what it should be; ST_BUSY another
 *          process is writing segments anew; ST_IO, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  any; one of these at a time over all processes
 */
#ifndef STORE_CARE_BACKUP_H
#define STORE_CARE_BACKUP_H

#include "store/log/store.h"

typedef struct {
	uint64_t tree_size, bytes_copied;
	uint32_t segments, segments_copied; /* those that were there already and equal are not copied again */
} BackupReport;

/* Copies the committed state to another directory while writing goes on; what is there already and unchanged stays.
 * Every copied segment is read back and checked. */
Status store_backup(Store *store, const char *to_dir, BackupReport *out, Err *err);
/* Makes an archive in an empty directory out of a backup; every byte is checked, the root compared with the backup's
 * last checkpoint where it has one. */
Status store_restore(const char *backup_dir, const char *to_dir, BackupReport *out, Err *err);
/* Replaces one damaged sealed segment by that of a backup or another copy of the same archive, after checking it from
 * end to end against this archive's tree. */
Status store_repair(Store *store, uint32_t segment, const char *from_dir, Err *err);

#endif
