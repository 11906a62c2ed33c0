/* server/http/connections.c - one list of connections under one lock, and one thread that looks through it once a
 * second. Stage and deadline are atomic, so whoever serves a request moves its own without the lock. The deadline is
 * always stored before the stage: the thread never sees a new stage with the end of an old one.
 *
 * What a peer has taken of an answer is asked of the kernel (TCP_INFO), because libmicrohttpd tells nobody when it
 * sends a part of an answer that lies in memory.
 */
#include "server/http/connections.h"

#include "base/clock.h"
#include "base/wait.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

enum { CLIENT_BUCKETS = 1024, REAP_EVERY_US = 1000000 };

typedef struct Peer Peer; /* one client and how many connections it has */
struct Peer {
	Peer *next;
	Client client;
	unsigned count, streams;
};

struct Connection {
	Connection *next, *previous;
	Peer *peer;
	int fd;
	bool closed, hung_up;
	Stop gone;
	_Atomic ConnectionStage stage;
	_Atomic uint64_t deadline_us;
	size_t body_bytes;     /* in this window */
	uint64_t acknowledged; /* at the begin of this window */
};

struct Connections {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t reaper;
	Connection *first;
	Peer *peers[CLIENT_BUCKETS];
	unsigned most, most_per_client;
	ConnectionsState state;
	bool stop;
};

/* ---- the thread that closes late ones -------------------------------------------------------------------------- */

