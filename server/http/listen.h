/* server/http/listen.h - a listening socket on a loopback address.
 *
 * Owns     the caller closes the descriptor
 * Errors   ST_INVALID no ADDRESS:PORT, ST_FORBIDDEN not loopback, ST_CONFLICT in use, ST_IO
 * Threads  any
 */
#ifndef SERVER_HTTP_LISTEN_H
#define SERVER_HTTP_LISTEN_H

#include "base/err.h"

#include <stddef.h>

/* text: "127.0.0.1:8080", "[::1]:0", "localhost:0". address_out gets "http://127.0.0.1:8080". */
Status listen_open(const char *text, int *fd_out, char *address_out, size_t address_size, Err *err);

#endif
