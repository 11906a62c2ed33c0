/* server/http/dispatch.c - a request from its first line to its end.
 *
 * libmicrohttpd calls dispatch_step once when the headers are there, once for each piece of the body, and once more
 * when the body has ended. What is wrong with the head is found in the first call and answered in the last, because
 * libmicrohttpd closes a connection that is answered in the first. Only a refused body that is too long to be read is
 * answered at once: then closing is what we want.
 *
 * A complete request whose route is not WORK_INLINE goes to the workers: a place in the queue is taken, the connection
 * suspended, the exchange handed over. The worker runs the handler, gives libmicrohttpd the answer and resumes the
 * connection; the event loop then only sends. Where the queue gives no place, the loop answers 503 or 429 at once.
 */
#include "server/http/dispatch.h"

#include "base/clock.h"
#include "base/event.h"
#include "server/http/head.h"
#include "server/http/problem.h"
#include "server/http/send.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static const uint64_t body_limits[] = {[BODY_NONE] = 0,
				       [BODY_JSON] = REQUEST_JSON_MAX,
				       [BODY_FILE] = REQUEST_FILE_MAX,
				       [BODY_BULK] = REQUEST_INGEST_MAX};

void *dispatch_begin(void *ctx, const char *target, struct MHD_Connection *connection)
{
	Service *service = ctx;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	Exchange *x = info && info->socket_context ? calloc(1, sizeof *x) : NULL;
	if (!x)
		return NULL;
	Request *r = &x->request;
	r->service = service;
	x->link = info->socket_context;
	x->connection = connection;
	x->started_us = clock_monotonic_us();
	uint64_t number = atomic_fetch_add_explicit(&service->request_counter, 1, memory_order_relaxed);
	snprintf(r->id, sizeof r->id, "%08" PRIx32 "-%06" PRIx64, service->instance, number);
	size_t len = strnlen(target, URL_MAX + 1);
	x->target_too_long = len > URL_MAX;
	x->target = arena_copy(&r->arena, (Str){target, x->target_too_long ? ACCESS_WHAT_MAX : len});
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

/* Room for all of the body is taken before its first byte. */
static void begin_body(Exchange *x)
{
	Request *r = &x->request;
	if (x->has_body && body_begin(&r->body, r->service->budget, x->content_length, &x->err) != ST_OK)
		x->refused = true;
}

static void read_head(Exchange *x, const char *method, const char *version)
{
	Request *r = &x->request;
	x->head_done = true;
	atomic_fetch_add_explicit(&r->service->under_way, 1, memory_order_relaxed);
	x->method = arena_copy(&r->arena, str_from(method));
	r->is_head = str_eq(x->method, STR("HEAD"));
	if (head_check(x, x->connection, version) == ST_OK && check_target(x) == ST_OK)
		begin_body(x);
	if (x->has_body)
		connection_enter(x->link, STAGE_BODY);
}

/* ---- body ------------------------------------------------------------------------------------------------------ */

static enum MHD_Result take_body(Exchange *x, const char *bytes, size_t len)
{
	Request *r = &x->request;
	connection_took(x->link, len);
	x->body_bytes += len;
	if (x->err.code != ST_OK) /* read to its end so that the answer arrives, but not for ever */
		return x->body_bytes > REQUEST_INGEST_MAX ? MHD_NO : MHD_YES;
	if (x->body_bytes > body_limits[r->route->body])
		err_set(&x->err, ST_LIMIT, "the body has more than %" PRIu64 " bytes", body_limits[r->route->body]);
	else if (body_add(&r->body, bytes, len, &x->err) != ST_OK)
		x->refused = true;
	if (x->err.code != ST_OK)
		body_done(&r->body);
	return MHD_YES;
}

/* ---- answer ---------------------------------------------------------------------------------------------------- */

static bool must_refresh(Service *service)
{
	return clock_monotonic_us() - atomic_load_explicit(&service->refreshed_us, memory_order_relaxed) >=
	       REFRESH_MS * 1000;
}

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
	if ((http == 503 && x->err.code != ST_CORRUPT) || http == 429) /* damage does not pass by waiting */
		reply_header(reply, "Retry-After", STR("2"));
	if (!problem_is_clients(http) && !x->refused)
		event_write(EVENT_ERROR, "server", "request failed", "request_id", r->id, "target",
			    x->target.ptr ? x->target.ptr : "", "code", status_name(x->err.code), "cause", x->err.text,
			    NULL);
}

static Status run_handler(Exchange *x, Reply *reply, Err *err)
{
	Request *r = &x->request;
	Status st = body_end(&r->body, r->route->body == BODY_BULK, err);
	if (st == ST_OK)
		st = r->route->handle(r, reply, err);
	if (st == ST_OK && !buf_ok(&reply->body))
		st = err_no_memory(err);
	if (st == ST_OK) {
		st = send_reply(x, reply, err);
		x->refused = st == ST_BUSY || st == ST_LIMIT; /* too many streams */
		if (st == ST_LIMIT)
			x->http = 429;
	}
	return st;
}

