/* store/access/access_log.h - who looked at what, when, with what result: an append-only, hash-chained log of its own.
 *
 *   access/00000001.log: header (64) | entry | entry | …
 *   entry: length (4) | CRC-32C (4) | SHA-256 of the entry before (32) | JSON
 *
 * Each entry names the hash of the one before it, so that none can be taken out or changed unseen; the newest hash can
 * be kept elsewhere. Reads are many, so entries are not synced one by one: adding one syncs all when the last sync is a
 * second old, and so do access_log_sync and access_log_close.
 *
 * Owns     access_log_open's result until access_log_close
 * Errors   ST_CORRUPT the chain is broken (says where); ST_BUSY another process has it open for writing
 * Threads  any
 */
#ifndef STORE_ACCESS_ACCESS_LOG_H
#define STORE_ACCESS_ACCESS_LOG_H

#include "base/err.h"
#include "store/format/hash.h"

typedef struct AccessLog AccessLog;

typedef struct {
	Str who, action, what, result, request_id; /* "token:abc", "get-record", "15-qd", "200", … */
} AccessEntry;

/* Opens <archive>/access for appending; a torn last entry is cut off. */
Status access_log_open(AccessLog **out, const char *archive_dir, Err *err);
void access_log_close(AccessLog *log); /* syncs */
Status access_log_add(AccessLog *log, const AccessEntry *entry, Err *err);
Status access_log_sync(AccessLog *log, Err *err);
void access_log_head(AccessLog *log, uint64_t *entries_out, Hash *newest_out);

/* Reads the whole log in order and checks the chain. `each` may be NULL; its JSON lives until it returns. */
Status access_log_read(const char *archive_dir, void (*each)(void *ctx, uint64_t number, Str json), void *ctx,
		       uint64_t *entries_out, Hash *newest_out, Err *err);

#endif
