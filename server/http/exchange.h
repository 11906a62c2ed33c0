/* server/http/exchange.h - one HTTP exchange on libmicrohttpd: head, body, answer. Used by server.c only.
 *
 *   target line ──► headers ──► [body …] ──► answer
 *   exchange_begin   exchange_handle, called by libmicrohttpd for each step       exchange_end
 *
 * What is wrong with the head is found in the first call and answered in the second, because libmicrohttpd closes a
 * connection that is answered in the first. Only where a refused body would have to be read is that what we want.
 */
#ifndef SERVER_HTTP_EXCHANGE_H
#define SERVER_HTTP_EXCHANGE_H

#include "server/routes/routes.h"

#include <microhttpd.h>

typedef struct {
	Request request;
	Connection *link;
	Str method, target;
	uint64_t started_us, content_length;
	Err err;       /* why the request is refused */
	unsigned http; /* a code that no Status stands for; 0: by err.code */
	Str allow;
	bool target_too_long, head_done, has_body, chunked, must_close, answered;
	unsigned answered_http;
} Exchange;

void *exchange_begin(void *server, const char *target, struct MHD_Connection *connection);
enum MHD_Result exchange_handle(void *server, struct MHD_Connection *connection, const char *url, const char *method,
				const char *version, const char *upload, size_t *upload_bytes, void **exchange);
void exchange_end(void *server, struct MHD_Connection *connection, void **exchange,
		  enum MHD_RequestTerminationCode why);

/* Sends the reply, or 304, 206, 416 where the request's conditions ask for it; takes its body or source over. */
/* reply.c */
enum MHD_Result exchange_send(Exchange *x, struct MHD_Connection *connection, Reply *reply);

/* Checks method, version and headers and fills in what the request takes from them: head.c. */
Status exchange_check_head(Exchange *x, struct MHD_Connection *connection, const char *version);

#endif
