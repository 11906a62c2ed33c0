/* server/jobs/jobs.h - ingests that go on after their request was answered. They are kept in memory: a job that was
 * running when the server stopped is forgotten, what it had committed is not.
 *
 * Lists of records and bodies with documents wait in lines of their own, and one worker takes lists only: documents
 * that are slow to read keep nobody from archiving records.
 *
 * Owns     the body's descriptor from jobs_add on; the last JOBS_KEPT jobs can be asked for
 * Errors   ST_BUSY too many wait, ST_NOT_FOUND no such job, ST_CONFLICT it has ended already, ST_NO_MEMORY, ST_IO no
 *          thread did start
 * Threads  any
 */
#ifndef SERVER_JOBS_JOBS_H
#define SERVER_JOBS_JOBS_H

#include "server/jobs/limits.h"

typedef struct Jobs Jobs;

enum { JOBS_KEPT = 64, JOBS_WAITING_MAX = 8 /* of each kind */ };

/* limits NULL: the usual ones. */
Status jobs_new(Jobs **out, Store *store, Index *index, const JobLimits *limits, Err *err);
void jobs_free(Jobs *jobs); /* running jobs end within moments; NULL is fine */
/* name: says by its ending what the bytes are. ST_BUSY: too many wait; the descriptor stays the caller's then. */
Status jobs_add(Jobs *jobs, int fd, Str name, uint64_t *id_out, Err *err);
/* A job that waits is over at once, one that runs within moments. What it has committed stays. */
Status jobs_cancel(Jobs *jobs, uint64_t id, Err *err);
/* Writes the job as an object. ST_NOT_FOUND: there was no such job, or JOBS_KEPT others came after it. */
Status jobs_write(Jobs *jobs, uint64_t id, JsonOut *j, Err *err);
/* What was refused or does not fit, as CSV. ST_NOT_FOUND, ST_NO_MEMORY. */
Status jobs_write_table(Jobs *jobs, uint64_t id, Buf *out, Err *err);
/* Writes the newest jobs below `before` as an array, newest first, at most limit, without what they refused; *next_out:
 * go on below this one; 0: that was all. */
void jobs_write_list(Jobs *jobs, uint64_t before, size_t limit, uint64_t *next_out, JsonOut *j);
void jobs_count(Jobs *jobs, size_t *waiting_out, size_t *running_out);

#endif
