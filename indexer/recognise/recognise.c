/* indexer/recognise/recognise.c - workers take records from one queue, each with a recogniser of its own. The thread
 * that called tells the progress and waits. Another program that writes at the same moment is waited for. */
#include "indexer/recognise/recognise.h"

#include "base/clock.h"
#include "base/wait.h"
#include "base/event.h"
#include "indexer/recognise/queue.h"
#include "indexer/recognise/record.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS_MAX = 64, TELL_MS = 500, BUSY_MS = 200, BUSY_TRIES = 300 };

typedef struct {
	Store *store;
	Index *index;
	const Stop *stop;
	bool newest_first;
	pthread_mutex_t lock; /* all below but pages */
	pthread_cond_t changed;
	RecogniseQueue queue;
	RecogniseReport report;
	unsigned working; /* workers that have not ended */
	Status status;    /* what ended a worker first */
	Err err;
	_Atomic uint64_t pages; /* done, of records that are not done as well */
	uint64_t pages_begun;   /* of records that were taken */
} Job;

static void sleep_ms(unsigned ms)
{
	struct timespec pause = {ms / 1000, (long)(ms % 1000) * 1000000};
	nanosleep(&pause, NULL);
}

/* ---- a record -------------------------------------------------------------------------------------------------- */

static bool take(Job *job, QueueItem *out)
{
	pthread_mutex_lock(&job->lock);
	bool taken = !stop_raised(job->stop) && job->status == ST_OK && queue_take(&job->queue, job->newest_first, out);
	if (taken)
		job->pages_begun += out->pages;
	pthread_mutex_unlock(&job->lock);
	return taken;
}

static void count(Job *job, const RecogniseResult *result)
{
	pthread_mutex_lock(&job->lock);
	job->report.records += result->outcome != RECOGNISED_BY_OTHERS;
	job->report.sealed_off += result->outcome == RECOGNISED_SECRET;
	job->report.failed_pages += result->failed_pages;
	pthread_mutex_unlock(&job->lock);
}

/* ST_BUSY only where it was stopped, or another program has been writing for long. */
static Status recognise_one(Job *job, Recogniser *recogniser, uint64_t sequence, Err *err)
{
	RecogniseResult result;
	Deadline until = {.stop = job->stop};
	Status st = ST_BUSY;
	for (int tries = 0; tries < BUSY_TRIES && st == ST_BUSY && !stop_raised(job->stop); tries++) {
		if (tries)
			sleep_ms(BUSY_MS);
		st = recognise_record(job->store, recogniser, sequence, &until, &job->pages, &result, err);
	}
	if (st == ST_OK) {
		count(job, &result);
		if (job->index && result.outcome != RECOGNISED_BY_OTHERS)
			index_notify(job->index);
	}
	return st;
}

static Status work_off(Job *job, Recogniser *recogniser, Err *err)
{
	QueueItem item;
	Status st = ST_OK;
	while (st == ST_OK && take(job, &item)) {
		st = recognise_one(job, recogniser, item.sequence, err);
		if (st == ST_CORRUPT || st == ST_NOT_FOUND) { /* of this record: others go on */
			event_write(EVENT_WARN, "recognise", "a record can't be recognised", "because", err->text,
				    NULL);
			st = ST_OK;
		}
	}
	return stop_raised(job->stop) && st == ST_BUSY ? ST_OK : st;
}

/* ---- all that waits -------------------------------------------------------------------------------------------- */

static void *run_worker(void *ctx)
{
	Job *job = ctx;
	Recogniser *recogniser = NULL;
	Err err;
	Status st = recogniser_open(&recogniser, &err);
	if (st == ST_OK)
		st = work_off(job, recogniser, &err);
	recogniser_close(recogniser);
	pthread_mutex_lock(&job->lock);
	if (st != ST_OK && job->status == ST_OK) {
		job->status = st;
		job->err = err;
	}
	job->working--;
	pthread_cond_signal(&job->changed);
	pthread_mutex_unlock(&job->lock);
	return NULL;
}

static void fill_report(Job *job, uint64_t started_us, RecogniseReport *out)
{
	uint64_t pages = atomic_load(&job->pages);
	*out = job->report;
	out->pages = pages;
	out->records_left = job->queue.count;
	out->pages_left = job->queue.pages + (job->pages_begun > pages ? job->pages_begun - pages : 0);
	out->seconds = (double)(clock_monotonic_us() - started_us) / 1e6;
}

static void wait_and_tell(Job *job, const RecogniseOptions *options, uint64_t started_us)
{
	RecogniseReport report;
	pthread_mutex_lock(&job->lock);
	while (job->working) {
		wait_until(&job->changed, &job->lock, clock_monotonic_us() + TELL_MS * 1000ull);
		fill_report(job, started_us, &report);
		if (!options->progress)
			continue;
		pthread_mutex_unlock(&job->lock);
		options->progress(options->ctx, &report);
		pthread_mutex_lock(&job->lock);
	}
	pthread_mutex_unlock(&job->lock);
}

static unsigned worker_count(const RecogniseOptions *options, const RecogniseQueue *queue)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned workers = options->workers ? options->workers : cores > 0 ? (unsigned)cores : 1;
	if (workers > queue->count)
		workers = (unsigned)queue->count;
	return workers > WORKERS_MAX ? WORKERS_MAX : workers;
}

