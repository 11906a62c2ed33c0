/* server/jobs/jobs.h - ingests that go on after their request was answered, one after the other. They are kept in
 * memory: a job that was running when the server stopped is forgotten, what it had committed is not.
 *
 * Owns     the body's descriptor from jobs_add on; the last JOBS_KEPT jobs can be asked for
 * Errors   ST_BUSY too many wait, ST_NOT_FOUND no such job, ST_NO_MEMORY, ST_IO the thread did not start
 * Threads  any
 */
#ifndef SERVER_JOBS_JOBS_H
#define SERVER_JOBS_JOBS_H

#include "base/json_out.h"
#include "indexer/ingest/ingest.h"

typedef struct Jobs Jobs;

enum { JOBS_KEPT = 64, JOBS_WAITING_MAX = 8, JOB_REJECTS_KEPT = 100, JOB_NAME_MAX = 200 };

Status jobs_new(Jobs **out, Store *store, Index *index, Err *err);
void jobs_free(Jobs *jobs); /* the running job ends after the record it is at; NULL is fine */
/* name: says by its ending what the bytes are. ST_BUSY: too many wait; the descriptor stays the caller's then. */
Status jobs_add(Jobs *jobs, int fd, Str name, uint64_t *id_out, Err *err);
/* Writes the job as an object. ST_NOT_FOUND: there was no such job, or JOBS_KEPT others came after it. */
Status jobs_write(Jobs *jobs, uint64_t id, JsonOut *j, Err *err);

#endif
