/* server/http/dispatch.h - the three functions that libmicrohttpd calls: a request begins, goes on, ends.
 *
 * Owns     dispatch_begin's Exchange until dispatch_end
 * Errors   a refused request is answered with a problem; MHD_NO closes the connection without an answer
 * Threads  any number of requests at once, each connection from its event loop; ctx is the Service
 */
#ifndef SERVER_HTTP_DISPATCH_H
#define SERVER_HTTP_DISPATCH_H

#include <microhttpd.h>

enum { REFRESH_MS = 50 }; /* what another process committed is seen at most so much later */

void *dispatch_begin(void *service, const char *target, struct MHD_Connection *connection);
enum MHD_Result dispatch_step(void *service, struct MHD_Connection *connection, const char *url, const char *method,
			      const char *version, const char *upload, size_t *upload_bytes, void **exchange);
void dispatch_end(void *service, struct MHD_Connection *connection, void **exchange,
		  enum MHD_RequestTerminationCode why);

#endif
