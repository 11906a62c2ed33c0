/* store/log/table.h - where things are, for the part of the log that is still growing: a multimap from 64-bit hashes to
 * 64-bit values in memory. Catalogue runs hold the same pairs for what is sealed.
 *
 * Owns     its slots
 * Shapes   a value is a leaf's sequence, or an object's place: segment << 32 | ordinal (segments count from 1)
 * Errors   false when out of memory; frame_lookups: ST_CORRUPT
 * Threads  one writer or many readers, kept apart by the caller
 */
#ifndef STORE_LOG_TABLE_H
#define STORE_LOG_TABLE_H

#include "base/err.h"
#include "store/format/frame.h"

typedef struct {
	uint64_t hash, value;
} TableEntry;

typedef struct {
	TableEntry *slots; /* value UINT64_MAX: free */
	size_t count, capacity;
} Table;

void table_done(Table *t);
/* Room for so many more, so that adding them cannot fail. */
bool table_reserve(Table *t, size_t more);
bool table_add(Table *t, uint64_t hash, uint64_t value);
/* Steps through the values of a hash: start with *at = 0; false at the end. */
bool table_next(const Table *t, uint64_t hash, size_t *at, uint64_t *value_out);
/* Keeps the entries that `keep` says true to. */
bool table_filter(Table *t, bool (*keep)(void *ctx, const TableEntry *entry), void *ctx);

/* What the hashes are of. */
typedef enum { LOOKUP_KEY = 1, LOOKUP_MEMBER = 2 } LookupKind; /* a key's versions; the records of a case file */
uint64_t lookup_hash(LookupKind lookup, uint8_t entry_kind, Str key);
static inline uint64_t lookup_object(const Hash *hash)
{
	return get_le64(hash->bytes);
}
/* Calls `add` for each look-up that leads to a frame: an object's hash; a leaf's key and its case files. Stops at the
 * first `add` that fails. ST_CORRUPT: a descriptor or annex that is none. */
Status frame_lookups(uint32_t segment, const Frame *frame,
		     Status (*add)(void *ctx, uint64_t hash, uint64_t value, Err *err), void *ctx, Err *err);

#endif
