/* server/http/connections.c - one list of connections under one lock, and one thread that looks through it once a
 * second. Deadlines are atomic, so whoever serves a request moves its own without the lock. */
#include "server/http/connections.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct Connection {
	Connection *next, *previous;
	int fd;
	bool closed;
	_Atomic uint64_t deadline_us;
};

struct Connections {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t reaper;
	Connection *first;
	uint64_t count, reaped;
	bool stop;
};

static void shut_late_ones(Connections *all)
{
	uint64_t now = clock_monotonic_us();
	for (Connection *one = all->first; one; one = one->next) {
		if (one->closed || atomic_load_explicit(&one->deadline_us, memory_order_relaxed) > now)
			continue;
		shutdown(one->fd, SHUT_RDWR);
		one->closed = true;
		all->reaped++;
	}
}

static void *reap(void *ctx)
{
	Connections *all = ctx;
	pthread_mutex_lock(&all->lock);
	while (!all->stop) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec++;
		pthread_cond_timedwait(&all->wake, &all->lock, &until);
		shut_late_ones(all);
	}
	pthread_mutex_unlock(&all->lock);
	return NULL;
}

Status connections_new(Connections **out, Err *err)
{
	Connections *all = calloc(1, sizeof *all);
	pthread_condattr_t attributes;
	if (!all)
		return err_no_memory(err);
	pthread_mutex_init(&all->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&all->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	int failed = pthread_create(&all->reaper, NULL, reap, all);
	if (failed) {
		free(all);
		return err_errno(err, failed, "start the thread that closes slow connections");
	}
	*out = all;
	return ST_OK;
}

void connections_free(Connections *all)
{
	if (!all)
		return;
	pthread_mutex_lock(&all->lock);
	all->stop = true;
	pthread_cond_signal(&all->wake);
	pthread_mutex_unlock(&all->lock);
	pthread_join(all->reaper, NULL);
	pthread_mutex_destroy(&all->lock);
	pthread_cond_destroy(&all->wake);
	free(all);
}

Connection *connections_add(Connections *all, int fd)
{
	Connection *one = calloc(1, sizeof *one);
	if (!one)
		return NULL;
	one->fd = fd;
	connection_set_deadline(one, DEADLINE_HEAD_MS);
	pthread_mutex_lock(&all->lock);
	one->next = all->first;
	if (all->first)
		all->first->previous = one;
	all->first = one;
	all->count++;
	pthread_mutex_unlock(&all->lock);
	return one;
}

void connections_remove(Connections *all, Connection *one)
{
	if (!one)
		return;
	pthread_mutex_lock(&all->lock);
	if (one->previous)
		one->previous->next = one->next;
	else
		all->first = one->next;
	if (one->next)
		one->next->previous = one->previous;
	all->count--;
	pthread_mutex_unlock(&all->lock);
	free(one);
}

void connection_set_deadline(Connection *one, uint64_t ms)
{
	if (one)
		atomic_store_explicit(&one->deadline_us, clock_monotonic_us() + ms * 1000, memory_order_relaxed);
}

uint64_t connections_count(Connections *all)
{
	pthread_mutex_lock(&all->lock);
	uint64_t count = all->count;
	pthread_mutex_unlock(&all->lock);
	return count;
}

uint64_t connections_reaped(Connections *all)
{
	pthread_mutex_lock(&all->lock);
	uint64_t reaped = all->reaped;
	pthread_mutex_unlock(&all->lock);
	return reaped;
}