/* Bytes that were sent and lie in our kernel still: of an answer, for a while after libmicrohttpd is done with it. */
static int count_untaken(int fd)
{
	int bytes = 0;
	return ioctl(fd, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

static void shut(Connections *all, Connection *one)
{
	struct linger at_once = {1, 0};
	if (count_untaken(one->fd) > 0)
		setsockopt(one->fd, SOL_SOCKET, SO_LINGER, &at_once,
			   sizeof at_once); /* what it did not take is dropped */
	shutdown(one->fd, SHUT_RDWR);
	one->closed = true;
	all->state.reaped++;
}

static uint64_t count_acknowledged(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof info;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
		return 0;
	return info.tcpi_bytes_acked;
}

/* The window is over: was enough taken in it? */
static bool takes_enough(Connection *one, uint64_t now)
{
	uint64_t acknowledged = count_acknowledged(one->fd);
	bool enough = acknowledged - one->acknowledged >= ANSWER_WINDOW_BYTES;
	one->acknowledged = acknowledged;
	if (enough)
		atomic_store_explicit(&one->deadline_us, now + ANSWER_WINDOW_MS * UINT64_C(1000), memory_order_relaxed);
	return enough;
}

/* Seen twice, a second apart: who sends a request and closes its own side at once still gets a quick answer. */
static void look_for_hangup(Connections *all, Connection *one)
{
	struct pollfd peer = {one->fd, POLLRDHUP, 0};
	if (stop_raised(&one->gone) || poll(&peer, 1, 0) <= 0)
		return;
	if (one->hung_up) {
		stop_raise(&one->gone);
		all->state.left++;
	}
	one->hung_up = true;
}

static bool is_late(Connections *all, Connection *one, ConnectionStage stage, uint64_t now)
{
	uint64_t deadline = atomic_load_explicit(&one->deadline_us, memory_order_relaxed);
	uint64_t whole_ms = stage == STAGE_HEAD ? DEADLINE_HEAD_MS : DEADLINE_IDLE_MS;
	bool is_taking =
		stage == STAGE_ANSWER || (stage == STAGE_IDLE && deadline <= now && count_untaken(one->fd) > 0);
	if (deadline <= now)
		return !is_taking || !takes_enough(one, now);
	return all->state.open > all->most - all->most / 8 && (stage == STAGE_HEAD || stage == STAGE_IDLE) &&
	       deadline <= now + (whole_ms - DEADLINE_CROWDED_MS) * 1000;
}

static void look_through(Connections *all)
{
	uint64_t now = clock_monotonic_us();
	for (Connection *one = all->first; one; one = one->next) {
		ConnectionStage stage = atomic_load_explicit(&one->stage, memory_order_relaxed);
		if (one->closed)
			continue;
		if (stage == STAGE_WORK)
			look_for_hangup(all, one);
		else if (is_late(all, one, stage, now))
			shut(all, one);
	}
}

static void *reap(void *ctx)
{
	Connections *all = ctx;
	pthread_mutex_lock(&all->lock);
	while (!all->stop) {
		wait_until(&all->wake, &all->lock, clock_monotonic_us() + REAP_EVERY_US);
		look_through(all);
	}
	pthread_mutex_unlock(&all->lock);
	return NULL;
}

Status connections_new(Connections **out, unsigned most, unsigned most_per_client, Err *err)
{
	Connections *all = calloc(1, sizeof *all);
	if (!all)
		return err_no_memory(err);
	all->most = most;
	all->most_per_client = most_per_client;
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->wake, NULL);
	int failed = pthread_create(&all->reaper, NULL, reap, all);
	if (failed) {
		free(all);
		return err_errno(err, failed, "start the thread that closes slow connections");
	}
	*out = all;
	return ST_OK;
}

void connections_free(Connections *all)
{
	if (!all)
		return;
	pthread_mutex_lock(&all->lock);
	all->stop = true;
	pthread_cond_signal(&all->wake);
	pthread_mutex_unlock(&all->lock);
	pthread_join(all->reaper, NULL);
	pthread_mutex_destroy(&all->lock);
	pthread_cond_destroy(&all->wake);
	free(all);
}

/* ---- clients --------------------------------------------------------------------------------------------------- */

static Peer **find_peer(Connections *all, Client client)
{
	uint64_t mixed = (client.high ^ client.low) * UINT64_C(0x9E3779B97F4A7C15);
	Peer **at = &all->peers[mixed >> 32 & (CLIENT_BUCKETS - 1)];
	while (*at && !client_eq((*at)->client, client))
		at = &(*at)->next;
	return at;
}

static Peer *take_peer(Connections *all, Client client)
{
	Peer **at = find_peer(all, client);
	if (!*at) {
		*at = calloc(1, sizeof **at);
		if (!*at)
			return NULL;
		(*at)->client = client;
		all->state.clients++;
	}
	(*at)->count++;
	return *at;
}

static void drop_peer(Connections *all, Peer *peer)
{
	Peer **at = find_peer(all, peer->client);
	if (--peer->count)
		return;
	*at = peer->next;
	all->state.clients--;
	free(peer);
}

bool connections_may_open(Connections *all, Client client)
{
	pthread_mutex_lock(&all->lock);
	const Peer *peer = *find_peer(all, client);
	bool may = !peer || peer->count < all->most_per_client;
	if (!may)
		all->state.refused++;
	pthread_mutex_unlock(&all->lock);
	return may;
}

/* ---- one connection -------------------------------------------------------------------------------------------- */

Connection *connections_add(Connections *all, int fd, Client client)
{
	Connection *one = calloc(1, sizeof *one);
	if (!one)
		return NULL;
	one->fd = fd;
	connection_enter(one, STAGE_HEAD);
	pthread_mutex_lock(&all->lock);
	one->peer = take_peer(all, client);
	if (one->peer) {
		one->next = all->first;
		if (all->first)
			all->first->previous = one;
		all->first = one;
		all->state.open++;
	}
	pthread_mutex_unlock(&all->lock);
	if (one->peer)
		return one;
	free(one);
	return NULL;
}

void connections_remove(Connections *all, Connection *one)
{
	if (!one)
		return;
	pthread_mutex_lock(&all->lock);
	if (one->previous)
		one->previous->next = one->next;
	else
		all->first = one->next;
	if (one->next)
		one->next->previous = one->previous;
	all->state.open--;
	drop_peer(all, one->peer);
	pthread_mutex_unlock(&all->lock);
	free(one);
}

void connection_enter(Connection *one, ConnectionStage stage)
{
	static const unsigned times_ms[] = {[STAGE_HEAD] = DEADLINE_HEAD_MS,
					    [STAGE_BODY] = BODY_WINDOW_MS,
					    [STAGE_WORK] = 0,
					    [STAGE_ANSWER] = ANSWER_WINDOW_MS,
					    [STAGE_IDLE] = DEADLINE_IDLE_MS};
	uint64_t deadline = stage == STAGE_WORK ? UINT64_MAX : clock_monotonic_us() + times_ms[stage] * UINT64_C(1000);
	one->body_bytes = 0;
	if (stage == STAGE_WORK)
		stop_lower(&one->gone);
	atomic_store_explicit(&one->deadline_us, deadline, memory_order_relaxed);
	atomic_store_explicit(&one->stage, stage, memory_order_relaxed);
}

void connection_took(Connection *one, size_t bytes)
{
	one->body_bytes += bytes;
	if (one->body_bytes >= BODY_WINDOW_BYTES)
		connection_enter(one, STAGE_BODY);
}

Client connection_client(const Connection *one)
{
	return one->peer->client;
}

bool connection_begin_stream(Connections *all, Connection *one, unsigned most)
{
	pthread_mutex_lock(&all->lock);
	bool may = one->peer->streams < most;
	one->peer->streams += may;
	pthread_mutex_unlock(&all->lock);
	return may;
}

void connection_end_stream(Connections *all, Connection *one)
{
	pthread_mutex_lock(&all->lock);
	one->peer->streams--;
	pthread_mutex_unlock(&all->lock);
}

Stop *connection_gone(Connection *one)
{
	return &one->gone;
}

void connections_state(Connections *all, ConnectionsState *out)
{
	pthread_mutex_lock(&all->lock);
	*out = all->state;
	pthread_mutex_unlock(&all->lock);
}
