/* server/http/workers.c - one lock, one sorted list and some threads for each kind of work.
 *
 * Turns: every Work gets a number, one higher than the last number of its client that waits or runs, and at least that
 * of the work begun last. The list is sorted by it, so of two clients who both keep the queue filled every second work
 * is done for each (start-time fair queueing). Lists are short (their length is an option), so they are walked.
 */
#include "server/http/workers.h"

#include "base/wait.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MOST = 256, QUEUE_MOST = 65536 };

typedef struct {
	Workers *all;
	WorkKind kind;
	unsigned place; /* in Queue.running */
} WorkerPlace;

typedef struct {
	bool used;
	Client client;
	uint64_t turn;
	Stop *stop; /* of a Work that is in its run; NULL before and after */
} Running;

typedef struct {
	pthread_mutex_t lock;
	pthread_cond_t wake, idle;
	Work *first;
	Running *running;
	WorkerPlace *places;
	pthread_t *threads;
	unsigned thread_count, started, length, waiting, busy;
	unsigned open; /* admitted and not finished */
	uint64_t turn, done, refused_busy, refused_share;
	bool closed, ending, quit;
} Queue;

struct Workers {
	Queue queues[WORK_KINDS];
};

const char *const work_names[WORK_KINDS] = {"inline", "lookup", "search", "package", "ingest"};

/* Ingests wait for the disk and for extractors (which are limited in time themselves), so they get the longest time. */
static const struct {
	unsigned threads, queue, time_ms; /* threads 0: one a core */
} defaults[WORK_KINDS] = {
	[WORK_LOOKUP] = {0, 512, 10000},
	[WORK_SEARCH] = {0, 256, 10000},
	[WORK_PACKAGE] = {2, 64, 30000},
	[WORK_INGEST] = {0, 64, 50000},
};

unsigned workers_time_ms(WorkKind kind)
{
	return defaults[kind].time_ms;
}

/* ---- admission ------------------------------------------------------------------------------------------------- */

typedef struct {
	unsigned mine, others;
	uint64_t turn; /* the last of this client's */
} Share;

static Share count_share(const Queue *q, Client client)
{
	Share share = {0, 0, 0};
	for (const Work *w = q->first; w; w = w->next) {
		bool mine = client_eq(w->client, client);
		*(mine ? &share.mine : &share.others) += 1;
		if (mine && w->turn > share.turn)
			share.turn = w->turn;
	}
	for (unsigned i = 0; i < q->thread_count; i++) {
		const Running *r = &q->running[i];
		if (!r->used)
			continue;
		bool mine = client_eq(r->client, client);
		*(mine ? &share.mine : &share.others) += 1;
		if (mine && r->turn > share.turn)
			share.turn = r->turn;
	}
	return share;
}

Status workers_admit(Workers *all, const Work *work, Err *err)
{
	Queue *q = &all->queues[work->kind];
	Status st = ST_OK;
	pthread_mutex_lock(&q->lock);
	unsigned room = q->length + q->thread_count;
	Share share = count_share(q, work->client);
	if (q->closed || q->open >= room) {
		q->refused_busy++;
		st = err_set(err, ST_BUSY,
			     q->closed ? "the service is ending" : "%u requests of this kind wait already", q->open);
	} else if (share.mine >= (share.others ? room / 2 : room - room / 4)) {
		q->refused_share++;
		st = err_set(err, ST_LIMIT, "%u requests of yours wait already", share.mine);
	} else {
		q->open++;
	}
	pthread_mutex_unlock(&q->lock);
	return st;
}

static void enqueue(Queue *q, Work *work)
{
	uint64_t last = count_share(q, work->client).turn;
	Work **at = &q->first;
	work->turn = (last > q->turn ? last : q->turn) + 1;
	work->queued_us = clock_monotonic_us();
	work->refused = false;
	while (*at && (*at)->turn <= work->turn)
		at = &(*at)->next;
	work->next = *at;
	*at = work;
	q->waiting++;
	pthread_cond_signal(&q->wake);
}

void workers_push(Workers *all, Work *work)
{
	Queue *q = &all->queues[work->kind];
	pthread_mutex_lock(&q->lock);
	enqueue(q, work);
	pthread_mutex_unlock(&q->lock);
}

bool workers_push_more(Workers *all, Work *work)
{
	Queue *q = &all->queues[work->kind];
	pthread_mutex_lock(&q->lock);
	bool goes_on = !q->ending;
	if (goes_on) {
		q->open++;
		enqueue(q, work);
	}
	pthread_mutex_unlock(&q->lock);
	return goes_on;
}

/* ---- a worker -------------------------------------------------------------------------------------------------- */

static Work *take_next(Queue *q, Running *slot)
{
	Work *work = q->first;
	q->first = work->next;
	q->waiting--;
	q->busy++;
	if (work->turn > q->turn)
		q->turn = work->turn;
	*slot = (Running){true, work->client, work->turn, work->stop};
	uint64_t waited_ms = (clock_monotonic_us() - work->queued_us) / 1000;
	work->refused = q->ending || waited_ms > defaults[work->kind].time_ms / 2;
	return work;
}

