/* server/http/request.h - one request as handlers see it. Knows nothing of libmicrohttpd.
 *
 *   static Status get_thing(Request *r, Reply *reply, Err *err)
 *   {
 *           JsonOut j;
 *           Status st = request_number(r, "limit", 50, 1, 1000, &limit, err);
 *           …
 *           reply_json_begin(reply, &j);
 *           …
 *           return ST_OK;                    anything else becomes a problem (problem.h); reply->http, where it is
 *                                            400 or more, is the problem that only HTTP knows (412)
 *   }
 *
 * Owns     what a handler needs until the answer is sent lies in r->arena; texts of the request are borrowed
 * Errors   request_number: ST_INVALID, the message names the parameter
 * Threads  a request belongs to the thread that serves it
 */
#ifndef SERVER_HTTP_REQUEST_H
#define SERVER_HTTP_REQUEST_H

#include "base/language.h"
#include "server/http/body.h"
#include "server/http/service.h"

enum {
	REQUEST_HEADERS_MAX = 16 * 1024, /* bytes of all names and values */
	REQUEST_HEADER_COUNT_MAX = 100,
	REQUEST_JSON_MAX = 1 << 20,
	REQUEST_FILE_MAX = 16 << 20, /* one file of a record */
	REQUEST_INGEST_MAX = 64 << 20,
	REQUEST_DISCARD_MAX =
		8 << 20, /* of a refused body that is read all the same, so that the sender sees the answer */
	REQUEST_ID_MAX = 64,
};

struct Request {
	Service *service;
	const Route *route; /* NULL until one matched */
	Arena arena;
	Url url;
	Str variables[ROUTE_VARIABLES_MAX]; /* of the pattern, in order, decoded */
	char id[REQUEST_ID_MAX + 1];
	bool is_head;
	bool is_partial;   /* set by a handler that answered with less than was asked for, for want of time */
	Language language; /* of ?lang=, else of Accept-Language, else Vietnamese */
	Str media;         /* Content-Type without parameters, in the case it came in */
	Str if_match, if_none_match, if_range, range;
	Body body;
	Deadline deadline; /* the handler and all that it calls end by then; raised early when the client is gone */
};

/* The parameter's value; {NULL, 0}: not given. */
Str request_parameter(const Request *r, const char *name);
/* A number parameter; fallback where it was not given. */
Status request_number(const Request *r, const char *name, uint64_t fallback, uint64_t least, uint64_t most,
		      uint64_t *out, Err *err);
/* The body of a route that takes JSON or one file; a view that lives as long as the request. */
Str request_body(const Request *r);
/* The body of a BODY_BULK route as an unnamed file, at its start; the caller closes it. -1: taken, or empty. */
int request_take_file(Request *r);
bool request_media_is(const Request *r, const char *media);

#endif
