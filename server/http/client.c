/* server/http/client.c - the first 64 bits of an IPv6 address, all 32 of an IPv4 address (also where it comes mapped
 * into IPv6). */
#include "server/http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static Client client_of_v4(const uint8_t bytes[static 4])
{
	return (Client){0, UINT64_C(0xFFFF00000000) | (uint64_t)bytes[0] << 24 | (uint64_t)bytes[1] << 16 |
				   (uint64_t)bytes[2] << 8 | bytes[3]};
}

Client client_of(const struct sockaddr *address)
{
	Client client = {0, 0};
	if (!address)
		return client;
	if (address->sa_family == AF_INET) {
		struct sockaddr_in v4;
		memcpy(&v4, address, sizeof v4);
		return client_of_v4((const uint8_t *)&v4.sin_addr);
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 v6;
		memcpy(&v6, address, sizeof v6);
		if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
			return client_of_v4(v6.sin6_addr.s6_addr + 12);
		for (int i = 0; i < 8; i++)
			client.high = client.high << 8 | v6.sin6_addr.s6_addr[i];
	}
	return client;
}