static Status run_workers(Job *job, const RecogniseOptions *options, uint64_t started_us, Err *err)
{
	pthread_t threads[WORKERS_MAX];
	unsigned started = 0, wanted = worker_count(options, &job->queue);
	pthread_mutex_lock(&job->lock);
	while (started < wanted && pthread_create(&threads[started], NULL, run_worker, job) == 0)
		started++;
	job->working = started;
	pthread_mutex_unlock(&job->lock);
	if (wanted && !started)
		return err_set(err, ST_NO_MEMORY, "no thread can be started for recognition");
	wait_and_tell(job, options, started_us);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	if (job->status != ST_OK)
		*err = job->err;
	return job->status;
}

Status recognise_waiting(Store *store, Index *index, const RecogniseOptions *options, RecogniseReport *out, Err *err)
{
	uint64_t started_us = clock_monotonic_us();
	Job job = {.store = store,
		   .index = index,
		   .stop = options->stop,
		   .newest_first = true,
		   .lock = PTHREAD_MUTEX_INITIALIZER,
		   .changed = PTHREAD_COND_INITIALIZER};
	Status st;
	do { /* until nothing has come meanwhile */
		st = queue_look(&job.queue, store, options->stop, err);
		if (st == ST_OK && job.queue.count)
			st = run_workers(&job, options, started_us, err);
		else
			break;
	} while (st == ST_OK && !stop_raised(options->stop));
	fill_report(&job, started_us, out);
	queue_done(&job.queue);
	return st == ST_BUSY && stop_raised(options->stop) ? ST_OK : st;
}

Status recognise_count(Store *store, const Stop *stop, uint64_t *records_out, uint64_t *pages_out, Err *err)
{
	RecogniseQueue queue = {0};
	Status st = queue_look(&queue, store, stop, err);
	if (st == ST_OK) {
		*records_out = queue.count;
		*pages_out = queue.pages;
	}
	queue_done(&queue);
	return st;
}

/* ---- the service ----------------------------------------------------------------------------------------------- */

enum { NICENESS = 15, LOOK_MS = 2000, TRY_AGAIN_MS = 600 * 1000 };

struct RecogniseService {
	Job job;
	Stop stop;
	pthread_t thread;
	uint64_t started_us;
};

static void pause_service(RecogniseService *service, unsigned ms)
{
	for (unsigned slept = 0; slept < ms && !stop_raised(&service->stop); slept += 100)
		sleep_ms(100);
}

/* Called with the lock held by nobody. */
static Status look(RecogniseService *service, size_t *count_out, Err *err)
{
	Job *job = &service->job;
	RecogniseQueue found = {.position = job->queue.position};
	Status st = queue_look(&found, job->store, &service->stop, err);
	pthread_mutex_lock(&job->lock);
	if (!job->queue.count) { /* only then is it called */
		queue_done(&job->queue);
		job->queue = found;
	}
	*count_out = job->queue.count;
	pthread_mutex_unlock(&job->lock);
	return st;
}

static void *run_service(void *ctx)
{
	RecogniseService *service = ctx;
	Job *job = &service->job;
	Err err;
	size_t waiting = 0;
	setpriority(PRIO_PROCESS, 0, NICENESS); /* of this thread, and of the processes that it starts */
	while (!stop_raised(&service->stop)) {
		Recogniser *recogniser = NULL;
		Status st = look(service, &waiting, &err);
		if (st == ST_OK && !waiting) {
			pause_service(service, LOOK_MS);
			continue;
		}
		if (st == ST_OK)
			st = recogniser_open(&recogniser, &err);
		if (st == ST_OK)
			st = work_off(job, recogniser, &err);
		recogniser_close(recogniser);
		if (st != ST_OK && !stop_raised(&service->stop)) {
			event_write(EVENT_WARN, "recognise", "scans wait", "because", err.text, NULL);
			pause_service(service, st == ST_BUSY ? LOOK_MS : TRY_AGAIN_MS);
			pthread_mutex_lock(&job->lock); /* what was taken and not done is looked for again */
			queue_done(&job->queue);
			pthread_mutex_unlock(&job->lock);
		}
	}
	return NULL;
}

Status recognise_service_start(RecogniseService **out, Store *store, Index *index, Err *err)
{
	RecogniseService *service = calloc(1, sizeof *service);
	if (!service)
		return err_no_memory(err);
	service->started_us = clock_monotonic_us();
	service->job = (Job){.store = store, .index = index, .stop = &service->stop};
	pthread_mutex_init(&service->job.lock, NULL);
	pthread_cond_init(&service->job.changed, NULL);
	if (pthread_create(&service->thread, NULL, run_service, service) != 0) {
		free(service);
		return err_set(err, ST_NO_MEMORY, "no thread can be started for recognition");
	}
	*out = service;
	return ST_OK;
}

void recognise_service_state(RecogniseService *service, RecogniseReport *out)
{
	pthread_mutex_lock(&service->job.lock);
	fill_report(&service->job, service->started_us, out);
	pthread_mutex_unlock(&service->job.lock);
}

void recognise_service_stop(RecogniseService *service)
{
	if (!service)
		return;
	stop_raise(&service->stop);
	pthread_join(service->thread, NULL);
	queue_done(&service->job.queue);
	free(service);
}
