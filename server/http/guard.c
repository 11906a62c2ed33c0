/* server/http/guard.c - a table from descriptor to the state of its stream, and the function that libmicrohttpd calls
 * instead of the C library's recv.
 *
 * What framing_read calls good is handed on as it was received. Where it finds a fault, the good bytes before it are
 * handed on first; libmicrohttpd answers them and then asks for more, and only then the refusal is sent: so answers
 * stay in the order of their requests. Reading is shut down meanwhile, which wakes a loop that waits for the client.
 * The end of the stream that libmicrohttpd then reads closes the connection.
 */
#include "server/http/guard.h"

#include "base/language.h"
#include "server/http/framing.h"
#include "server/http/problem.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { GUARDS_MAX = 65536, DISCARD_BYTES = 64 << 10 };

typedef struct {
	Framing framing;
	FramingResult result; /* what ended it */
	bool answered;
} Guard;

static _Atomic(Guard *) guards[GUARDS_MAX];
static _Atomic uint64_t refused;

/* What libmicrohttpd's call of recv arrives at. */
ssize_t guard_recv(int fd, void *out, size_t len, int flags) __asm__("recv");

bool guard_add(int fd)
{
	Guard *guard = fd >= 0 && fd < GUARDS_MAX ? calloc(1, sizeof *guard) : NULL;
	if (guard)
		atomic_store_explicit(&guards[fd], guard, memory_order_release);
	return guard != NULL;
}

void guard_remove(int fd)
{
	if (fd >= 0 && fd < GUARDS_MAX)
		free(atomic_exchange_explicit(&guards[fd], NULL, memory_order_acq_rel));
}

uint64_t guard_refused(void)
{
	return atomic_load_explicit(&refused, memory_order_relaxed);
}

/* The client may still be sending: what has arrived is read away, or the kernel would reset the connection and the
 * answer with it. */
static void discard(int fd)
{
	char bytes[4096];
	for (size_t total = 0; total < DISCARD_BYTES;) {
		ssize_t got = recvfrom(fd, bytes, sizeof bytes, MSG_DONTWAIT, NULL, NULL);
		if (got <= 0)
			return;
		total += (size_t)got;
	}
}

static void refuse(Guard *guard, int fd)
{
	static const char cause[] = "the request's head or chunks are not well formed";
	unsigned http = guard->result == FRAMING_BAD ? 400 : guard->framing.length_left ? 413 : 431;
	char head[256];
	Err err = {0};
	Buf body = {0};
	err_set(&err, ST_INVALID, "%s", guard->result == FRAMING_BAD ? cause : "a head or a length is too long");
	problem_write(http, &err, LANGUAGE_VI, STR(""), &body);
	int len = snprintf(head, sizeof head,
			   "HTTP/1.1 %u Refused\r\nContent-Type: application/problem+json\r\nConnection: close\r\n"
			   "Cache-Control: no-store\r\nContent-Length: %zu\r\n\r\n",
			   http, body.len);
	if (buf_ok(&body) && send(fd, head, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_MORE) == len)
		send(fd, body.data, body.len,
		     MSG_NOSIGNAL | MSG_DONTWAIT); /* a client that takes no answer gets none */
	buf_done(&body);
	shutdown(fd, SHUT_WR);
	guard->answered = true;
	atomic_fetch_add_explicit(&refused, 1, memory_order_relaxed);
}

ssize_t guard_recv(int fd, void *out, size_t len, int flags)
{
	Guard *guard = fd >= 0 && fd < GUARDS_MAX ? atomic_load_explicit(&guards[fd], memory_order_acquire) : NULL;
	if (!guard || (flags & MSG_PEEK))
		return recvfrom(fd, out, len, flags, NULL, NULL);
	if (guard->result == FRAMING_GOOD) {
		size_t good = 0;
		ssize_t got = recvfrom(fd, out, len, flags, NULL, NULL);
		if (got <= 0)
			return got;
		guard->result = framing_read(&guard->framing, out, (size_t)got, &good);
		if (guard->result == FRAMING_GOOD)
			return got;
		discard(fd);
		shutdown(fd, SHUT_RD);
		if (good)
			return (ssize_t)good;
	}
	if (!guard->answered)
		refuse(guard, fd);
	return 0;
}
