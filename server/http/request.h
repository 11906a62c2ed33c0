/* server/http/request.h - one request as handlers see it, and the reply they fill in. Knows nothing of libmicrohttpd.
 *
 *   static Status get_thing(Request *r, Reply *reply, Err *err)
 *   {
 *           JsonOut j;
 *           reply_json_begin(reply, &j);
 *           …
 *           return ST_OK;                    anything else becomes a problem (problem.h)
 *   }
 *
 * Owns     what a handler needs for the answer only goes to r->arena; body and source of a reply are taken over
 * Threads  a request belongs to the thread that serves it
 */
#ifndef SERVER_HTTP_REQUEST_H
#define SERVER_HTTP_REQUEST_H

#include "base/json_out.h"
#include "server/http/connections.h"
#include "server/metrics.h"
#include "server/server.h"
#include "server/http/url.h"
#include "store/record/record.h"
#include "store/access/access_log.h"
#include "store/care/scrub.h"

typedef struct Jobs Jobs;
typedef struct Route Route;

enum {
	REQUEST_HEADERS_MAX = 16 * 1024, /* bytes of all names and values */
	REQUEST_HEADER_COUNT_MAX = 100,
	REQUEST_JSON_MAX = 1 << 20,
	REQUEST_FILE_MAX = 16 << 20, /* one file to a record: it is held in memory while it is taken in */
	REQUEST_INGEST_MAX = 64 << 20,
	REQUEST_DISCARD_MAX = 8 << 20, /* of a refused body that is read for the sender's sake */
	REQUEST_ID_MAX = 64,
	REPLY_HEADERS_MAX = 8,
	REPLY_BLOCK_BYTES = 256 * 1024, /* of a streamed answer */
};

struct Server {
	Store *store;
	Index *index;
	Metrics *metrics;
	Jobs *jobs;
	Connections *connections;
	AccessLog *access; /* NULL: none is kept */
	Scrub *scrub;      /* NULL: none runs */
	struct PageTags *page_tags;
	const char *hosts;
	bool log_requests;
	uint64_t started_us;
	_Atomic uint64_t refreshed_us, request_counter;
	uint32_t instance; /* random: request ids of two runs differ */
	struct MHD_Daemon *daemon;
	unsigned port;
	char address[80];
};

typedef struct Request {
	Server *server;
	const Route *route; /* NULL until one matched */
	Arena arena;
	Url url;
	Str variables[2]; /* of the pattern, in order, decoded */
	char id[REQUEST_ID_MAX + 1];
	bool is_head, english;
	Str media; /* Content-Type without parameters; lower case not assured */
	Str if_none_match, if_range, range;
	Buf body;    /* of routes that take JSON or one file */
	int body_fd; /* of routes that take a stream: a file without a name, at its start; else -1 */
	uint64_t body_bytes;
} Request;

/* Bytes that are made while they are sent. read fills up to len bytes for `offset` (which only grows) and returns how
 * many, -1 when it fails; called until `size` bytes went out or the client left. */
typedef struct {
	void *ctx;
	ptrdiff_t (*read)(void *ctx, uint64_t offset, char *out, size_t len);
	void (*close)(void *ctx);
	uint64_t size;
} ReplySource;

typedef struct {
	unsigned http; /* 0: 200 */
	const char *media;
	Buf body;
	Str constant;       /* or bytes that outlive the server */
	ReplySource source; /* or made on the way; read NULL: not used */
	Str etag;           /* with quotes; {NULL, 0}: no conditions, no ranges */
	const char *csp;    /* NULL: nothing is allowed */
	const char *cache;  /* Cache-Control; NULL: "no-store" without an etag, "no-cache" with one */
	struct {
		const char *name;
		Str value;
	} headers[REPLY_HEADERS_MAX];
	size_t header_count;
} Reply;

/* value must live as long as the request. */
void reply_header(Reply *reply, const char *name, Str value);
void reply_json_begin(Reply *reply, JsonOut *j); /* media and writer; the handler opens the object */
void reply_done(Reply *reply);                   /* frees what nobody took */
/* The etag `"<hex of the first 16 bytes of SHA-256(seed)>"`. */
Str reply_etag_of(Str seed, Arena *arena);

Str request_parameter(const Request *r, const char *name); /* {NULL, 0}: not given */
/* A number parameter; fallback where it was not given. ST_INVALID, ST_LIMIT names it. */
Status request_number(const Request *r, const char *name, uint64_t fallback, uint64_t least, uint64_t most,
		      uint64_t *out, Err *err);
bool request_media_is(const Request *r, const char *media);

#endif
