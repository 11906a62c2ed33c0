/* indexer/extract/ahead.c - jobs stand in a list in the order in which they were begun; a worker takes the first that
 * nobody has. Whoever takes a job that no worker has begun extracts it himself, so that none is waited for in vain. */
#include "indexer/extract/ahead.h"

#include "indexer/extract/extract.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

enum { WORKERS_MAX = 64 };

typedef enum { JOB_WAITS, JOB_RUNS, JOB_DONE } JobState;

struct AheadJob {
	Ahead *ahead;
	AheadJob *next; /* begun after it */
	SourceFile *file;
	JobState state;
	Status status;
	Err err;
	Extraction extraction;
};

struct Ahead {
	pthread_mutex_t lock;
	pthread_cond_t may_work, is_done;
	AheadJob *first, *last; /* those that wait */
	Deadline until;
	pthread_t workers[WORKERS_MAX];
	unsigned width, started;
	bool ends;
};

/* ---- working --------------------------------------------------------------------------------------------------- */

static Status extract(const SourceFile *file, const Deadline *until, Extraction *out, Err *err)
{
	char head[1024];
	size_t got;
	if (deadline_passed(until))
		return err_set(err, ST_BUSY, "there was no time left to read the document");
	Status st = source_file_head(file, head, sizeof head, &got, err);
	return st == ST_OK ? extract_text(format_by_content(file->name, (Str){head, got})->reader, file, NULL, until,
					  out, err)
			   : st;
}

static void free_job(AheadJob *job)
{
	extraction_done(&job->extraction);
	free(job);
}

static AheadJob *next_job(Ahead *a)
{
	while (!a->ends && !a->first)
		pthread_cond_wait(&a->may_work, &a->lock);
	AheadJob *job = a->ends ? NULL : a->first;
	if (!job)
		return NULL;
	a->first = job->next;
	if (!a->first)
		a->last = NULL;
	job->state = JOB_RUNS;
	return job;
}

static void *work(void *ctx)
{
	Ahead *a = ctx;
	pthread_mutex_lock(&a->lock);
	for (AheadJob *job; (job = next_job(a));) {
		pthread_mutex_unlock(&a->lock);
		job->status = extract(job->file, &a->until, &job->extraction, &job->err);
		pthread_mutex_lock(&a->lock);
		job->state = JOB_DONE;
		pthread_cond_broadcast(&a->is_done);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* Signals are for the thread that asks. */
static void start_workers(Ahead *a)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (a->started < a->width && pthread_create(&a->workers[a->started], NULL, work, a) == 0)
		a->started++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	a->width = a->started ? a->started : a->width;
}

/* ---- beginning and taking -------------------------------------------------------------------------------------- */

AheadJob *ahead_begin(Ahead *a, SourceFile *file)
{
	AheadJob *job = calloc(1, sizeof *job);
	if (!job)
		return NULL;
	job->ahead = a;
	job->file = file;
	if (!a->started)
		start_workers(a);
	pthread_mutex_lock(&a->lock);
	if (a->last)
		a->last->next = job;
	else
		a->first = job;
	a->last = job;
	pthread_cond_signal(&a->may_work);
	pthread_mutex_unlock(&a->lock);
	file->ahead = job;
	return job;
}

bool ahead_is_done(const AheadJob *job)
{
	pthread_mutex_lock(&job->ahead->lock);
	bool done = job->state == JOB_DONE;
	pthread_mutex_unlock(&job->ahead->lock);
	return done;
}

static void take_out(Ahead *a, AheadJob *job)
{
	AheadJob *before = NULL, **at = &a->first;
	while (*at != job) {
		before = *at;
		at = &(*at)->next;
	}
	*at = job->next;
	if (a->last == job)
		a->last = before;
}

/* After it the job is nobody's but ours: done, or never begun. */
static void wait_for(AheadJob *job)
{
	Ahead *a = job->ahead;
	pthread_mutex_lock(&a->lock);
	if (job->state == JOB_WAITS)
		take_out(a, job);
	while (job->state == JOB_RUNS)
		pthread_cond_wait(&a->is_done, &a->lock);
	pthread_mutex_unlock(&a->lock);
}

Status ahead_take(SourceFile *file, Extraction *out, Err *err)
{
	AheadJob *job = file->ahead;
	file->ahead = NULL;
	wait_for(job);
	if (job->state == JOB_WAITS)
		job->status = extract(file, &job->ahead->until, &job->extraction, &job->err);
	Status st = job->status;
	if (st == ST_OK) {
		*out = job->extraction;
		job->extraction = (Extraction){0};
	} else {
		*err = job->err;
	}
	free_job(job);
	return st;
}

void ahead_give_up(SourceFile *file)
{
	AheadJob *job = file->ahead;
	if (!job)
		return;
	file->ahead = NULL;
	wait_for(job);
	free_job(job);
}

/* ---- starting and stopping ------------------------------------------------------------------------------------- */

static unsigned count_cores(void)
{
	cpu_set_t cores;
	if (sched_getaffinity(0, sizeof cores, &cores) != 0)
		return 1;
	int count = CPU_COUNT(&cores);
	return count < 1 ? 1 : count > WORKERS_MAX ? WORKERS_MAX : (unsigned)count;
}

Status ahead_start(Ahead **out, const Deadline *until, Err *err)
{
	Ahead *a = calloc(1, sizeof *a);
	if (!a)
		return err_no_memory(err);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->may_work, NULL);
	pthread_cond_init(&a->is_done, NULL);
	a->until = until ? *until : (Deadline){0};
	a->width = count_cores();
	*out = a;
	return ST_OK;
}

unsigned ahead_width(const Ahead *a)
{
	return a->width;
}

void ahead_stop(Ahead *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->ends = true;
	pthread_cond_broadcast(&a->may_work);
	pthread_mutex_unlock(&a->lock);
	for (unsigned i = 0; i < a->started; i++)
		pthread_join(a->workers[i], NULL);
	pthread_cond_destroy(&a->may_work);
	pthread_cond_destroy(&a->is_done);
	pthread_mutex_destroy(&a->lock);
	free(a);
}
