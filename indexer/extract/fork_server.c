/* indexer/extract/fork_server.c - the side of hoso: posix_spawn, so that a program with threads and much memory starts
 * another cheaply, and orders on a socket of whole messages. */
#include "indexer/extract/fork_server.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

static struct {
	pthread_mutex_t lock;
	int socket;
	pid_t pid;
	unsigned number; /* how many were started */
} server = {.lock = PTHREAD_MUTEX_INITIALIZER, .socket = -1};

/* Only what the extractors need to know: messages in English, a fixed path. */
static char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "HOME=/nonexistent",
				    "OMP_THREAD_LIMIT=1", /* one thread a recogniser: cores are shared out elsewhere */
				    "LD_BIND_NOW=1",      /* symbols are looked up once, not by each fork */
				    /* a leak is looked for with ptrace, which is forbidden there */
				    "ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1", NULL};

static int spawn(int theirs, pid_t *pid)
{
	char *argv[] = {"hoso", "extract", FORK_SERVER_WORD, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, defaults;
	sigemptyset(&none);
	sigfillset(&defaults);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_adddup2(&files, theirs, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&files, 3);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setpgroup(&attributes, 0); /* what is typed at a terminal is for hoso */
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	int code = posix_spawn(pid, "/proc/self/exe", &files, &attributes, argv, environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return code;
}

static void forget(void)
{
	int status;
	if (server.socket < 0)
		return;
	close_quietly(server.socket);
	server.socket = -1;
	kill(server.pid, SIGKILL);
	while (waitpid(server.pid, &status, 0) < 0 && errno == EINTR) {
		/* a signal came */
	}
}

static Status start(Err *err)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return err_errno(err, errno, "make a socket");
	int code = spawn(ends[1], &server.pid);
	close_quietly(ends[1]);
	if (code != 0) {
		close_quietly(ends[0]);
		return err_errno(err, code, "start the extractor");
	}
	server.socket = ends[0];
	server.number++;
	return ST_OK;
}

static bool send_order(const ExtractOrder *order, const int fds[ORDER_FDS])
{
	union {
		char bytes[CMSG_SPACE(ORDER_FDS * sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec part = {(void *)(uintptr_t)order, sizeof *order};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes};
	ssize_t sent;
	message.msg_controllen = sizeof control.bytes;
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(ORDER_FDS * sizeof(int));
	memcpy(CMSG_DATA(head), fds, ORDER_FDS * sizeof(int));
	do
		sent = sendmsg(server.socket, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)sizeof *order;
}

Status fork_server_order(const char *word, const ExtractLimits *limits, const int fds[ORDER_FDS], unsigned *server_out,
			 Err *err)
{
	ExtractOrder order = {.cpu_seconds = limits->cpu_seconds, .memory_mib = limits->memory_mib};
	snprintf(order.word, sizeof order.word, "%s", word);
	pthread_mutex_lock(&server.lock);
	Status st = server.socket >= 0 ? ST_OK : start(err);
	if (st == ST_OK && !send_order(&order, fds)) { /* it died: another one */
		forget();
		st = start(err);
		if (st == ST_OK && !send_order(&order, fds))
			st = err_errno(err, errno, "reach the extractor");
	}
	*server_out = server.number;
	pthread_mutex_unlock(&server.lock);
	return st;
}

bool fork_server_is_lost(unsigned number)
{
	pthread_mutex_lock(&server.lock);
	struct pollfd socket = {.fd = server.socket};
	bool is_lost = server.number != number || server.socket < 0 ||
		       (poll(&socket, 1, 0) == 1 && (socket.revents & (POLLHUP | POLLERR)));
	pthread_mutex_unlock(&server.lock);
	return is_lost;
}
