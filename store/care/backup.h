/* store/care/backup.h - a copy of the archive in a second place, kept up while writing goes on.
 *
 * The backup has the shape of an archive, so verify reads it; it is no place to write to. It holds the log up to a
 * durable commit, the access log, the last checkpoint, the key to check with, and the signing key only if it is given a
 * passphrase to seal it with (store/proof/sealed_key.h). What is there is not copied again, within a segment too.
 *
 * Each piece is read back and checked when it is copied, and again when its last check is CHECK_DAYS old; with
 * every run at least a CHECK_DAYS-th of the pieces, so that daily runs share the work. A piece that has rotted is
 * copied anew.
 *
 * Owns     nothing
 * Errors   ST_INVALID the target lies in the archive; ST_CONFLICT the target is an archive of its own, or holds another
 *          history; ST_CORRUPT the archive is damaged, or a copy is not what it should be; ST_BUSY another process
 *          writes segments anew, or writes to the target; ST_IO, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  any; one of these at a time over all processes
 */
#ifndef STORE_CARE_BACKUP_H
#define STORE_CARE_BACKUP_H

#include "store/log/store.h"

enum { CHECK_DAYS = 30 };

typedef struct {
	bool check_all;      /* every piece, now */
	Str key_passphrase;  /* seals the signing key into the backup; "": the key stays where it is */
	uint64_t now_utc_ms; /* 0: the clock's; for tests */
} BackupOptions;

typedef struct {
	uint64_t tree_size;
	uint64_t bytes_copied;  /* and checked */
	uint64_t bytes_checked; /* of what was there before, checked again */
	uint32_t segments, segments_copied, segments_checked, segments_replaced;
	bool same_disk;       /* the backup and the archive are lost together */
	bool has_key;         /* the signing key lies in the backup, sealed */
	bool key_left_behind; /* there is one, and it does not */
} BackupReport;

Status store_backup(Store *store, const char *to_dir, const BackupOptions *options, BackupReport *out, Err *err);

#endif
