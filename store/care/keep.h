/* store/care/keep.h - what is done with an archive over the years: recompression, holds, lawful destruction, backup,
 * restore.
 *
 * Sealed segments are written anew as a whole, beside the old file, and renamed: ordinals, descriptors and proofs
 * stay, the generation goes up. Reading goes on meanwhile.
 *
 * Errors   as in store.h; ST_BUSY another process is writing segments anew
 * Threads  any; one of these at a time over all processes
 */
#ifndef STORE_CARE_KEEP_H
#define STORE_CARE_KEEP_H

#include "store/log/store.h"

/* Recompresses the sealed segments that were not yet (LZ4HC with a dictionary of their own), oldest first, at most
 * `limit` of them; *done_out how many. Ends between segments when stop is raised. */
Status store_recompress(Store *store, uint32_t limit, const Stop *stop, uint32_t *done_out, Err *err);
/* Seals the live segment, so that it can be recompressed; within store_write_begin/end, after a commit. */
Status store_seal(Store *store, Err *err);

/* ---- holds and lawful destruction ------------------------------------------------------------------------------ */

/* Both are entries of the log. A hold: kind ENTRY_HOLD, key the record's id, its versions hold and release in turn. */
typedef struct {
	Str reason, by;
} HoldInput;
/* Within store_write_begin/end; commit as usual. Holding what is held, or releasing what is not, is ST_CONFLICT. */
Status store_hold(Store *store, Str record_id, const HoldInput *input, Receipt *out, Err *err);
Status store_release(Store *store, Str record_id, const HoldInput *input, Receipt *out, Err *err);
Status store_is_held(Store *store, Str record_id, bool *out, Err *err);

typedef struct {
	Str decision; /* its number: the key of the entry that records it */
	Str decided;  /* civil date, "2026-11-22" */
	Str reason;
	Str approved_by[2]; /* two different people */
	const Str *record_ids;
	size_t record_count;
} DestructionInput;

enum { DESTRUCTION_RECORDS_MAX = 10000 };

typedef struct {
	Receipt receipt;
	uint64_t payloads, objects; /* whose bodies are gone */
	uint32_t segments;          /* written anew */
} DestructionReport;

/* Records the decision in the log, commits, then removes payload, case files and objects of all versions of these
 * records from the segments and look-ups; objects that other records name stay. Descriptors and proofs stay valid.
 * Done again with the same input it finishes what was interrupted. ST_FORBIDDEN: a record is held (named). Takes the
 * writer's lock itself. The index must be told: the entry is in the log. */
Status store_destroy(Store *store, const DestructionInput *input, DestructionReport *out, Err *err);

/* ---- backup and restore ---------------------------------------------------------------------------------------- */

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