/* On the event loop, or on a worker while the connection is suspended. */
static void answer(Exchange *x)
{
	Reply reply = {0};
	Err err = {0};
	x->answered = true;
	if (atomic_load_explicit(&x->request.service->ending, memory_order_relaxed))
		x->must_close = true;
	if (x->err.code == ST_OK && run_handler(x, &reply, &err) != ST_OK)
		x->err = err;
	if (x->err.code != ST_OK && !x->queued) {
		write_problem(x,
			      x->http             ? x->http
			      : reply.http >= 400 ? reply.http
						  : problem_http(x->err.code, x->has_body),
			      &reply);
		send_reply(x, &reply, &err);
	}
	reply_done(&reply);
}

/* ---- workers --------------------------------------------------------------------------------------------------- */

static void run_exchange(Work *work)
{
	Exchange *x = (Exchange *)work;
	const Request *r = &x->request;
	if (work->refused) {
		x->refused = true;
		err_set(&x->err, ST_BUSY, "the request waited too long for its turn");
	} else if (!r->route->no_refresh) {
		refresh(r->service);
	}
	answer(x);
}

static void finish_exchange(Work *work)
{
	Exchange *x = (Exchange *)work;
	connection_enter(x->link, STAGE_ANSWER);
	MHD_resume_connection(x->connection);
}

/* Looking for what others committed may take long: such a request goes to a worker, though its own work is short. */
static WorkKind choose_kind(const Exchange *x)
{
	const Route *route = x->request.route;
	bool may_stay = route->no_refresh || !must_refresh(x->request.service);
	return route->work == WORK_INLINE && !may_stay ? WORK_LOOKUP : route->work;
}

/* True: a worker has the exchange now. False: it is answered here, maybe with the reason why not. */
static bool hand_over(Exchange *x)
{
	Request *r = &x->request;
	WorkKind kind = choose_kind(x);
	/* What is archived is archived, though the sender left meanwhile. */
	Stop *stop = kind == WORK_INGEST ? &x->ended : connection_gone(x->link);
	r->deadline = deadline_in(workers_time_ms(kind == WORK_INLINE ? WORK_LOOKUP : kind), stop);
	x->work = (Work){.run = run_exchange,
			 .finish = finish_exchange,
			 .kind = kind,
			 .client = connection_client(x->link),
			 .deadline = r->deadline,
			 .stop = stop};
	if (kind == WORK_INLINE)
		return false;
	Status st = workers_admit(r->service->workers, &x->work, &x->err);
	if (st != ST_OK) {
		x->refused = true;
		x->http = st == ST_LIMIT ? 429 : 503;
		return false;
	}
	connection_enter(x->link, STAGE_WORK);
	MHD_suspend_connection(x->connection);
	workers_push(r->service->workers, &x->work);
	return true;
}

/* ---- steps ----------------------------------------------------------------------------------------------------- */

static enum MHD_Result answer_here(Exchange *x)
{
	connection_enter(x->link, STAGE_ANSWER);
	answer(x);
	return x->queued ? MHD_YES : MHD_NO;
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
	(void)connection;
	(void)url;
	if (!x)
		return MHD_NO;
	if (!x->head_done) {
		read_head(x, method, version);
		if (x->err.code == ST_OK || may_answer_later(x))
			return MHD_YES;
		x->must_close = true;
		return answer_here(x);
	}
	if (*upload_bytes) {
		enum MHD_Result taken = take_body(x, upload, *upload_bytes);
		*upload_bytes = 0;
		return taken;
	}
	if (x->answered)
		return x->queued ? MHD_YES : MHD_NO;
	if (x->err.code == ST_OK && hand_over(x))
		return MHD_YES;
	return answer_here(x);
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

/* Requests to /v1, and addresses that are too long, are noted; pages, health and metrics give no access to records. */
static void note_access(const Exchange *x)
{
	const Request *r = &x->request;
	char http[24];
	Err err;
	if (!r->service->access || !(x->target_too_long || str_starts(x->target, STR("/v1/"))))
		return;
	snprintf(http, sizeof http, "%u%s", x->answered_http, r->is_partial ? " partial" : "");
	AccessEntry entry = {.who = STR("local"),
			     .action = x->method,
			     .what = x->target,
			     .result = str_from(http),
			     .request_id = str_from(r->id)};
	bool failed = access_log_add(r->service->access, &entry, &err) != ST_OK;
	r->service->untraced = failed;
	r->service->untraced_counter += failed;
	if (failed)
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
	if (x->head_done)
		atomic_fetch_sub_explicit(&r->service->under_way, 1, memory_order_relaxed);
	connection_enter(x->link, STAGE_IDLE);
	body_done(&r->body);
	arena_done(&r->arena);
	free(x);
	*exchange = NULL;
}
