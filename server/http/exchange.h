/* server/http/exchange.h - one HTTP exchange on libmicrohttpd: the request, and what is known of it on the way.
 *
 *   request line ──► headers ──► [body …] ──► answer
 *   dispatch_begin   dispatch_step, called by libmicrohttpd for each of them        dispatch_end
 *
 * Owns     the request's arena, body and descriptor, until dispatch_end
 * Threads  libmicrohttpd serves one connection from one thread
 */
#ifndef SERVER_HTTP_EXCHANGE_H
#define SERVER_HTTP_EXCHANGE_H

#include "server/http/request.h"

#include <microhttpd.h>

typedef struct {
	Request request;
	Connection *link; /* of this exchange; its deadline is moved with every step. NULL: memory was short */
	Str method, target;
	uint64_t started_us, content_length;
	Err err;       /* why the request is refused */
	unsigned http; /* a code that no Status stands for (405, 414, 431); 0: by err.code */
	Str allow;     /* with 405: the methods that the address takes */
	bool target_too_long, head_done, has_body, chunked, must_close, answered;
	unsigned answered_http;
} Exchange;

#endif
