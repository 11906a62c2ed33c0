/* server/jobs/limits.h - what a job may take.
 *
 * Owns     nothing
 * Errors   none
 * Threads  pure
 */
#ifndef SERVER_JOBS_LIMITS_H
#define SERVER_JOBS_LIMITS_H

#include "base/json_out.h"
#include "indexer/ingest/ingest.h"

enum { JOB_REJECTS_KEPT = 100, JOB_LIST_BYTES = 512 << 10 /* of warnings; of the table */, JOB_NAME_MAX = 200 };

/* What ends a job: how long it takes, without and with documents; what it has seen and read. */
typedef struct {
	uint64_t quick_ms, slow_ms, items, bytes;
} JobLimits;

#endif
