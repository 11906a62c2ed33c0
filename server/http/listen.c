/* server/http/listen.c - an address is read as it stands: names (but for localhost) are not looked up, because what a
 * name server answers must not decide who can reach the archive. */
#include "server/http/listen.h"

#include "base/file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

typedef union {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
} Address;

static Status parse_port(Str text, uint16_t *out, Err *err)
{
	uint64_t port;
	if (!str_to_u64(text, &port) || port > 65535)
		return err_set(err, ST_INVALID, "'%.*s' is no port (0 to 65535)", STR_ARG(str_slice(text, 0, 40)));
	*out = htons((uint16_t)port);
	return ST_OK;
}

static Status parse_address(Str text, Address *out, socklen_t *len_out, Err *err)
{
	char host[64];
	ptrdiff_t colon = -1;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == ':')
			colon = (ptrdiff_t)i;
	if (colon < 1 || colon >= (ptrdiff_t)sizeof host)
		return err_set(err, ST_INVALID, "'%.*s' is not ADDRESS:PORT", STR_ARG(str_slice(text, 0, 80)));
	Str name = str_slice(text, 0, (size_t)colon), port = str_slice(text, (size_t)colon + 1, text.len);
	bool bracketed = name.len > 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']';
	if (bracketed)
		name = str_slice(name, 1, name.len - 1);
	if (str_eq_nocase(name, STR("localhost")))
		name = STR("127.0.0.1");
	snprintf(host, sizeof host, "%.*s", STR_ARG(name));
	*out = (Address){0};
	if (bracketed && inet_pton(AF_INET6, host, &out->v6.sin6_addr) == 1) {
		out->v6.sin6_family = AF_INET6;
		*len_out = sizeof out->v6;
		return parse_port(port, &out->v6.sin6_port, err);
	}
	if (!bracketed && inet_pton(AF_INET, host, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		*len_out = sizeof out->v4;
		return parse_port(port, &out->v4.sin_port, err);
	}
	return err_set(err, ST_INVALID, "'%s' is no IP address (IPv6 goes in brackets)", host);
}

static bool is_loopback(const Address *a)
{
	if (a->any.sa_family == AF_INET)
		return ntohl(a->v4.sin_addr.s_addr) >> 24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
}

static void describe(int fd, char *out, size_t size)
{
	char host[INET6_ADDRSTRLEN] = "?";
	Address a = {0};
	socklen_t len = sizeof a;
	getsockname(fd, &a.any, &len);
	if (a.any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a.v6.sin6_addr, host, sizeof host);
		snprintf(out, size, "http://[%s]:%u", host, ntohs(a.v6.sin6_port));
	} else {
		inet_ntop(AF_INET, &a.v4.sin_addr, host, sizeof host);
		snprintf(out, size, "http://%s:%u", host, ntohs(a.v4.sin_port));
	}
}

Status listen_open(const char *text, int *fd_out, char *address_out, size_t address_size, Err *err)
{
	Address address;
	socklen_t len = 0;
	int on = 1;
	Status st = parse_address(str_from(text), &address, &len, err);
	if (st != ST_OK)
		return st;
	if (!is_loopback(&address))
		return err_set(err, ST_FORBIDDEN,
			       "%s is not a loopback address: without access tokens the archive is served on this "
			       "machine only (put a proxy with TLS in front)",
			       text);
	int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_errno(err, errno, "make a socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, &address.any, len) < 0 || listen(fd, SOMAXCONN) < 0) {
		st = errno == EADDRINUSE ? err_set(err, ST_CONFLICT, "%s is in use by another program", text)
					 : err_errno(err, errno, "listen on %s", text);
		close_quietly(fd);
		return st;
	}
	describe(fd, address_out, address_size);
	*fd_out = fd;
	return ST_OK;
}
