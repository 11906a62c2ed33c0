/* server/http/head.h - the strict check of a request's method, version and headers.
 *
 * Owns     header values are borrowed from libmicrohttpd for the time of the request
 * Errors   in x->err: ST_INVALID two servers could read the head differently, ST_LIMIT it is too long,
 *          ST_FORBIDDEN it names another host, or comes from another site's page
 * Threads  the one that serves the request
 * Source   RFC 9112 §3, §6 (framing), RFC 9110 §5 (headers)
 */
#ifndef SERVER_HTTP_HEAD_H
#define SERVER_HTTP_HEAD_H

#include "server/http/exchange.h"

/* Fills in what the request takes from its headers. */
Status head_check(Exchange *x, struct MHD_Connection *connection, const char *version);

#endif
