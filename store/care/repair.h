/* store/care/repair.h - what is damaged or missing in the log, put back from a backup or another copy of it.
 *
 * Owns     nothing
 * Errors   ST_CONFLICT the copy is of another archive or another history; ST_CORRUPT the copy does not help: the
 * damaged
 *          segment came back; ST_BUSY somebody writes; ST_IO, ST_NO_SPACE, ST_NO_MEMORY
 * Threads  any; one of these at a time over all processes
 */
#ifndef STORE_CARE_REPAIR_H
#define STORE_CARE_REPAIR_H

#include "base/stop.h"
#include "store/log/store.h"

/* Replaces one damaged sealed segment by that of a backup or another copy of the same archive, after checking it from
 * end to end against this archive's tree. */
Status store_repair(Store *store, uint32_t segment, const char *from_dir, Err *err);

typedef struct {
	uint32_t segments_checked, segments_repaired;
	uint64_t records_regained; /* that stood behind the end of a log that had lost it */
	uint64_t destroyed_again;  /* payloads and objects that the copy still had, and that are destroyed here */
} RepairReport;

/* Checks every segment, replaces those with damage, and brings the end of the log back where it is missing. What was
 * destroyed here since the copy was made goes once more. */
Status store_repair_all(Store *store, const char *from_dir, const Stop *stop, RepairReport *out, Err *err);

#endif
