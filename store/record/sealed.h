/* store/record/sealed.h - records that are sealed off: a suspected secret that was seen after it was archived. It
 * stays in the log, with its proofs, and is neither found nor read until it is destroyed or released by decision.
 *
 *   newest version says "sealed_off":"…"     →  no version of the record is readable
 *
 * Everything that reads a record for somebody looks it up here and not by store_find.
 *
 * Owns     nothing; a SealedRecord's strings are valid during the call
 * Errors   ST_NOT_FOUND as store_find, and for a record that is sealed off; those of the archive; ST_NO_MEMORY
 * Threads  any
 */
#ifndef STORE_RECORD_SEALED_H
#define STORE_RECORD_SEALED_H

#include "store/record/entry_json.h"

/* Sequence of the record's version (0: the newest). */
Status record_find(Store *store, Str id, uint32_t version, uint64_t *sequence_out, Err *err);
/* The same, read. */
Status record_load(Store *store, Str id, uint32_t version, Arena *arena, Entry *out, Err *err);
/* Does this entry, the newest of its record, seal it off? */
Status entry_is_sealed(const Entry *entry, Arena *arena, bool *out, Err *err);
static inline bool record_is_sealed(const Record *record)
{
	return record_text(record, RF_SEALED_OFF).len > 0;
}

typedef struct {
	Str id, reason;
	uint64_t sequence, utc_ms;
} SealedRecord;
/* For an administrator: all that are sealed off now. */
Status sealed_list(Store *store, void (*found)(void *ctx, const SealedRecord *record), void *ctx, Err *err);

#endif
