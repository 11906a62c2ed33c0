/* server/http/send.c - from a filled-in Reply to the answer on the wire.
 *
 * A reply with an entity tag is held against the request's conditions first: the client may have it already (304), may
 * want a part (206), or a part that there is not (416). Then the reply becomes a response of libmicrohttpd, which takes
 * its body over or calls its source block by block, and the request is counted.
 */
#include "server/http/send.h"

#include "base/clock.h"
#include "server/http/conditions.h"
#include "server/http/problem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- streams --------------------------------------------------------------------------------------------------- */

typedef struct {
	ReplySource source;
	uint64_t first;
	Connection *link;
} Stream;

static ssize_t read_stream(void *ctx, uint64_t position, char *out, size_t len)
{
	Stream *stream = ctx;
	connection_set_deadline(stream->link, DEADLINE_ANSWER_MS);
	ptrdiff_t got = stream->source.read(stream->source.ctx, stream->first + position, out, len);
	return got > 0 ? got : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void close_stream(void *ctx)
{
	Stream *stream = ctx;
	if (stream->source.close)
		stream->source.close(stream->source.ctx);
	free(stream);
}

static struct MHD_Response *make_stream(Exchange *x, Reply *reply, uint64_t first, uint64_t len)
{
	Stream *stream = calloc(1, sizeof *stream);
	size_t block = len < REPLY_BLOCK_BYTES ? (len ? (size_t)len : 1) : REPLY_BLOCK_BYTES;
	if (!stream)
		return NULL;
	*stream = (Stream){reply->source, first, x->link};
	struct MHD_Response *response =
		MHD_create_response_from_callback(len, block, read_stream, stream, close_stream);
	if (response)
		reply->source = (ReplySource){0};
	else
		free(stream);
	return response;
}

/* ---- the answer ------------------------------------------------------------------------------------------------ */

static Str whole_body(const Reply *reply)
{
	return reply->constant.ptr ? reply->constant : buf_str(&reply->body);
}

static struct MHD_Response *make_response(Exchange *x, Reply *reply, uint64_t first, uint64_t len)
{
	if (reply->source.read)
		return make_stream(x, reply, first, len);
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

static enum MHD_Result queue(Exchange *x, struct MHD_Connection *connection, Reply *reply, unsigned http,
			     uint64_t first, uint64_t len)
{
	struct MHD_Response *response = make_response(x, reply, first, len);
	if (!response)
		return MHD_NO;
	add_headers(x, reply, response);
	enum MHD_Result queued = MHD_queue_response(connection, http, response);
	MHD_destroy_response(response);
	const Request *r = &x->request;
	x->answered_http = http;
	const RouteTable *table = r->service->routes;
	metrics_count(r->service->metrics, r->route ? (size_t)(r->route - table->routes) : table->count, http,
		      clock_monotonic_us() - x->started_us, r->is_head ? 0 : len);
	return queued;
}

static enum MHD_Result refuse_range(Exchange *x, struct MHD_Connection *connection, uint64_t size)
{
	char range[48];
	Reply reply = {.media = "application/problem+json"};
	err_set(&x->err, ST_INVALID, "the content has %" PRIu64 " bytes", size);
	problem_write(416, &x->err, x->request.language, str_from(x->request.id), &reply.body);
	snprintf(range, sizeof range, "bytes */%" PRIu64, size);
	reply_header(&reply, "Content-Range", str_from(range));
	enum MHD_Result queued = queue(x, connection, &reply, 416, 0, reply.body.len);
	reply_done(&reply);
	return queued;
}

static enum MHD_Result send_not_modified(Exchange *x, struct MHD_Connection *connection, Reply *reply)
{
	Reply empty = {.etag = reply->etag, .csp = reply->csp, .cache = reply->cache, .constant = STR("")};
	return queue(x, connection, &empty, 304, 0, 0);
}

enum MHD_Result send_reply(Exchange *x, struct MHD_Connection *connection, Reply *reply)
{
	Request *r = &x->request;
	unsigned http = reply->http ? reply->http : 200;
	uint64_t size = reply->source.read ? reply->source.size : whole_body(reply).len, first, last;
	char text[64];
	if (http != 200 || !reply->etag.ptr)
		return queue(x, connection, reply, http, 0, size);
	if (etag_list_holds(r->if_none_match, reply->etag, false))
		return send_not_modified(x, connection, reply);
	bool may_be_part =
		!r->is_head && r->range.ptr && (!r->if_range.ptr || etag_list_holds(r->if_range, reply->etag, true));
	switch (may_be_part ? range_parse(r->range, size, &first, &last) : RANGE_WHOLE) {
	case RANGE_UNSATISFIABLE:
		return refuse_range(x, connection, size);
	case RANGE_PART:
		snprintf(text, sizeof text, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, first, last, size);
		reply_header(reply, "Content-Range", str_from(text));
		return queue(x, connection, reply, 206, first, last - first + 1);
	case RANGE_WHOLE:
		break;
	}
	return queue(x, connection, reply, 200, 0, size);
}
