/* server/http/reply.h - the answer as a handler fills it in; send.c puts it on the wire.
 *
 *   reply_json_begin(reply, &j);                                     a body in memory
 *   reply->source = (ReplySource){package, read, close, size};       or bytes that are made while they are sent
 *   reply->etag = reply_etag_of(seed, &r->arena);                    with a tag, conditions and ranges are served
 *
 * Owns     the reply takes its body and its source over; header values must live as long as the request
 * Errors   sticky in the body (out of memory); a handler need not look
 * Threads  a reply belongs to the thread that serves its request
 */
#ifndef SERVER_HTTP_REPLY_H
#define SERVER_HTTP_REPLY_H

#include "base/arena.h"
#include "base/json_out.h"
#include "server/http/route.h"

enum {
	REPLY_HEADERS_MAX = 8,
	REPLY_BLOCK_BYTES = 256 * 1024, /* an answer up to this is made whole, a longer one streamed */
};

/* Bytes that are made while they are sent. read fills up to len bytes for `offset` (which only grows) and returns how
 * many, -1 when it fails; called on a worker until `size` bytes were read or the client left, maybe while or after the
 * request ends: ctx must not point into it. */
typedef struct {
	void *ctx;
	ptrdiff_t (*read)(void *ctx, uint64_t offset, char *out, size_t len);
	void (*close)(void *ctx);
	uint64_t size;
} ReplySource;

struct Reply {
	unsigned http; /* 0: 200 */
	const char *media;
	Buf body;
	Str constant;       /* or bytes that outlive the server */
	ReplySource source; /* or bytes that are made while they are sent; read NULL: not used */
	Str etag;           /* with quotes; {NULL, 0}: no conditions, no ranges */
	const char *csp;    /* Content-Security-Policy; NULL: nothing is allowed */
	const char *cache;  /* Cache-Control; NULL: "no-store" without an etag, "no-cache" with one */
	struct {
		const char *name;
		Str value;
	} headers[REPLY_HEADERS_MAX];
	size_t header_count;
};

void reply_header(Reply *reply, const char *name, Str value);
void reply_json_begin(Reply *reply, JsonOut *j); /* media and writer; the handler opens the object */
void reply_done(Reply *reply);                   /* frees the body and source, where nobody took them over */
/* The etag `"<hex of the first 16 bytes of SHA-256(seed)>"`. */
Str reply_etag_of(Str seed, Arena *arena);

#endif
