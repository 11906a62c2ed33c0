/* server/http/send.h - puts a reply on the wire: whole, a part of it, or the word that the client has it already.
 *
 * Owns     takes the reply's body or source over; reply_done after it is harmless
 * Errors   nothing was queued: ST_NO_MEMORY; ST_BUSY, ST_LIMIT of stream.h; ST_INTERNAL libmicrohttpd refused
 * Threads  the event loop of the connection, or any thread while it is suspended
 * Source   RFC 9110 §13 (conditions), §14 (ranges)
 */
#ifndef SERVER_HTTP_SEND_H
#define SERVER_HTTP_SEND_H

#include "server/http/exchange.h"
#include "server/http/reply.h"

Status send_reply(Exchange *x, Reply *reply, Err *err);

#endif