static void *serve(void *ctx)
{
	const WorkerPlace *place = ctx;
	Queue *q = &place->all->queues[place->kind];
	Running *slot = &q->running[place->place];
	pthread_mutex_lock(&q->lock);
	for (;;) {
		if (!q->first) {
			if (q->quit)
				break;
			pthread_cond_wait(&q->wake, &q->lock);
			continue;
		}
		Work *work = take_next(q, slot);
		pthread_mutex_unlock(&q->lock);
		work->run(work);
		pthread_mutex_lock(&q->lock);
		slot->stop = NULL; /* finish may free it */
		pthread_mutex_unlock(&q->lock);
		work->finish(work);
		pthread_mutex_lock(&q->lock);
		slot->used = false;
		q->busy--;
		q->done++;
		if (--q->open == 0)
			pthread_cond_broadcast(&q->idle);
	}
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

/* ---- begin ----------------------------------------------------------------------------------------------------- */

static unsigned bounded(unsigned wanted, unsigned fallback, unsigned most)
{
	unsigned n = wanted ? wanted : fallback;
	return n < most ? n : most;
}

static unsigned core_count(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	return cores < 2 ? 2 : (unsigned)cores;
}

static void init_queue(Queue *q)
{
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->wake, NULL);
	pthread_cond_init(&q->idle, NULL);
}

static Status start_queue(Workers *all, WorkKind kind, WorkLimits limits, Err *err)
{
	Queue *q = &all->queues[kind];
	unsigned threads = defaults[kind].threads ? defaults[kind].threads : core_count();
	q->thread_count = bounded(limits.threads, threads, THREADS_MOST);
	q->length = bounded(limits.queue, defaults[kind].queue, QUEUE_MOST);
	q->running = calloc(q->thread_count, sizeof *q->running);
	q->places = calloc(q->thread_count, sizeof *q->places);
	q->threads = calloc(q->thread_count, sizeof *q->threads);
	if (!q->running || !q->places || !q->threads)
		return err_no_memory(err);
	for (unsigned i = 0; i < q->thread_count; i++) {
		q->places[i] = (WorkerPlace){all, kind, i};
		int failed = pthread_create(&q->threads[i], NULL, serve, &q->places[i]);
		if (failed)
			return err_errno(err, failed, "start a thread for %s", work_names[kind]);
		q->started++;
	}
	return ST_OK;
}

Status workers_new(Workers **out, const WorkLimits limits[static WORK_KINDS], Err *err)
{
	Workers *all = calloc(1, sizeof *all);
	Status st = ST_OK;
	if (!all)
		return err_no_memory(err);
	for (int kind = 0; kind < WORK_KINDS; kind++)
		init_queue(&all->queues[kind]);
	for (int kind = WORK_INLINE + 1; kind < WORK_KINDS && st == ST_OK; kind++)
		st = start_queue(all, (WorkKind)kind, limits[kind], err);
	if (st == ST_OK)
		*out = all;
	else
		workers_free(all);
	return st;
}

/* ---- state and end --------------------------------------------------------------------------------------------- */

void workers_state(Workers *all, WorkKind kind, WorkState *out)
{
	Queue *q = &all->queues[kind];
	pthread_mutex_lock(&q->lock);
	*out = (WorkState){.threads = q->thread_count,
			   .queue = q->length,
			   .waiting = q->waiting,
			   .running = q->busy,
			   .done = q->done,
			   .refused_busy = q->refused_busy,
			   .refused_share = q->refused_share};
	pthread_mutex_unlock(&q->lock);
}

void workers_close(Workers *all)
{
	for (int kind = 0; kind < WORK_KINDS; kind++) {
		Queue *q = &all->queues[kind];
		pthread_mutex_lock(&q->lock);
		q->closed = true;
		pthread_mutex_unlock(&q->lock);
	}
}

void workers_end(Workers *all)
{
	for (int kind = 0; kind < WORK_KINDS; kind++) {
		Queue *q = &all->queues[kind];
		pthread_mutex_lock(&q->lock);
		q->closed = q->ending = true;
		for (unsigned i = 0; i < q->thread_count; i++)
			if (q->running[i].stop)
				stop_raise(q->running[i].stop);
		pthread_mutex_unlock(&q->lock);
	}
}

bool workers_wait_idle(Workers *all, const Deadline *deadline)
{
	bool idle = true;
	for (int kind = 0; kind < WORK_KINDS; kind++) {
		Queue *q = &all->queues[kind];
		pthread_mutex_lock(&q->lock);
		while (q->open && !deadline_passed(deadline))
			wait_until(&q->idle, &q->lock, deadline->at_us);
		idle = idle && q->open == 0;
		pthread_mutex_unlock(&q->lock);
	}
	return idle;
}

void workers_free(Workers *all)
{
	if (!all)
		return;
	for (int kind = 0; kind < WORK_KINDS; kind++) {
		Queue *q = &all->queues[kind];
		pthread_mutex_lock(&q->lock);
		q->quit = true;
		pthread_cond_broadcast(&q->wake);
		pthread_mutex_unlock(&q->lock);
		for (unsigned i = 0; i < q->started; i++)
			pthread_join(q->threads[i], NULL);
		free(q->running);
		free(q->places);
		free(q->threads);
		pthread_cond_destroy(&q->wake);
		pthread_cond_destroy(&q->idle);
		pthread_mutex_destroy(&q->lock);
	}
	free(all);
}
