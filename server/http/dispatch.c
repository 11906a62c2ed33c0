/* server/http/dispatch.c - a request from its first line to its end.
 *
 * libmicrohttpd calls dispatch_step once when the headers are there, once for each piece of the body, and once more
 * when the body has ended. What is wrong with the head is found in the first call and answered in the last, because
 * libmicrohttpd closes a connection that is answered in the first. Only a refused body that is too long to be read is
 * answered at once: then closing is what we want.
 */
#include "server/http/dispatch.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/event.h"
#include "server/http/head.h"
#include "server/http/problem.h"
#include "server/http/send.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const uint64_t body_limits[] = {[BODY_NONE] = 0,
				       [BODY_JSON] = REQUEST_JSON_MAX,
				       [BODY_FILE] = REQUEST_FILE_MAX,
				       [BODY_BULK] = REQUEST_INGEST_MAX};

void *dispatch_begin(void *ctx, const char *target, struct MHD_Connection *connection)
{
	Service *service = ctx;
	Exchange *x = calloc(1, sizeof *x);
	if (!x)
		return NULL;
	Request *r = &x->request;
	r->service = service;
	r->body_fd = -1;
	x->started_us = clock_monotonic_us();
	uint64_t number = atomic_fetch_add_explicit(&service->request_counter, 1, memory_order_relaxed);
	snprintf(r->id, sizeof r->id, "%08" PRIx32 "-%06" PRIx64, service->instance, number);
	size_t len = strnlen(target, URL_MAX + 1);
	x->target_too_long = len > URL_MAX;
	x->target = arena_copy(&r->arena, (Str){target, x->target_too_long ? 0 : len});
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	x->link = info ? info->socket_context : NULL;
	return x;
}

/* ---- head ------------------------------------------------------------------------------------------------------ */

static Status check_body_size(Exchange *x)
{
	BodyKind kind = x->request.route->body;
	if (!x->has_body)
		return ST_OK;
	if (kind == BODY_NONE)
		return err_set(&x->err, ST_INVALID, "this request takes no body");
	if (x->content_length > body_limits[kind])
		return err_set(&x->err, ST_LIMIT, "the body has %" PRIu64 " bytes; at most %" PRIu64, x->content_length,
			       body_limits[kind]);
	return ST_OK;
}

static Status check_target(Exchange *x)
{
	Request *r = &x->request;
	if (x->target_too_long) {
		x->http = 414;
		x->must_close = true;
		return err_set(&x->err, ST_LIMIT, "an address has at most %d bytes", URL_MAX);
	}
	Status st = url_parse(x->target, &r->arena, &r->url, &x->err);
	if (st == ST_OK)
		st = route_find(r->service->routes, x->method, &r->url, &r->arena, &r->route, r->variables, &x->allow,
				&x->err);
	if (st == ST_UNSUPPORTED)
		x->http = 405;
	if (st == ST_OK)
		st = route_check_parameters(r->route, &r->url, &x->err);
	if (st == ST_OK && request_parameter(r, "lang").len)
		st = language_parse(request_parameter(r, "lang"), &r->language, &x->err);
	return st == ST_OK ? check_body_size(x) : st;
}

static void open_body(Exchange *x)
{
	Request *r = &x->request;
	const char *dir = store_dir(r->service->store);
	if (!x->has_body || r->route->body != BODY_BULK)
		return;
	r->body_fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (r->body_fd < 0)
		err_errno(&x->err, errno, "make a temporary file in %s", dir);
}

static void read_head(Exchange *x, struct MHD_Connection *connection, const char *method, const char *version)
{
	Request *r = &x->request;
	x->head_done = true;
	x->method = arena_copy(&r->arena, str_from(method));
	r->is_head = str_eq(x->method, STR("HEAD"));
	if (head_check(x, connection, version) == ST_OK && check_target(x) == ST_OK)
		open_body(x);
	uint64_t body_ms = (x->chunked ? REQUEST_INGEST_MAX : x->content_length) * 1000 / BODY_RATE;
	connection_set_deadline(x->link, x->has_body ? DEADLINE_BODY_MS + body_ms : DEADLINE_ANSWER_MS);
}

/* ---- body ------------------------------------------------------------------------------------------------------ */

static enum MHD_Result take_body(Exchange *x, const char *bytes, size_t len)
{
	Request *r = &x->request;
	r->body_bytes += len;
	if (x->err.code != ST_OK) /* read to its end so that the answer arrives, but not for ever */
		return r->body_bytes > REQUEST_INGEST_MAX ? MHD_NO : MHD_YES;
	if (r->body_bytes > body_limits[r->route->body]) {
		err_set(&x->err, ST_LIMIT, "the body has more than %" PRIu64 " bytes", body_limits[r->route->body]);
		buf_done(&r->body);
		return MHD_YES;
	}
	if (r->body_fd >= 0) {
		file_write(r->body_fd, bytes, len, "the received body", &x->err);
		return MHD_YES;
	}
	buf_add(&r->body, bytes, len);
	if (!buf_ok(&r->body))
		err_no_memory(&x->err);
	return MHD_YES;
}

/* ---- answer ---------------------------------------------------------------------------------------------------- */

