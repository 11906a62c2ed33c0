/* store/care/backup_notes.h - what a backup keeps beside the copied archive: when each piece was checked last, and the
 * points in time that it can be restored to.
 *
 *   checked   00000001 0 1796099893123                         segment, generation, UTC in ms
 *   points    2026-12-01T04:00:00.000Z 8867 <root, 64 hex>      when, tree size, root
 *
 * The log only grows, so each point in time is a beginning of it and costs one line.
 *
 * Owns     the lists are the caller's Buf
 * Errors   ST_IO, ST_NO_MEMORY; a file that is missing or damaged is an empty list: all is checked anew
 * Threads  any
 */
#ifndef STORE_CARE_BACKUP_NOTES_H
#define STORE_CARE_BACKUP_NOTES_H

#include "store/log/store.h"

typedef struct {
	uint32_t segment, generation;
	uint64_t utc_ms;
} PieceCheck;

/* PieceCheck items. */
Status checks_load(const char *dir, Buf *out, Err *err);
uint64_t checks_get(const Buf *checks, uint32_t segment, uint32_t generation); /* 0: never */
void checks_set(Buf *checks, uint32_t segment, uint32_t generation, uint64_t utc_ms);
Status checks_save(const char *dir, const Buf *checks, Err *err);

typedef struct {
	char when[32];
	uint64_t tree_size;
	Hash root;
} BackupPoint;

/* BackupPoint items, oldest first. */
Status points_load(const char *dir, Buf *out, Err *err);
/* Adds one, unless the newest has the same size. */
Status points_add(const char *dir, uint64_t tree_size, const Hash *root, Err *err);

#endif
