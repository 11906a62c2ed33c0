/* server/http/guard.h - no byte of a client reaches libmicrohttpd that server/http/framing.h has not passed.
 *
 *   socket ──► recv of libmicrohttpd ──► guard ──► framing_read ──► libmicrohttpd
 *
 * libmicrohttpd reads a connection with recv(2) and has no hook before its parser. This file defines `recv` in the
 * program, which the library is then bound to; descriptors that were not announced are passed through. Why here and
 * not in a process or thread in front: docs/decisions/0017.
 *
 * A stream at fault is answered here (400, 413 or 431 as a problem, "Connection: close"), after whatever came before it
 * was answered, and has ended for libmicrohttpd.
 *
 * Owns     guard_add's state until guard_remove
 * Errors   guard_add false: out of memory, or more descriptors than the table holds; the connection must be refused
 * Threads  any number of connections; one connection from one thread at a time
 */
#ifndef SERVER_HTTP_GUARD_H
#define SERVER_HTTP_GUARD_H

#include <stdbool.h>
#include <stdint.h>

bool guard_add(int fd);       /* before the first byte is read */
void guard_remove(int fd);    /* before the descriptor is closed; one that was not added is fine */
uint64_t guard_refused(void); /* streams that were ended for their framing, since the program started */

#endif
