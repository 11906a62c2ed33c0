/* server/http/client.h - whose connection it is: the address that a peer connects from, as a key to count by.
 *
 *   127.0.0.1  ->  {0, 0xFFFF7F000001}        an IPv6 host owns a network of 64 bits, so only these count
 *
 * Owns     nothing; passed by value
 * Errors   none: an address of another family is the one client {0, 0}
 * Threads  pure
 */
#ifndef SERVER_HTTP_CLIENT_H
#define SERVER_HTTP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

struct sockaddr;

typedef struct {
	uint64_t high, low;
} Client;

Client client_of(const struct sockaddr *address);

static inline bool client_eq(Client a, Client b)
{
	return a.high == b.high && a.low == b.low;
}

#endif
