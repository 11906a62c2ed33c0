/* server/http/connections.h - open connections: whose they are, and how slow a peer may be.
 *
 *   begin ─► HEAD ─► BODY ─► WORK ─► ANSWER ─► IDLE ─► HEAD …
 *
 * libmicrohttpd's timeout counts inactivity only, so a peer that sends one byte a second is never closed. Here every
 * stage has a least pace, and a thread closes who is slower:
 *
 *   HEAD, IDLE   a point in time
 *   BODY         BODY_WINDOW_BYTES in every BODY_WINDOW_MS
 *   WORK         none: a handler's time does not count against the peer; a peer that hung up is noticed
 *   ANSWER       ANSWER_WINDOW_BYTES acknowledged by the peer's kernel in every ANSWER_WINDOW_MS
 *
 * One client may hold a share of all connections. When most of them are in use, those that wait for a head are closed
 * sooner.
 *
 * shutdown(2) leaves the descriptor to libmicrohttpd, which sees the end of the stream and cleans up as usual.
 *
 * Owns     a Connection lives from connections_add to connections_remove
 * Errors   ST_NO_MEMORY; ST_IO the thread did not start
 * Threads  any; one connection moves through its stages on one thread at a time
 */
#ifndef SERVER_HTTP_CONNECTIONS_H
#define SERVER_HTTP_CONNECTIONS_H

#include "base/err.h"
#include "base/stop.h"
#include "server/http/client.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Connections Connections;
typedef struct Connection Connection;

typedef enum { STAGE_HEAD, STAGE_BODY, STAGE_WORK, STAGE_ANSWER, STAGE_IDLE } ConnectionStage;

enum {
	DEADLINE_HEAD_MS = 20 * 1000, /* from the connection's begin to the end of the headers */
	DEADLINE_IDLE_MS = 45 * 1000, /* from an answer to the end of the next request's headers */
	DEADLINE_CROWDED_MS = 2000,   /* both of them when the connections run short */
	BODY_WINDOW_MS = 30 * 1000,
	BODY_WINDOW_BYTES = 120 * 1024, /* 4 KiB a second */
	ANSWER_WINDOW_MS = 30 * 1000,
	ANSWER_WINDOW_BYTES = 30 * 1024, /* 1 KiB a second */
};

/* most: of all connections; most_per_client: of one address. Starts the thread that closes late ones. */
Status connections_new(Connections **out, unsigned most, unsigned most_per_client, Err *err);
void connections_free(Connections *all); /* stops the thread; all connections must be gone; NULL is fine */

/* May this client open one more? Counted when it may not. */
bool connections_may_open(Connections *all, Client client);
Connection *connections_add(Connections *all, int fd, Client client); /* NULL: out of memory */
void connections_remove(Connections *all, Connection *one);

/* The stage begins: its time counts from now on. */
void connection_enter(Connection *one, ConnectionStage stage);
/* In STAGE_BODY: so many bytes came. */
void connection_took(Connection *one, size_t bytes);
Client connection_client(const Connection *one);
/* One more streamed answer of this client; false: it has `most` already. Given back by connection_end_stream. */
bool connection_begin_stream(Connections *all, Connection *one, unsigned most);
void connection_end_stream(Connections *all, Connection *one);
/* Raised when the peer hung up in STAGE_WORK, or when the service ends; lowered by connection_enter(STAGE_WORK). */
Stop *connection_gone(Connection *one);

typedef struct {
	uint64_t open, clients;
	uint64_t reaped;  /* closed because they were late, since the start */
	uint64_t refused; /* not opened because their client had its share */
	uint64_t left;    /* peers that hung up while their request was worked on */
} ConnectionsState;

void connections_state(Connections *all, ConnectionsState *out);

#endif
