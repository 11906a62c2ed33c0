/* server/jobs/jobs.c - a ring of jobs under one lock, and one thread that works them off, oldest first: the archive has
 * one writer, so a second thread would only wait. The thread copies progress and refusals into the job under the lock;
 * who asks sees them at once. */
#include "server/jobs/jobs.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef enum { JOB_NONE, JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_FAILED } JobState;

typedef struct {
	uint64_t id;
	JobState state;
	int fd;
	char name[JOB_NAME_MAX + 1];
	uint64_t created_ms;
	IngestReport report;
	Buf rejects; /* the items of a JSON array, without brackets */
	uint64_t reject_count;
	Err err;
} Job;

struct Jobs {
	Store *store;
	Index *index;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t worker;
	Job ring[JOBS_KEPT];
	uint64_t last_id;
	size_t waiting;
	Stop stop;
};

/* What the ingest's callbacks need. */
typedef struct {
	Jobs *jobs;
	Job *job;
} JobContext;

static void show_progress(void *ctx, const IngestReport *so_far)
{
	JobContext *context = ctx;
	pthread_mutex_lock(&context->jobs->lock);
	context->job->report = *so_far;
	pthread_mutex_unlock(&context->jobs->lock);
}

static void keep_reject(void *ctx, Str source, Status code, Str reason)
{
	JobContext *context = ctx;
	JsonOut j;
	pthread_mutex_lock(&context->jobs->lock);
	if (context->job->reject_count++ < JOB_REJECTS_KEPT) {
		jout_begin(&j, &context->job->rejects);
		j.need_comma = context->job->rejects.len > 0;
		ingest_reject_write(source, code, reason, &j);
	}
	pthread_mutex_unlock(&context->jobs->lock);
}

static void run_job(Jobs *jobs, Job *job)
{
	JobContext context = {jobs, job};
	IngestOptions options = {
		.ctx = &context, .progress = show_progress, .rejected = keep_reject, .until = {.stop = &jobs->stop}};
	IngestReport report = {0};
	Err err = {0};
	Status st = ingest_stream(jobs->store, jobs->index, job->fd, str_from(job->name), &options, &report, &err);
	if (st == ST_OK)
		index_notify(jobs->index);
	pthread_mutex_lock(&jobs->lock);
	close_quietly(job->fd);
	job->fd = -1;
	job->report = report;
	job->err = err;
	job->state = st == ST_OK ? JOB_DONE : JOB_FAILED;
	pthread_mutex_unlock(&jobs->lock);
}

static Job *next_waiting(Jobs *jobs)
{
	Job *oldest = NULL;
	for (size_t i = 0; i < JOBS_KEPT; i++)
		if (jobs->ring[i].state == JOB_WAITING && (!oldest || jobs->ring[i].id < oldest->id))
			oldest = &jobs->ring[i];
	return oldest;
}

static void *work(void *ctx)
{
	Jobs *jobs = ctx;
	pthread_mutex_lock(&jobs->lock);
	while (!stop_raised(&jobs->stop)) {
		Job *job = next_waiting(jobs);
		if (!job) {
			pthread_cond_wait(&jobs->wake, &jobs->lock);
			continue;
		}
		job->state = JOB_RUNNING;
		jobs->waiting--;
		pthread_mutex_unlock(&jobs->lock);
		run_job(jobs, job);
		pthread_mutex_lock(&jobs->lock);
	}
	pthread_mutex_unlock(&jobs->lock);
	return NULL;
}

Status jobs_new(Jobs **out, Store *store, Index *index, Err *err)
{
	Jobs *jobs = calloc(1, sizeof *jobs);
	if (!jobs)
		return err_no_memory(err);
	jobs->store = store;
	jobs->index = index;
	for (size_t i = 0; i < JOBS_KEPT; i++)
		jobs->ring[i].fd = -1;
	pthread_mutex_init(&jobs->lock, NULL);
	pthread_cond_init(&jobs->wake, NULL);
	int failed = pthread_create(&jobs->worker, NULL, work, jobs);
	if (failed) {
		free(jobs);
		return err_errno(err, failed, "start the thread for ingests");
	}
	*out = jobs;
	return ST_OK;
}

void jobs_free(Jobs *jobs)
{
	if (!jobs)
		return;
	pthread_mutex_lock(&jobs->lock);
	stop_raise(&jobs->stop);
	pthread_cond_signal(&jobs->wake);
	pthread_mutex_unlock(&jobs->lock);
	pthread_join(jobs->worker, NULL);
	for (size_t i = 0; i < JOBS_KEPT; i++) {
		close_quietly(jobs->ring[i].fd);
		buf_done(&jobs->ring[i].rejects);
	}
	pthread_mutex_destroy(&jobs->lock);
	pthread_cond_destroy(&jobs->wake);
	free(jobs);
}

/* Ids follow each other, so a job's place is its id modulo the ring; a job still at work is never overwritten. */
Status jobs_add(Jobs *jobs, int fd, Str name, uint64_t *id_out, Err *err)
{
	Status st = ST_OK;
	pthread_mutex_lock(&jobs->lock);
	Job *job = &jobs->ring[(jobs->last_id + 1) % JOBS_KEPT];
	if (jobs->waiting >= JOBS_WAITING_MAX || job->state == JOB_WAITING || job->state == JOB_RUNNING) {
		st = err_set(err, ST_BUSY, "%zu ingests wait already", jobs->waiting);
	} else {
		buf_done(&job->rejects);
		*job = (Job){.id = ++jobs->last_id, .state = JOB_WAITING, .fd = fd, .created_ms = clock_utc_ms()};
		snprintf(job->name, sizeof job->name, "%.*s",
			 STR_ARG(str_slice(name, 0, utf8_cut(name, JOB_NAME_MAX))));
		jobs->waiting++;
		*id_out = job->id;
		pthread_cond_signal(&jobs->wake);
	}
	pthread_mutex_unlock(&jobs->lock);
	return st;
}

static void write_job(const Job *job, JsonOut *j)
{
	static const char *const states[] = {"none", "waiting", "running", "done", "failed"};
	char stamp[CLOCK_STAMP_LEN + 1];
	clock_format_utc(job->created_ms, stamp);
	jout_open(j, '{');
	jout_field_u64(j, "id", job->id);
	jout_field_text(j, "state", states[job->state]);
	jout_field_text(j, "name", job->name);
	jout_field_text(j, "created", stamp);
	ingest_report_write(&job->report, j);
	jout_key(j, "errors");
	jout_open(j, '[');
	if (job->rejects.len)
		jout_raw(j, buf_str(&job->rejects));
	jout_close(j, ']');
	if (job->state == JOB_FAILED) {
		jout_field_text(j, "code", status_name(job->err.code));
		jout_field_text(j, "error", job->err.text);
	}
	jout_close(j, '}');
}

Status jobs_write(Jobs *jobs, uint64_t id, JsonOut *j, Err *err)
{
	Status st = ST_OK;
	pthread_mutex_lock(&jobs->lock);
	const Job *job = &jobs->ring[id % JOBS_KEPT];
	if (id == 0 || job->id != id)
		st = err_set(err, ST_NOT_FOUND, "no such job");
	else
		write_job(job, j);
	pthread_mutex_unlock(&jobs->lock);
	return st;
}
