/* server/server.h - the HTTP API of DESIGN.md §5 and the pages at "/".
 *
 *   Server *server;
 *   server_start(&server, &(ServerOptions){.listen = "127.0.0.1:0", .store = store, .index = index}, &err);
 *   printf("listening on %s\n", server_address(server));
 *   …
 *   server_stop(server);
 *
 * Plain HTTP on a loopback address: TLS and the public face belong to a proxy in front. Prints nothing itself;
 * what goes wrong inside is logged with the request's id.
 *
 * Owns     Store and Index are borrowed and must outlive the server
 * Errors   ST_INVALID an address that can't be read, ST_FORBIDDEN one that is not loopback, ST_CONFLICT it is in use,
 *          ST_IO, ST_NO_MEMORY
 * Threads  start and stop from one thread; requests are served on `threads` of its own
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "indexer/shards/index.h"
#include "server/http/workers.h"
#include "store/log/store.h"

typedef struct Server Server;

typedef struct {
	const char *listen; /* "127.0.0.1:8080", "[::1]:0", "localhost:8080"; port 0 picks one */
	const char *hosts;  /* further names a Host header may give, separated by commas (a proxy's); NULL: none */
	Store *store;
	Index *index;
	unsigned threads;                /* 0: one a core, at least 4 */
	unsigned connections_max;        /* 0: 2048, fewer where the limit of descriptors asks for it */
	unsigned connections_per_client; /* of one address; 0: a quarter of all, at least 32. A proxy is one address */
	WorkLimits work[WORK_KINDS];     /* threads and queue of each kind; zeros: the defaults of workers.c */
	uint64_t memory_bytes;           /* for bodies and streamed answers; 0: 128 MiB */
	bool log_requests;               /* one log line a request */
	bool no_access_log;              /* reads and writes are not noted in the archive's access log */
	uint64_t grace_ms;               /* at the end, for answers under way */
	uint64_t scrub_bytes_per_second; /* the archive is checked in the background at this pace; 0: not */
} ServerOptions;

Status server_start(Server **out, const ServerOptions *options, Err *err);
const char *server_address(const Server *server); /* "http://127.0.0.1:8080" */
/* Takes nothing new, gives what is under way its grace, then ends it. NULL is fine. */
void server_stop(Server *server);

#endif
