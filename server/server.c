/* server/server.c - puts the service together in the order in which its parts need each other, and takes it apart in
 * the reverse order.
 *
 *   listening socket → metrics, pages, connections, workers, jobs → access log, scrub → libmicrohttpd's threads
 *
 * From here a request goes to http/dispatch.c (its way from the first line to the last), from there by the table in
 * routes/routes.c to its handler in routes/<what>_routes.c.
 *
 * The end has an order too: libmicrohttpd may not be stopped while a connection is suspended (it would abort). So first
 * nothing new is accepted or admitted; then what is under way has its grace; then Stops are raised and queues refused,
 * until no worker has anything and every connection is resumed; only then libmicrohttpd ends.
 */
#include "server/server.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/event.h"
#include "server/http/dispatch.h"
#include "server/http/guard.h"
#include "server/http/listen.h"
#include "server/http/service.h"
#include "server/jobs/jobs.h"
#include "server/pages/pages.h"
#include "server/routes/routes.h"
#include "store/package/package.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	CONNECTIONS_DEFAULT = 2048,
	CLIENT_SHARE = 4,  /* one address may hold a quarter of the connections */
	CLIENT_LEAST = 32, /* but a browser or two in any case */
	CONNECTION_MEMORY_BYTES = 32 * 1024,
	LAST_ANSWERS_MS = 300, /* for the answers of requests that were ended */
	LOG_EVERY_MS = 5000,   /* while the end waits for workers */
	THREADS_LEAST = 4,
	THREADS_MOST = 64,
	DESCRIPTORS_KEPT = 512, /* of the limit of open files: the archive, the index, bodies in files */
	SCRUB_PAUSE_MS = 3600 * 1000,
	ADDRESS_BYTES = 80,
};

struct Server {
	Service service;
	struct MHD_Daemon *daemon;
	Budget budget;
	char address[ADDRESS_BYTES];
	uint64_t grace_ms;
};

/* libmicrohttpd would decode %00 and the like in place; url.c does it, strictly. */
static size_t leave_escapes(void *ctx, struct MHD_Connection *connection, char *text)
{
	(void)ctx;
	(void)connection;
	return strlen(text);
}

static enum MHD_Result may_connect(void *ctx, const struct sockaddr *address, socklen_t len)
{
	Service *service = ctx;
	(void)len;
	return connections_may_open(service->connections, client_of(address)) ? MHD_YES : MHD_NO;
}

static void watch_connection(void *ctx, struct MHD_Connection *connection, void **slot,
			     enum MHD_ConnectionNotificationCode what)
{
	Service *service = ctx;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	int fd = info ? info->connect_fd : -1;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		if (!guard_add(fd) && fd >= 0)
			shutdown(fd, SHUT_RDWR); /* unguarded it must not be read */
		info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
		*slot = connections_add(service->connections, fd, client_of(info ? info->client_addr : NULL));
	} else {
		guard_remove(fd);
		connections_remove(service->connections, *slot);
		*slot = NULL;
	}
}

static void drop_log(void *ctx, const char *format, va_list args)
{
	(void)ctx;
	(void)format;
	(void)args;
}

/* The limit of open files is raised as far as it may be. */
static unsigned connection_limit(unsigned wanted)
{
	struct rlimit files;
	unsigned limit = wanted ? wanted : CONNECTIONS_DEFAULT;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return limit;
	rlim_t needed = (rlim_t)limit + DESCRIPTORS_KEPT;
	if (files.rlim_cur < needed) {
		files.rlim_cur = files.rlim_max < needed ? files.rlim_max : needed;
		setrlimit(RLIMIT_NOFILE, &files);
		getrlimit(RLIMIT_NOFILE, &files);
	}
	if (files.rlim_cur < needed)
		limit = files.rlim_cur > 2 * DESCRIPTORS_KEPT ? (unsigned)files.rlim_cur - DESCRIPTORS_KEPT
							      : (unsigned)files.rlim_cur / 2;
	return limit;
}

static unsigned client_limit(unsigned wanted, unsigned connections)
{
	unsigned share = connections / CLIENT_SHARE;
	return wanted ? wanted : share < CLIENT_LEAST ? CLIENT_LEAST : share;
}

static unsigned thread_count(unsigned wanted)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = wanted ? wanted : cores > 0 ? (unsigned)cores : 1;
	if (!wanted && threads < THREADS_LEAST)
		threads = THREADS_LEAST;
	return threads > THREADS_MOST ? THREADS_MOST : threads;
}

static Status start_daemon(Server *server, unsigned threads, unsigned limit, int listen_fd, Err *err)
{
	Service *service = &server->service;
	if (limit < threads)
		limit = threads;
	/* A pool of one is refused by libmicrohttpd; without a pool there is one thread anyway. Its timeout is off: who
	 * is late is found by connections.c, and a handler's time is nobody's lateness. */
	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0,
		may_connect, service, dispatch_step, service, MHD_OPTION_EXTERNAL_LOGGER, drop_log, NULL,
		MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_THREAD_POOL_SIZE, threads > 1 ? threads : 0u,
		MHD_OPTION_CONNECTION_LIMIT, limit, MHD_OPTION_CONNECTION_TIMEOUT, 0u,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_BYTES, MHD_OPTION_UNESCAPE_CALLBACK,
		leave_escapes, NULL, MHD_OPTION_URI_LOG_CALLBACK, dispatch_begin, service, MHD_OPTION_NOTIFY_COMPLETED,
		dispatch_end, service, MHD_OPTION_NOTIFY_CONNECTION, watch_connection, service, MHD_OPTION_END);
	if (!server->daemon)
		return err_set(err, ST_IO, "the HTTP library could not start (%u threads, %u connections)", threads,
			       limit);
	return ST_OK;
}

