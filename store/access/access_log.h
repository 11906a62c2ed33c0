/* store/access/access_log.h - who looked at what, when, with what result: an append-only, hash-chained log of its own.
 *
 *   access/00000007.log | 00000008.log | … | LOCK        each a header and entries (access_file.h)
 *
 * Each entry names the hash of the one before it, over all files, so that none can be taken out or changed unseen; the
 * newest hash can be kept elsewhere. When a file is full the next one begins, with an entry that names the last hash of
 * the one before and the newest file that was dropped: the oldest files go when all together would be more than the
 * quota. Reads are many, so entries are not synced one by one: adding one syncs all when the last sync is a second old,
 * and so do access_log_sync and access_log_close.
 *
 * Shapes   what was asked for is cut at ACCESS_WHAT_MAX bytes; marks that steer terminals or the direction of text are
 *          escaped
 * Owns     access_log_open's result until access_log_close
 * Errors   ST_CORRUPT the chain is broken (says where); ST_BUSY another process has it open for writing
 * Threads  any
 */
#ifndef STORE_ACCESS_ACCESS_LOG_H
#define STORE_ACCESS_ACCESS_LOG_H

#include "base/err.h"
#include "store/format/hash.h"

enum { ACCESS_WHAT_MAX = 300 };

typedef struct AccessLog AccessLog;

typedef struct {
	Str who, action, what, result, request_id; /* "token:abc", "get-record", "15-qd", "200", … */
} AccessEntry;

typedef struct {
	uint64_t quota_bytes; /* of all files together; default 256 MiB */
	uint64_t file_bytes;  /* a file is full when it has grown to this; default 1/16 of the quota */
} AccessOptions;

/* Opens <archive>/access for appending; a torn last entry is cut off. Reads the newest file only. Where that is damaged
 * it is left as it is, the next one begins, and access_log_damage says why: access_log_read goes on to refuse it. */
Status access_log_open(AccessLog **out, const char *archive_dir, Err *err);
/* 0 in an option: its default. */
Status access_log_open_with(AccessLog **out, const char *archive_dir, const AccessOptions *options, Err *err);
void access_log_close(AccessLog *log); /* syncs */
Status access_log_add(AccessLog *log, const AccessEntry *entry, Err *err);
Status access_log_sync(AccessLog *log, Err *err);
const char *access_log_damage(const AccessLog *log); /* ""; lives as long as the log */
void access_log_head(AccessLog *log, uint64_t *entries_out, Hash *newest_out);

/* Reads all that is kept in order and checks the chain. `each` may be NULL; its JSON lives until it returns. `number`
 * and *entries_out count what was dropped too. */
Status access_log_read(const char *archive_dir, void (*each)(void *ctx, uint64_t number, Str json), void *ctx,
		       uint64_t *entries_out, Hash *newest_out, Err *err);

#endif
