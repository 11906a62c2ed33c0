/* server/http/connections.h - every open connection and the time by which its peer must have sent or taken something.
 *
 * libmicrohttpd's timeout counts inactivity only, so a peer that sends one byte a second is never closed. Here each
 * connection has a deadline that moves only when a stage is over (request complete) or a whole block of the answer
 * was taken; a thread shuts down what is late. shutdown(2) leaves the descriptor to libmicrohttpd, which sees the
 * end of the stream and cleans up as usual.
 *
 * Owns     a Connection lives from connections_add to connections_remove
 * Errors   ST_NO_MEMORY; ST_IO the thread did not start
 * Threads  any
 */
#ifndef SERVER_HTTP_CONNECTIONS_H
#define SERVER_HTTP_CONNECTIONS_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Connections Connections;
typedef struct Connection Connection;

enum {
	DEADLINE_HEAD_MS = 20 * 1000,   /* from the connection's begin to the end of the headers */
	DEADLINE_IDLE_MS = 45 * 1000,   /* from an answer to the end of the next request's headers */
	DEADLINE_BODY_MS = 30 * 1000,   /* and one more second for every BODY_RATE bytes */
	BODY_RATE = 8192,               /* bytes a second */
	DEADLINE_ANSWER_MS = 60 * 1000, /* for each block of an answer */
};

Status connections_new(Connections **out, Err *err);   /* starts the thread that closes late ones */
void connections_free(Connections *all);               /* stops it; all connections must be gone; NULL is fine */
Connection *connections_add(Connections *all, int fd); /* NULL: out of memory */
void connections_remove(Connections *all, Connection *one);
/* The peer has `ms` from now on. */
void connection_set_deadline(Connection *one, uint64_t ms);
uint64_t connections_count(Connections *all);
uint64_t connections_reaped(Connections *all); /* how many were shut down because they were late */

#endif