static Status make_parts(Server *server, const ServerOptions *options, unsigned limit, Err *err)
{
	Service *service = &server->service;
	uint64_t memory = options->memory_bytes ? options->memory_bytes : (uint64_t)BUDGET_MEMORY_MB_DEFAULT << 20;
	budget_init(&server->budget, service->store, memory);
	service->budget = &server->budget;
	service->metrics = metrics_new(service->routes->count);
	service->pages = pages_new();
	service->packages = package_cache_new();
	if (!service->metrics || !service->pages || !service->packages)
		return err_no_memory(err);
	Status st = connections_new(&service->connections, limit, client_limit(options->connections_per_client, limit),
				    err);
	if (st == ST_OK)
		st = workers_new(&service->workers, options->work, err);
	return st == ST_OK ? jobs_new(&service->jobs, service->store, service->index, NULL, err) : st;
}

/* Two servers may serve one archive; the first keeps the access log. */
static Status start_keeping(Service *service, const ServerOptions *options, Err *err)
{
	Status st = options->no_access_log ? ST_OK : access_log_open(&service->access, store_dir(service->store), err);
	if (st == ST_BUSY) {
		event_write(EVENT_WARN, "server", "accesses are not noted", "because", err->text, NULL);
		st = ST_OK;
	}
	if (st == ST_READ_ONLY) {
		Err why = *err;
		err_set(err, st, "%.150s; to serve without noting who reads what, give --no-access-log", why.text);
	}
	if (service->access && *access_log_damage(service->access))
		event_write(EVENT_ERROR, "server", "a damaged access log is kept as it is; the next file begins",
			    "because", access_log_damage(service->access), NULL);
	if (st == ST_OK && options->scrub_bytes_per_second)
		st = scrub_start(&service->scrub, service->store, options->scrub_bytes_per_second, SCRUB_PAUSE_MS, err);
	return st;
}

static void fill_in(Service *service, const ServerOptions *options)
{
	service->store = options->store;
	service->index = options->index;
	service->routes = &all_routes;
	service->hosts = options->hosts;
	service->log_requests = options->log_requests;
	service->started_us = clock_monotonic_us();
	if (getrandom(&service->instance, sizeof service->instance, 0) < 0)
		service->instance = (uint32_t)service->started_us;
}

Status server_start(Server **out, const ServerOptions *options, Err *err)
{
	int fd = -1;
	Server *server = calloc(1, sizeof *server);
	if (!server)
		return err_no_memory(err);
	server->grace_ms = options->grace_ms;
	fill_in(&server->service, options);
	Status st = listen_open(options->listen, &fd, server->address, sizeof server->address, err);
	unsigned limit = connection_limit(options->connections_max);
	if (st == ST_OK)
		st = make_parts(server, options, limit, err);
	if (st == ST_OK)
		st = start_keeping(&server->service, options, err);
	if (st == ST_OK)
		st = start_daemon(server, thread_count(options->threads), limit, fd, err);
	if (st != ST_OK) {
		close_quietly(fd);
		server_stop(server);
		return st;
	}
	*out = server;
	return ST_OK;
}

const char *server_address(const Server *server)
{
	return server->address;
}

/* Answers that were made still have to be sent: until no request is under way, or the grace is over. */
static void wait_for_answers(Service *service, const Deadline *grace)
{
	struct timespec tick = {0, 5 * 1000 * 1000};
	while (atomic_load_explicit(&service->under_way, memory_order_relaxed) && !deadline_passed(grace))
		nanosleep(&tick, NULL);
}

static void stop_daemon(Server *server)
{
	Service *service = &server->service;
	Deadline grace = deadline_in(server->grace_ms, NULL), more;
	int listen_fd =
		MHD_quiesce_daemon(server->daemon); /* its threads may still look at it: closed when they are gone */
	shutdown(listen_fd, SHUT_RDWR);
	atomic_store_explicit(&service->ending, true, memory_order_relaxed);
	workers_close(service->workers);
	wait_for_answers(service, &grace);
	workers_end(service->workers);
	for (more = deadline_in(LOG_EVERY_MS, NULL); !workers_wait_idle(service->workers, &more);
	     more = deadline_in(LOG_EVERY_MS, NULL))
		event_write(EVENT_WARN, "server", "the end waits for a request that does not look at its time", NULL);
	grace = deadline_in(LAST_ANSWERS_MS, NULL);
	wait_for_answers(service, &grace);
	MHD_stop_daemon(server->daemon);
	close_quietly(listen_fd);
}

void server_stop(Server *server)
{
	if (!server)
		return;
	Service *service = &server->service;
	if (server->daemon)
		stop_daemon(server);
	workers_free(service->workers);
	scrub_stop(service->scrub);
	access_log_close(service->access);
	jobs_free(service->jobs);
	connections_free(service->connections);
	package_cache_free(service->packages);
	pages_free(service->pages);
	metrics_free(service->metrics);
	free(server);
}
