/* server/http/stream.h - an answer that is made while it is sent: workers read ahead, the event loop only sends.
 *
 *   worker: source.read → [block][block] → event loop: libmicrohttpd takes what is there
 *           ▲ queued again when a block is free      │ nothing there: the connection is suspended until there is
 *           └──────────────────────────────────────-─┘
 *
 * Shapes   STREAM_BLOCKS blocks of STREAM_BLOCK_BYTES; a range begins at `first`
 * Owns     the source from stream_open on, also where that fails
 * Errors   stream_open: ST_NO_MEMORY, ST_BUSY too many streams (503), ST_LIMIT too many of this client (429);
 *          a source that fails ends the connection before the promised length
 * Threads  a source is read by one worker at a time, and maybe after its request has ended: it must not look at it
 */
#ifndef SERVER_HTTP_STREAM_H
#define SERVER_HTTP_STREAM_H

#include "server/http/exchange.h"
#include "server/http/reply.h"

enum { STREAM_BLOCKS = 2, STREAM_BLOCK_BYTES = 128 * 1024, STREAM_SEND_BYTES = 64 * 1024 };

/* Reads the first blocks at once (on this thread: a worker's), unless the request is a HEAD. */
Status stream_open(struct MHD_Response **out, Exchange *x, ReplySource source, uint64_t first, uint64_t len, Err *err);

#endif
