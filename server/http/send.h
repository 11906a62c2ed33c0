/* server/http/send.h - puts a reply on the wire: whole, a part of it, or the word that the client has it already.
 *
 * Owns     takes the reply's body or source over; reply_done after it is harmless
 * Errors   MHD_NO: memory ran out or the connection is gone; libmicrohttpd closes it then
 * Threads  the one that serves the request
 * Source   RFC 9110 §13 (conditions), §14 (ranges)
 */
#ifndef SERVER_HTTP_SEND_H
#define SERVER_HTTP_SEND_H

#include "server/http/exchange.h"
#include "server/http/reply.h"

enum MHD_Result send_reply(Exchange *x, struct MHD_Connection *connection, Reply *reply);

#endif
