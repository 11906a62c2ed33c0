/* server/http/origin.h - is a request meant for us, and does it come from one of our own pages?
 *
 * A page of another site can make a browser send requests here, and by DNS rebinding give this address its own name. So
 * Host is compared with an exact set of names, and Origin, which browsers send with every write, with Host.
 *
 * Shapes   host: "localhost", "127.0.0.1:8080", "[::1]", "kho.example.vn"; names: allowed further names with commas
 * Owns     nothing
 * Errors   none: what can't be read is not ours
 * Threads  pure
 * Source   RFC 9110 §7.2 (Host), RFC 6454 (Origin)
 */
#ifndef SERVER_HTTP_ORIGIN_H
#define SERVER_HTTP_ORIGIN_H

#include "base/str.h"

/* A loopback name with or without a port, or one of `names`. */
bool host_is_ours(Str host, Str names);
/* The origin of the page at `host`: http, or https too where a proxy stands in front (host is one of `names`). */
bool origin_is_ours(Str origin, Str host, Str names);

#endif
