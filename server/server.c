/* server/server.c - puts the service together in the order in which its parts need each other, and takes it apart in
 * the reverse order.
 *
 *   listening socket → metrics, pages, connections, jobs → access log, scrub → libmicrohttpd's threads
 *
 * From here a request goes to http/dispatch.c (its way from the first line to the last), from there by the table in
 * routes/routes.c to its handler in routes/<what>_routes.c.
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

#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CONNECTIONS_DEFAULT = 1000,
	CONNECTION_MEMORY_BYTES = 32 * 1024,
	CONNECTION_IDLE_S = 30,
	THREADS_LEAST = 4,
	THREADS_MOST = 64,
	DESCRIPTORS_KEPT = 128, /* of the limit of open files, for the archive and the index */
	SCRUB_PAUSE_MS = 3600 * 1000,
	ADDRESS_BYTES = 80,
};

struct Server {
	Service service;
	struct MHD_Daemon *daemon;
	char address[ADDRESS_BYTES];
};

/* libmicrohttpd would decode %00 and the like in place; url.c does it, strictly. */
static size_t leave_escapes(void *ctx, struct MHD_Connection *connection, char *text)
{
	(void)ctx;
	(void)connection;
	return strlen(text);
}

static void watch_connection(void *ctx, struct MHD_Connection *connection, void **slot,
			     enum MHD_ConnectionNotificationCode what)
{
	Service *service = ctx;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		if (info && !guard_add(info->connect_fd))
			shutdown(info->connect_fd, SHUT_RDWR); /* unguarded it must not be read */
		*slot = info ? connections_add(service->connections, info->connect_fd) : NULL;
	} else {
		const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		if (info)
			guard_remove(info->connect_fd);
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

static unsigned connection_limit(unsigned wanted)
{
	struct rlimit files;
	unsigned limit = wanted ? wanted : CONNECTIONS_DEFAULT;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY) {
		rlim_t room =
			files.rlim_cur > 2 * DESCRIPTORS_KEPT ? files.rlim_cur - DESCRIPTORS_KEPT : DESCRIPTORS_KEPT;
		if (limit > room)
			limit = (unsigned)room;
	}
	return limit;
}

static unsigned thread_count(unsigned wanted)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = wanted ? wanted : cores > 0 ? (unsigned)cores : 1;
	if (!wanted && threads < THREADS_LEAST)
		threads = THREADS_LEAST;
	return threads > THREADS_MOST ? THREADS_MOST : threads;
}

static Status start_daemon(Server *server, const ServerOptions *options, int listen_fd, Err *err)
{
	Service *service = &server->service;
	unsigned threads = thread_count(options->threads), limit = connection_limit(options->connections_max);
	if (limit < threads)
		limit = threads;
	/* A pool of one is refused by libmicrohttpd; without a pool there is one thread anyway. */
	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, NULL, NULL, dispatch_step, service,
		MHD_OPTION_EXTERNAL_LOGGER, drop_log, NULL, MHD_OPTION_LISTEN_SOCKET, listen_fd,
		MHD_OPTION_THREAD_POOL_SIZE, threads > 1 ? threads : 0u, MHD_OPTION_CONNECTION_LIMIT, limit,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONNECTION_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_MEMORY_BYTES, MHD_OPTION_UNESCAPE_CALLBACK, leave_escapes, NULL,
		MHD_OPTION_URI_LOG_CALLBACK, dispatch_begin, service, MHD_OPTION_NOTIFY_COMPLETED, dispatch_end,
		service, MHD_OPTION_NOTIFY_CONNECTION, watch_connection, service, MHD_OPTION_END);
	if (!server->daemon)
		return err_set(err, ST_IO, "the HTTP library could not start (%u threads, %u connections)", threads,
			       limit);
	return ST_OK;
}

static Status make_parts(Service *service, Err *err)
{
	service->metrics = metrics_new(service->routes->count);
	service->pages = pages_new();
	if (!service->metrics || !service->pages)
		return err_no_memory(err);
	Status st = connections_new(&service->connections, err);
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
	fill_in(&server->service, options);
	Status st = listen_open(options->listen, &fd, server->address, sizeof server->address, err);
	if (st == ST_OK)
		st = make_parts(&server->service, err);
	if (st == ST_OK)
		st = start_keeping(&server->service, options, err);
	if (st == ST_OK)
		st = start_daemon(server, options, fd, err);
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

void server_stop(Server *server)
{
	if (!server)
		return;
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	Service *service = &server->service;
	scrub_stop(service->scrub);
	access_log_close(service->access);
	jobs_free(service->jobs);
	connections_free(service->connections);
	pages_free(service->pages);
	metrics_free(service->metrics);
	free(server);
}
