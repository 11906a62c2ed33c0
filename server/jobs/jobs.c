/* server/jobs/jobs.c - a ring of jobs under one lock, and the workers, each of which takes the oldest job that it may.
 * The archive lets several threads append; what they append is committed together. */
#include "server/jobs/jobs.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "server/jobs/job.h"

#include <stdio.h>
#include <stdlib.h>

enum { WORKERS = 3, QUICK_WORKER = 0 /* takes only jobs without documents */ };

static const JobLimits usual_limits = {
	.quick_ms = 5 * 60 * 1000, .slow_ms = 60 * 60 * 1000, .items = 1000000, .bytes = (uint64_t)8 << 30};

typedef struct {
	Jobs *jobs;
	pthread_t thread;
	bool quick_only, started;
} Worker;

struct Jobs {
	Store *store;
	Index *index;
	JobLimits limits;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	Worker workers[WORKERS];
	Job ring[JOBS_KEPT];
	uint64_t last_id;
	bool ending;
};

/* ---- workers --------------------------------------------------------------------------------------------------- */

static Job *next_waiting(Jobs *jobs, bool quick_only)
{
	Job *oldest = NULL;
	for (size_t i = 0; i < JOBS_KEPT; i++) {
		Job *job = &jobs->ring[i];
		if (job->state == JOB_WAITING && !(quick_only && job->is_slow) && (!oldest || job->id < oldest->id))
			oldest = job;
	}
	return oldest;
}

static void *work(void *ctx)
{
	Worker *worker = ctx;
	Jobs *jobs = worker->jobs;
	pthread_mutex_lock(&jobs->lock);
	while (!jobs->ending) {
		Job *job = next_waiting(jobs, worker->quick_only);
		if (!job) {
			pthread_cond_wait(&jobs->wake, &jobs->lock);
			continue;
		}
		job->state = JOB_RUNNING;
		pthread_mutex_unlock(&jobs->lock);
		job_run(job, &jobs->lock, &jobs->limits, jobs->store, jobs->index);
		pthread_mutex_lock(&jobs->lock);
	}
	pthread_mutex_unlock(&jobs->lock);
	return NULL;
}

Status jobs_new(Jobs **out, Store *store, Index *index, const JobLimits *limits, Err *err)
{
	Jobs *jobs = calloc(1, sizeof *jobs);
	if (!jobs)
		return err_no_memory(err);
	jobs->store = store;
	jobs->index = index;
	jobs->limits = limits ? *limits : usual_limits;
	for (size_t i = 0; i < JOBS_KEPT; i++)
		jobs->ring[i].fd = -1;
	pthread_mutex_init(&jobs->lock, NULL);
	pthread_cond_init(&jobs->wake, NULL);
	for (size_t i = 0; i < WORKERS; i++) {
		Worker *worker = &jobs->workers[i];
		worker->jobs = jobs;
		worker->quick_only = i == QUICK_WORKER;
		int failed = pthread_create(&worker->thread, NULL, work, worker);
		worker->started = !failed;
		if (failed) {
			jobs_free(jobs);
			return err_errno(err, failed, "start a thread for ingests");
		}
	}
	*out = jobs;
	return ST_OK;
}

void jobs_free(Jobs *jobs)
{
	if (!jobs)
		return;
	pthread_mutex_lock(&jobs->lock);
	jobs->ending = true;
	for (size_t i = 0; i < JOBS_KEPT; i++)
		stop_raise(&jobs->ring[i].stop);
	pthread_cond_broadcast(&jobs->wake);
	pthread_mutex_unlock(&jobs->lock);
	for (size_t i = 0; i < WORKERS; i++)
		if (jobs->workers[i].started)
			pthread_join(jobs->workers[i].thread, NULL);
	for (size_t i = 0; i < JOBS_KEPT; i++)
		job_done(&jobs->ring[i]);
	pthread_mutex_destroy(&jobs->lock);
	pthread_cond_destroy(&jobs->wake);
	free(jobs);
}

/* ---- the queue ------------------------------------------------------------------------------------------------- */

static size_t count_waiting(const Jobs *jobs, bool is_slow)
{
	size_t count = 0;
	for (size_t i = 0; i < JOBS_KEPT; i++)
		count += jobs->ring[i].state == JOB_WAITING && jobs->ring[i].is_slow == is_slow;
	return count;
}

