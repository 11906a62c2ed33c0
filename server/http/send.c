/* server/http/send.c - from a filled-in Reply to the answer on the wire.
 *
 * A reply with an entity tag is held against the request's conditions first: the client may have it already (304), may
 * want a part (206), or a part that there is not (416). Then the reply becomes a response of libmicrohttpd, which takes
 * its body over or reads its source as a stream, and the request is counted. libmicrohttpd takes a response for a
 * suspended connection from any thread, so all of this is done by the worker that ran the handler.
 */
#include "server/http/send.h"

#include "base/clock.h"
#include "server/http/conditions.h"
#include "server/http/problem.h"
#include "server/http/stream.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- the answer ------------------------------------------------------------------------------------------------ */

static Str whole_body(const Reply *reply)
{
	return reply->constant.ptr ? reply->constant : buf_str(&reply->body);
}

static struct MHD_Response *make_from_memory(Reply *reply, uint64_t first, uint64_t len)
{
	Str part = str_slice(whole_body(reply), first, first + len);
	if (reply->constant.ptr)
		return MHD_create_response_from_buffer(part.len, (void *)(uintptr_t)part.ptr, MHD_RESPMEM_PERSISTENT);
	if (first || len != reply->body.len || !reply->body.data)
		return MHD_create_response_from_buffer(part.len, (void *)(uintptr_t)part.ptr, MHD_RESPMEM_MUST_COPY);
	struct MHD_Response *response =
		MHD_create_response_from_buffer_with_free_callback(part.len, reply->body.data, free);
	if (response)
		reply->body = (Buf){0};
	return response;
}

static Status make_response(Exchange *x, Reply *reply, uint64_t first, uint64_t len, struct MHD_Response **out,
			    Err *err)
{
	if (reply->source.read) {
		ReplySource source = reply->source;
		reply->source = (ReplySource){0};
		return stream_open(out, x, source, first, len, err);
	}
	*out = make_from_memory(reply, first, len);
	return *out ? ST_OK : err_no_memory(err);
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
	MHD_add_response_header(response, name, value);
}

static void add_headers(Exchange *x, const Reply *reply, struct MHD_Response *response)
{
	char text[160];
	add_header(response, "X-Request-Id", x->request.id);
	add_header(response, "X-Content-Type-Options", "nosniff");
	add_header(response, "Content-Security-Policy",
		   reply->csp ? reply->csp : "default-src 'none'; frame-ancestors 'none'");
	add_header(response, "Referrer-Policy", "no-referrer");
	add_header(response, "Cross-Origin-Resource-Policy", "same-origin");
	add_header(response, "Cache-Control",
		   reply->cache      ? reply->cache
		   : reply->etag.ptr ? "private, no-cache"
				     : "no-store");
	if (reply->media)
		add_header(response, "Content-Type", reply->media);
	if (reply->etag.ptr) {
		snprintf(text, sizeof text, "%.*s", STR_ARG(reply->etag));
		add_header(response, "ETag", text);
		add_header(response, "Accept-Ranges", "bytes");
	}
	for (size_t i = 0; i < reply->header_count; i++) {
		Str copy = arena_copy(&x->request.arena, reply->headers[i].value);
		if (copy.ptr)
			add_header(response, reply->headers[i].name, copy.ptr);
	}
	if (x->must_close)
		add_header(response, "Connection", "close");
}

static Status queue(Exchange *x, Reply *reply, unsigned http, uint64_t first, uint64_t len, Err *err)
{
	struct MHD_Response *response;
	Status st = make_response(x, reply, first, len, &response, err);
	if (st != ST_OK)
		return st;
	add_headers(x, reply, response);
	x->queued = MHD_queue_response(x->connection, http, response) == MHD_YES;
	MHD_destroy_response(response);
	if (!x->queued)
		return err_set(err, ST_INTERNAL, "the HTTP library did not take the answer");
	const Request *r = &x->request;
	x->answered_http = http;
	const RouteTable *table = r->service->routes;
	metrics_count(r->service->metrics, r->route ? (size_t)(r->route - table->routes) : table->count, http,
		      clock_monotonic_us() - x->started_us, r->is_head ? 0 : len);
	return ST_OK;
}

static Status refuse_range(Exchange *x, uint64_t size, Err *err)
{
	char range[48];
	Err why;
	Reply reply = {.media = "application/problem+json"};
	err_set(&why, ST_INVALID, "the content has %" PRIu64 " bytes", size);
	problem_write(416, &why, x->request.language, str_from(x->request.id), &reply.body);
	snprintf(range, sizeof range, "bytes */%" PRIu64, size);
	reply_header(&reply, "Content-Range", str_from(range));
	Status st = queue(x, &reply, 416, 0, reply.body.len, err);
	reply_done(&reply);
	return st;
}

static Status send_not_modified(Exchange *x, Reply *reply, Err *err)
{
	Reply empty = {.etag = reply->etag, .csp = reply->csp, .cache = reply->cache, .constant = STR("")};
	return queue(x, &empty, 304, 0, 0, err);
}

Status send_reply(Exchange *x, Reply *reply, Err *err)
{
	Request *r = &x->request;
	unsigned http = reply->http ? reply->http : 200;
	uint64_t size = reply->source.read ? reply->source.size : whole_body(reply).len, first, last;
	char text[64];
	if (http != 200 || !reply->etag.ptr)
		return queue(x, reply, http, 0, size, err);
	if (etag_list_holds(r->if_none_match, reply->etag, false))
		return send_not_modified(x, reply, err);
	bool may_be_part =
		!r->is_head && r->range.ptr && (!r->if_range.ptr || etag_list_holds(r->if_range, reply->etag, true));
	switch (may_be_part ? range_parse(r->range, size, &first, &last) : RANGE_WHOLE) {
	case RANGE_UNSATISFIABLE:
		return refuse_range(x, size, err);
	case RANGE_PART:
		snprintf(text, sizeof text, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, first, last, size);
		reply_header(reply, "Content-Range", str_from(text));
		return queue(x, reply, 206, first, last - first + 1, err);
	case RANGE_WHOLE:
		break;
	}
	return queue(x, reply, 200, 0, size, err);
}
