/* server/http/exchange.h - one HTTP exchange on libmicrohttpd: the request, and what is known of it on the way.
 *
 *   request line ──► headers ──► [body …] ──► [suspended: a worker runs the handler] ──► answer
 *   dispatch_begin   dispatch_step, called by libmicrohttpd for each of them             dispatch_end
 *
 * Owns     the request's arena and body, until dispatch_end
 * Threads  the event loop of the connection; from workers_push until the connection is resumed, one worker
 */
#ifndef SERVER_HTTP_EXCHANGE_H
#define SERVER_HTTP_EXCHANGE_H

#include "server/http/request.h"

#include <microhttpd.h>

typedef struct {
	Work work; /* the handler's run */
	Request request;
	struct MHD_Connection *connection;
	Connection *link; /* of this exchange */
	Str method, target;
	Stop ended; /* of work that goes on though the client left: raised when the service ends */
	uint64_t started_us, content_length, body_bytes;
	Err err;       /* why the request is refused */
	unsigned http; /* a code that no Status stands for (405, 414, 431); 0: by err.code */
	Str allow;     /* with 405: the methods that the address takes */
	bool target_too_long, head_done, has_body, chunked, must_close;
	bool refused;  /* for want of room or time: no fault, so it is not logged */
	bool answered; /* the handler has run or was refused */
	bool queued;   /* and libmicrohttpd has the answer */
	unsigned answered_http;
} Exchange;

#endif