/* Ids follow each other, so a job's place is its id modulo the ring; a job still at work is never overwritten. */
Status jobs_add(Jobs *jobs, int fd, Str name, uint64_t *id_out, Err *err)
{
	Status st = ST_OK;
	bool is_slow = ingest_may_extract(fd, name);
	pthread_mutex_lock(&jobs->lock);
	Job *job = &jobs->ring[(jobs->last_id + 1) % JOBS_KEPT];
	size_t waiting = count_waiting(jobs, is_slow);
	if (waiting >= JOBS_WAITING_MAX || job->state == JOB_WAITING || job->state == JOB_RUNNING) {
		st = err_set(err, ST_BUSY, "%zu ingests of this kind wait already", waiting);
	} else {
		job_done(job);
		*job = (Job){.id = ++jobs->last_id,
			     .state = JOB_WAITING,
			     .fd = fd,
			     .is_slow = is_slow,
			     .created_ms = clock_utc_ms()};
		snprintf(job->name, sizeof job->name, "%.*s",
			 STR_ARG(str_slice(name, 0, utf8_cut(name, JOB_NAME_MAX))));
		*id_out = job->id;
		pthread_cond_broadcast(&jobs->wake);
	}
	pthread_mutex_unlock(&jobs->lock);
	return st;
}

/* Under the lock. NULL: there is none. */
static Job *find_job(Jobs *jobs, uint64_t id)
{
	Job *job = &jobs->ring[id % JOBS_KEPT];
	return id && job->id == id ? job : NULL;
}

Status jobs_cancel(Jobs *jobs, uint64_t id, Err *err)
{
	Status st = ST_OK;
	pthread_mutex_lock(&jobs->lock);
	Job *job = find_job(jobs, id);
	if (!job) {
		st = err_set(err, ST_NOT_FOUND, "no such job");
	} else if (job->state == JOB_DONE || job->state == JOB_FAILED) {
		st = err_set(err, ST_CONFLICT, "the job has ended already");
	} else {
		job->is_cancelled = true;
		stop_raise(&job->stop);
	}
	if (job && job->state == JOB_WAITING) {
		job_done(job);
		job->state = JOB_CANCELLED;
	}
	pthread_mutex_unlock(&jobs->lock);
	return st;
}

Status jobs_write(Jobs *jobs, uint64_t id, JsonOut *j, Err *err)
{
	Status st = ST_OK;
	pthread_mutex_lock(&jobs->lock);
	const Job *job = find_job(jobs, id);
	if (job)
		job_write(job, true, j);
	else
		st = err_set(err, ST_NOT_FOUND, "no such job");
	pthread_mutex_unlock(&jobs->lock);
	return st;
}

Status jobs_write_table(Jobs *jobs, uint64_t id, Buf *out, Err *err)
{
	pthread_mutex_lock(&jobs->lock);
	const Job *job = find_job(jobs, id);
	ingest_csv_begin(out);
	if (job)
		buf_add_str(out, buf_str(&job->table));
	pthread_mutex_unlock(&jobs->lock);
	if (!job)
		return err_set(err, ST_NOT_FOUND, "no such job");
	return buf_ok(out) ? ST_OK : err_no_memory(err);
}

void jobs_write_list(Jobs *jobs, uint64_t before, size_t limit, uint64_t *next_out, JsonOut *j)
{
	size_t written = 0;
	pthread_mutex_lock(&jobs->lock);
	uint64_t id = before && before <= jobs->last_id ? before - 1 : jobs->last_id;
	jout_open(j, '[');
	for (const Job *job; written < limit && (job = find_job(jobs, id)); written++, id--)
		job_write(job, false, j);
	jout_close(j, ']');
	*next_out = written && find_job(jobs, id) ? id + 1 : 0;
	pthread_mutex_unlock(&jobs->lock);
}

void jobs_count(Jobs *jobs, size_t *waiting_out, size_t *running_out)
{
	*running_out = 0;
	pthread_mutex_lock(&jobs->lock);
	*waiting_out = count_waiting(jobs, true) + count_waiting(jobs, false);
	for (size_t i = 0; i < JOBS_KEPT; i++)
		*running_out += jobs->ring[i].state == JOB_RUNNING;
	pthread_mutex_unlock(&jobs->lock);
}
