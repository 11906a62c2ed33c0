/* indexer/ingest/seal.h - seals off what is found to be a secret after it was archived, and releases by decision.
 *
 *   seal_record   the next version says "sealed_off": no version of the record is found or read (store/record/sealed.h)
 *   seal_look     asks the gate of today about every record that an older one let in, and seals off what it refuses
 *   seal_release  the version before the seal again, with "released": the gate lets this record pass from then on
 *
 * The record stays in the log with its proofs; destroying it is store_destroy, as of any record.
 *
 * Owns     nothing
 * Errors   ST_NOT_FOUND no such record; ST_CONFLICT it is sealed off already, or is not, or was changed meanwhile;
 *          ST_INVALID no decision, nobody who decided, no reason; those of the archive
 * Threads  any
 */
#ifndef INDEXER_INGEST_SEAL_H
#define INDEXER_INGEST_SEAL_H

#include "store/log/store.h"

Status seal_record(Store *store, Str id, Str reason, Receipt *out, Err *err);

typedef struct {
	Str decision, by;
} SealRelease;
Status seal_release(Store *store, Str id, const SealRelease *release, Receipt *out, Err *err);

typedef struct {
	uint64_t looked_at, sealed;
} SealReport;
/* found: told of each that was sealed off; may be NULL. */
Status seal_look(Store *store, void (*found)(void *ctx, Str id, const char *reason), void *ctx, SealReport *out,
		 Err *err);

#endif
