/* server/server.c - see server.h.
 *
 *   exchange.c   one request: head, body, answer          routes.c     which function answers what
 *   head.c       the strict check of headers              *_routes.c   those functions
 *   reply.c      conditions, ranges, streams              url.c        the strict decoder
 *   connections.c closes the slow                         pages/       what "/" serves
 */
#include "server/server.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "server/http/exchange.h"
#include "server/jobs.h"
#include "server/http/listen.h"
#include "server/pages/pages.h"

#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	CONNECTION_MEMORY = 32 * 1024,
	CONNECTION_IDLE_S = 30,
	THREADS_LEAST = 4,
	THREADS_MOST = 64,
	DESCRIPTORS_KEPT = 128
};
enum { SCRUB_PAUSE_MS = 3600 * 1000 };

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
	Server *server = ctx;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		*slot = info ? connections_add(server->connections, info->connect_fd) : NULL;
	} else {
		connections_remove(server->connections, *slot);
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
	unsigned limit = wanted ? wanted : SERVER_CONNECTIONS_DEFAULT;
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
	unsigned threads = thread_count(options->threads), limit = connection_limit(options->connections_max);
	if (limit < threads)
		limit = threads;
	/* A pool of one is refused by libmicrohttpd; without a pool there is one thread anyway. */
	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, NULL, NULL, exchange_handle, server,
		MHD_OPTION_EXTERNAL_LOGGER, drop_log, NULL, MHD_OPTION_LISTEN_SOCKET, listen_fd,
		MHD_OPTION_THREAD_POOL_SIZE, threads > 1 ? threads : 0u, MHD_OPTION_CONNECTION_LIMIT, limit,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONNECTION_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_MEMORY, MHD_OPTION_UNESCAPE_CALLBACK, leave_escapes, NULL,
		MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, server, MHD_OPTION_NOTIFY_COMPLETED, exchange_end, server,
		MHD_OPTION_NOTIFY_CONNECTION, watch_connection, server, MHD_OPTION_END);
	if (!server->daemon)
		return err_set(err, ST_IO, "the HTTP library could not start (%u threads, %u connections)", threads,
			       limit);
	return ST_OK;
}

static Status make_parts(Server *server, Err *err)
{
	server->metrics = metrics_new(route_count);
	server->page_tags = page_tags_new();
	if (!server->metrics || !server->page_tags)
		return err_no_memory(err);
	server->connections = connections_new(err);
	if (server->connections)
		server->jobs = jobs_new(server->store, server->index, err);
	return server->jobs ? ST_OK : err->code;
}

/* Two servers may serve one archive; the first keeps the access log. */
static Status start_keeping(Server *server, const ServerOptions *options, Err *err)
{
	Status st = options->no_access_log ? ST_OK : access_log_open(&server->access, store_dir(server->store), err);
	if (st == ST_BUSY) {
		log_event(LOG_WARN, "server", "accesses are not noted", "because", err->text, NULL);
		st = ST_OK;
	}
	if (st == ST_OK && options->scrub_bytes_per_second)
		st = scrub_start(&server->scrub, server->store, options->scrub_bytes_per_second, SCRUB_PAUSE_MS, err);
	return st;
}

Status server_start(Server **out, const ServerOptions *options, Err *err)
{
	int fd = -1;
	Server *server = calloc(1, sizeof *server);
	if (!server)
		return err_no_memory(err);
	server->store = options->store;
	server->index = options->index;
	server->hosts = options->hosts;
	server->log_requests = options->log_requests;
	server->started_us = clock_monotonic_us();
	if (getrandom(&server->instance, sizeof server->instance, 0) < 0)
		server->instance = (uint32_t)server->started_us;
	Status st = listen_open(options->listen, &fd, &server->port, server->address, sizeof server->address, err);
	if (st == ST_OK)
		st = make_parts(server, err);
	if (st == ST_OK)
		st = start_keeping(server, options, err);
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

unsigned server_port(const Server *server)
{
	return server->port;
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
	scrub_stop(server->scrub);
	access_log_close(server->access);
	jobs_free(server->jobs);
	connections_free(server->connections);
	page_tags_free(server->page_tags);
	metrics_free(server->metrics);
	free(server);
}
