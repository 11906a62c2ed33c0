/* tests/unit/server_workers.c - queues of work: turns, shares, refusals, the end. */
#include "tests/unit/unit.h"

#include "server/http/workers.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

enum { JOBS = 64 };

typedef struct {
	Work work;
	Stop stop;
	bool holds; /* its run waits for the gate, or for its Stop */
	bool was_refused, was_stopped, is_done;
	unsigned order;
} Job;

static Job jobs[JOBS];
static Workers *workers;
static sem_t gate, started, done;
static _Atomic unsigned next_order;

static void run_job(Work *work)
{
	Job *job = (Job *)work;
	job->was_refused = work->refused;
	job->order = atomic_fetch_add(&next_order, 1);
	if (!job->holds || work->refused)
		return;
	sem_post(&started);
	struct timespec tick = {0, 1000000};
	while (sem_trywait(&gate) != 0 && !stop_raised(&job->stop))
		nanosleep(&tick, NULL);
	job->was_stopped = stop_raised(&job->stop);
}

static void finish_job(Work *work)
{
	((Job *)work)->is_done = true;
	sem_post(&done);
}

static Status add(unsigned n, uint64_t client, bool holds, Err *err)
{
	jobs[n] = (Job){.work = {.run = run_job,
				 .finish = finish_job,
				 .kind = WORK_SEARCH,
				 .client = {0, client},
				 .stop = &jobs[n].stop},
			.holds = holds};
	Status st = workers_admit(workers, &jobs[n].work, err);
	if (st == ST_OK)
		workers_push(workers, &jobs[n].work);
	return st;
}

static int open_workers(void **state)
{
	static const WorkLimits limits[WORK_KINDS] = {[WORK_SEARCH] = {1, 15}};
	Err err;
	(void)state;
	sem_init(&gate, 0, 0);
	sem_init(&started, 0, 0);
	sem_init(&done, 0, 0);
	atomic_store(&next_order, 0);
	return workers_new(&workers, limits, &err) == ST_OK ? 0 : -1;
}

static int close_workers(void **state)
{
	Deadline never = deadline_in(10000, NULL);
	(void)state;
	workers_close(workers);
	workers_end(workers);
	bool idle = workers_wait_idle(workers, &never);
	workers_free(workers);
	return idle ? 0 : -1;
}

static void wait_for(sem_t *what, unsigned times)
{
	while (times--)
		sem_wait(what);
}

static void clients_take_turns(void **state)
{
	Err err;
	(void)state;
	assert_int_equal(add(0, 1, true, &err), ST_OK); /* holds the one thread while the others queue up */
	wait_for(&started, 1);
	for (unsigned i = 1; i <= 5; i++)
		assert_int_equal(add(i, 1, false, &err), ST_OK);
	assert_int_equal(add(6, 2, false, &err), ST_OK);
	assert_int_equal(add(7, 3, false, &err), ST_OK);
	sem_post(&gate);
	wait_for(&done, 8);
	assert_true(jobs[6].order <= 2); /* before the second of the first client */
	assert_true(jobs[7].order <= 3);
	assert_true(jobs[5].order == 7);
}

static void one_client_holds_a_share_and_others_get_in(void **state)
{
	Err err;
	unsigned mine = 0;
	(void)state;
	assert_int_equal(add(0, 1, true, &err), ST_OK);
	wait_for(&started, 1);
	while (mine < JOBS / 2 && add(1 + mine, 1, false, &err) == ST_OK)
		mine++;
	assert_int_equal(err.code, ST_LIMIT);
	assert_int_equal(mine, 11); /* three quarters of 16 places, the running one counted */
	assert_int_equal(add(40, 2, false, &err), ST_OK);
	assert_int_equal(add(41, 3, false, &err), ST_OK);
	assert_int_equal(add(42, 4, false, &err), ST_OK);
	assert_int_equal(add(43, 5, false, &err), ST_OK);
	assert_int_equal(add(44, 6, false, &err), ST_BUSY); /* 16 in all */
	sem_post(&gate);
	wait_for(&done, 1 + mine + 4);
	assert_int_equal(add(45, 1, false, &err), ST_OK);
	wait_for(&done, 1);
}

static void with_others_there_a_share_is_a_half(void **state)
{
	Err err;
	unsigned mine = 0;
	(void)state;
	assert_int_equal(add(0, 2, true, &err), ST_OK);
	wait_for(&started, 1);
	while (mine < JOBS / 2 && add(1 + mine, 1, false, &err) == ST_OK)
		mine++;
	assert_int_equal(mine, 8);
	sem_post(&gate);
	wait_for(&done, 1 + mine);
}

static void the_end_stops_what_runs_and_refuses_what_waits(void **state)
{
	Deadline soon = deadline_in(50, NULL), later = deadline_in(10000, NULL);
	Err err;
	(void)state;
	assert_int_equal(add(0, 1, true, &err), ST_OK);
	wait_for(&started, 1);
	assert_int_equal(add(1, 1, true, &err), ST_OK);
	workers_close(workers);
	assert_int_equal(add(2, 2, false, &err), ST_BUSY);
	assert_false(workers_wait_idle(workers, &soon));
	workers_end(workers);
	assert_true(workers_wait_idle(workers, &later));
	assert_true(jobs[0].was_stopped && jobs[0].is_done);
	assert_true(jobs[1].was_refused && jobs[1].is_done);
	assert_false(workers_push_more(workers, &jobs[0].work));
}

static void a_state_counts(void **state)
{
	WorkState s;
	Err err;
	(void)state;
	assert_int_equal(add(0, 1, true, &err), ST_OK);
	wait_for(&started, 1);
	assert_int_equal(add(1, 1, false, &err), ST_OK);
	workers_state(workers, WORK_SEARCH, &s);
	assert_int_equal(s.threads, 1);
	assert_int_equal(s.queue, 15);
	assert_int_equal(s.waiting, 1);
	assert_int_equal(s.running, 1);
	sem_post(&gate);
	wait_for(&done, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_workers, close_workers)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(clients_take_turns),
		TEST(one_client_holds_a_share_and_others_get_in),
		TEST(with_others_there_a_share_is_a_half),
		TEST(the_end_stops_what_runs_and_refuses_what_waits),
		TEST(a_state_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