/* One request in REFRESH_MS looks for what another process committed; the others go on. */
static void refresh(Service *service)
{
	uint64_t now = clock_monotonic_us(), last = atomic_load_explicit(&service->refreshed_us, memory_order_relaxed);
	Err err;
	if (now - last < REFRESH_MS * 1000 ||
	    !atomic_compare_exchange_strong_explicit(&service->refreshed_us, &last, now, memory_order_relaxed,
						     memory_order_relaxed))
		return;
	if (store_refresh(service->store, &err) != ST_OK || index_refresh(service->index, &err) != ST_OK)
		event_write(EVENT_WARN, "server", "refresh failed", "cause", err.text, NULL);
}

static void write_problem(Exchange *x, unsigned http, Reply *reply)
{
	Request *r = &x->request;
	reply_done(reply);
	*reply = (Reply){.http = http, .media = "application/problem+json"};
	problem_write(http, &x->err, r->language, str_from(r->id), &reply->body);
	reply_header(reply, "Vary", STR("Accept-Language"));
	if (http == 405 && x->allow.len)
		reply_header(reply, "Allow", x->allow);
	if (http == 503)
		reply_header(reply, "Retry-After", STR("2"));
	if (!problem_is_clients(http))
		event_write(EVENT_ERROR, "server", "request failed", "request_id", r->id, "target",
			    x->target.ptr ? x->target.ptr : "", "code", status_name(x->err.code), "cause", x->err.text,
			    NULL);
}

static enum MHD_Result answer(Exchange *x, struct MHD_Connection *connection)
{
	Request *r = &x->request;
	Reply reply = {0};
	x->answered = true;
	if (r->body_fd >= 0 && x->err.code == ST_OK && lseek(r->body_fd, 0, SEEK_SET) < 0)
		err_errno(&x->err, errno, "rewind the received body");
	if (x->err.code == ST_OK && !r->route->no_refresh)
		refresh(r->service);
	if (x->err.code == ST_OK) {
		Err err = {0};
		Status st = r->route->handle(r, &reply, &err);
		if (st == ST_OK && !buf_ok(&reply.body))
			st = err_no_memory(&err);
		if (st != ST_OK)
			x->err = err;
	}
	if (x->err.code != ST_OK)
		write_problem(x,
			      x->http             ? x->http
			      : reply.http >= 400 ? reply.http
						  : problem_http(x->err.code, x->has_body),
			      &reply);
	connection_set_deadline(x->link, DEADLINE_ANSWER_MS);
	enum MHD_Result sent = send_reply(x, connection, &reply);
	reply_done(&reply);
	return sent;
}

/* A refused request whose body is short is read to its end: a client that is still sending would not see the answer. */
static bool may_answer_later(const Exchange *x)
{
	return !x->must_close && (!x->has_body || (!x->chunked && x->content_length <= REQUEST_DISCARD_MAX));
}

enum MHD_Result dispatch_step(void *service, struct MHD_Connection *connection, const char *url, const char *method,
			      const char *version, const char *upload, size_t *upload_bytes, void **exchange)
{
	Exchange *x = *exchange;
	(void)service;
	(void)url;
	if (!x)
		return MHD_NO;
	if (!x->head_done) {
		read_head(x, connection, method, version);
		if (x->err.code == ST_OK || may_answer_later(x))
			return MHD_YES;
		x->must_close = true;
		return answer(x, connection);
	}
	if (*upload_bytes) {
		enum MHD_Result taken = take_body(x, upload, *upload_bytes);
		*upload_bytes = 0;
		return taken;
	}
	return x->answered ? MHD_YES : answer(x, connection);
}

static void log_request(const Exchange *x, uint64_t took_us)
{
	char http[24], took[24];
	snprintf(http, sizeof http, "%u%s", x->answered_http, x->request.is_partial ? " partial" : "");
	snprintf(took, sizeof took, "%" PRIu64, took_us);
	event_write(EVENT_INFO, "server", "request", "request_id", x->request.id, "method",
		    x->method.ptr ? x->method.ptr : "", "target", x->target.ptr ? x->target.ptr : "", "status", http,
		    "us", took, NULL);
}

/* Requests to /v1 are noted; pages, health and metrics give no access to records. */
static void note_access(const Exchange *x)
{
	const Request *r = &x->request;
	char http[24];
	Err err;
	if (!r->service->access || !str_starts(x->target, STR("/v1/")))
		return;
	snprintf(http, sizeof http, "%u%s", x->answered_http, r->is_partial ? " partial" : "");
	AccessEntry entry = {.who = STR("local"),
			     .action = x->method,
			     .what = x->target,
			     .result = str_from(http),
			     .request_id = str_from(r->id)};
	if (access_log_add(r->service->access, &entry, &err) != ST_OK)
		event_write(EVENT_ERROR, "server", "an access could not be noted", "request_id", r->id, "because",
			    err.text, NULL);
}

void dispatch_end(void *service, struct MHD_Connection *connection, void **exchange,
		  enum MHD_RequestTerminationCode why)
{
	Exchange *x = *exchange;
	(void)service;
	(void)connection;
	(void)why;
	if (!x)
		return;
	Request *r = &x->request;
	note_access(x);
	if (r->service->log_requests)
		log_request(x, clock_monotonic_us() - x->started_us);
	connection_set_deadline(x->link, DEADLINE_IDLE_MS);
	close_quietly(r->body_fd);
	buf_done(&r->body);
	arena_done(&r->arena);
	free(x);
	*exchange = NULL;
}
