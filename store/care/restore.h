/* store/care/restore.h - the archive made anew out of a backup, and single segments mended from one.
 *
 * Owns     nothing
 * Errors   ST_CONFLICT the target is not empty; ST_CORRUPT the backup is damaged, or the result is not what was backed
 *          up; ST_INVALID nothing was said of the signing key; ST_FORBIDDEN the passphrase or the key is not the right
 *          one; ST_NOT_FOUND no such point in time; ST_BUSY; ST_IO, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  any
 */
#ifndef STORE_CARE_RESTORE_H
#define STORE_CARE_RESTORE_H

#include "store/log/store.h"

/* What becomes of the signing key is said by name, if the archive ever signed: one of the three. */
typedef struct {
	Str key_passphrase;   /* opens the one in the backup */
	const char *key_file; /* a signing.key that was kept elsewhere */
	bool without_key;     /* the archive is read and written, but signs nothing until the key is put back */
	Str as_of; /* a point in time of the backup: a tree size, or a date or time it is not after; "": all */
} RestoreOptions;

typedef struct {
	uint64_t tree_size, bytes_copied;
	uint32_t segments;
	uint64_t access_entries; /* of the access log */
	bool signs;              /* it has its key, and signed what was restored */
	bool trace_is_damaged;   /* the access log cannot be read to its end */
} RestoreReport;

/* Into an empty directory. Every byte is checked, the root compared with the last checkpoint; then it signs a
 * checkpoint, proves its newest record with it, and notes the restore in the access log. */
Status store_restore(const char *backup_dir, const char *to_dir, const RestoreOptions *options, RestoreReport *out,
		     Err *err);

/* Appends the backup's points in time as lines: when, tree size. */
Status store_restore_points(const char *backup_dir, Buf *out, Err *err);

#endif
