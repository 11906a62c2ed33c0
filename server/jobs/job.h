/* server/jobs/job.h - one job: an ingest of a body, its limits, and what it is told to those who ask.
 *
 *   waiting ──► running ──► done | failed | cancelled          what was committed stays, however it ends
 *      └──────────────────────────────────────┘
 *
 * Owns     the descriptor until the job has ended, the texts of refusals until job_done
 * Errors   how the ingest failed is the job's, and told with it; ST_LIMIT: it was ended by one of its limits
 * Threads  every member but `stop` is read and written under the lock of the queue (jobs.c)
 */
#ifndef SERVER_JOBS_JOB_H
#define SERVER_JOBS_JOB_H

#include "server/jobs/limits.h"

#include <pthread.h>

typedef enum { JOB_NONE, JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED } JobState;

typedef struct {
	uint64_t id;
	JobState state;
	int fd;
	char name[JOB_NAME_MAX + 1];
	bool is_slow;      /* it may hold documents whose text must be extracted */
	Stop stop;         /* ends it: cancelled, over a limit, or the service ends */
	bool is_cancelled; /* somebody asked for it */
	uint64_t created_ms;
	IngestReport report;
	Buf rejects; /* the items of a JSON array, without brackets */
	uint64_t reject_count;
	Buf warnings;      /* the same of what is odd or does not fit … */
	Buf table;         /* … and all of it as rows for spreadsheets */
	uint64_t left_out; /* more than JOB_LIST_BYTES of them */
	Err err;
} Job;

void job_done(Job *job);
/* Runs it and sets how it ended; the lock is taken for moments only. */
void job_run(Job *job, pthread_mutex_t *lock, const JobLimits *limits, Store *store, Index *index);
/* Writes the job as an object; without its refusals and warnings, where they are not wanted. */
void job_write(const Job *job, bool with_errors, JsonOut *j);

#endif
