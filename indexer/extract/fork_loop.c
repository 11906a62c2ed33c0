/* indexer/extract/fork_loop.c - a reader a row: a descriptor of its process, by which its end is seen and waited for,
 * and the writing end of its verdict, which also tells when nobody wants the verdict any more.
 *
 * This process reads no byte of a document and is no reader's to look into. A reader that dies, or does not speak,
 * can't be taken for one that found no text: the verdict is written here, on a descriptor that the reader has not. In
 * a process namespace the reader is the first process: with it the kernel ends all others. Elsewhere what a reader left
 * behind becomes ours (a subreaper's), is in no row, and is ended when the reader ends. */
#include "indexer/extract/fork_loop.h"

#include "base/file.h"
#include "indexer/extract/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READERS_MAX = 128, VERDICT = ORDER_FDS - 1 };

typedef struct {
	pid_t pid;
	int process; /* of it */
	int verdict; /* -1: nobody wants it, the reader was killed */
} Reader;

typedef struct {
	Reader rows[READERS_MAX];
	size_t count;
	ReadOrder *read;
	int socket; /* -1: no more orders */
} Loop;

/* ---- the reader's first steps ---------------------------------------------------------------------------------- */

/* The verdict is not among what it gets. */
static bool take_descriptors(const int fds[ORDER_FDS])
{
	int moved[VERDICT];
	for (int i = 0; i < VERDICT; i++) /* first out of the way of 0 … 2 */
		if ((moved[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, VERDICT)) < 0)
			return false;
	for (int i = 0; i < VERDICT; i++)
		if (dup2(moved[i], i) < 0)
			return false;
	return close_range(VERDICT, ~0U, 0) == 0;
}

static _Noreturn void be_reader(const Loop *loop, const ExtractOrder *order, const int fds[ORDER_FDS],
				ConfinedLayers held, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent && getppid() != 0) /* it died meanwhile; 0: it is outside our namespace */
		_exit(1);
	setpgid(0, 0); /* all of it can be ended, and nothing else by it */
	signal(SIGPIPE, SIG_DFL);
	if (!take_descriptors(fds))
		_exit(1);
	confine_resources(order->cpu_seconds, order->memory_mib);
	_exit(loop->read(order, held)); /* the libraries' last acts are the fork server's */
}

static void close_all(const int fds[ORDER_FDS])
{
	for (int i = 0; i < ORDER_FDS; i++)
		close_quietly(fds[i]);
}

static void start_reader(Loop *loop, const ExtractOrder *order, const int fds[ORDER_FDS])
{
	ConfinedLayers held;
	Reader reader = {.verdict = fds[VERDICT], .process = -1};
	pid_t parent = getpid();
	reader.pid = confine_fork(&reader.process, &held);
	if (reader.pid == 0)
		be_reader(loop, order, fds, held, parent);
	if (reader.pid > 0) {
		for (int i = 0; i < VERDICT; i++) /* the text ends when the reader ends */
			close_quietly(fds[i]);
		loop->rows[loop->count++] = reader;
	} else {
		dprintf(fds[2], "no process can be made for the reader\n");
		close_all(fds);
	}
}

/* ---- its end --------------------------------------------------------------------------------------------------- */

static void give_up(Reader *reader)
{
	kill(-reader->pid, SIGKILL);
	kill(reader->pid, SIGKILL);
	close_quietly(reader->verdict);
	reader->verdict = -1;
}

static bool is_reader(const Loop *loop, pid_t pid)
{
	for (size_t i = 0; i < loop->count; i++)
		if (loop->rows[i].pid == pid)
			return true;
	return false;
}

/* Until no child is left that no row knows. There are none where a namespace or the list of calls holds. */
static void end_orphans(const Loop *loop)
{
	char path[64], text[4096];
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	for (bool found = true; found;) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
		close_quietly(fd);
		if (len <= 0)
			return;
		text[len] = 0;
		found = false;
		char *at = text;
		for (long pid; (pid = strtol(at, &at, 10)) > 0;)
			if (!is_reader(loop, (pid_t)pid)) {
				found = true;
				kill((pid_t)pid, SIGKILL);
				waitpid((pid_t)pid, NULL, 0);
			}
	}
}

/* The row's process has ended. Returns whether its verdict was told. */
static bool end_row(Loop *loop, size_t row)
{
	ExtractVerdict verdict = {.magic = EXTRACT_VERDICT_MAGIC};
	Reader reader = loop->rows[row];
	int status = 0;
	pid_t gone;
	kill(-reader.pid, SIGKILL);
	do
		gone = waitpid(reader.pid, &status, 0);
	while (gone < 0 && errno == EINTR);
	loop->rows[row] = loop->rows[--loop->count];
	end_orphans(loop);
	verdict.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	verdict.code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	bool is_told = gone == reader.pid && reader.verdict >= 0 &&
		       write(reader.verdict, &verdict, sizeof verdict) == (ssize_t)sizeof verdict;
	close_quietly(reader.verdict);
	close_quietly(reader.process);
	return is_told;
}

/* ---- orders ---------------------------------------------------------------------------------------------------- */

/* False: no more will come. An order without its descriptors is none. */
static bool take_order(Loop *loop)
{
	union {
		char bytes[CMSG_SPACE(ORDER_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	ExtractOrder order;
	int fds[ORDER_FDS];
	struct iovec part = {&order, sizeof order};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes};
	message.msg_controllen = sizeof control.bytes;
	ssize_t got = recvmsg(loop->socket, &message, MSG_CMSG_CLOEXEC);
	if (got <= 0)
		return got < 0 && (errno == EINTR || errno == EAGAIN);
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	if (!head || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(sizeof fds))
		return false;
	memcpy(fds, CMSG_DATA(head), sizeof fds);
	order.word[sizeof order.word - 1] = 0;
	if (got == (ssize_t)sizeof order)
		start_reader(loop, &order, fds);
	else
		close_all(fds);
	return true;
}

/* What happened to the rows that were looked at; from the last, since a row that ends is filled with the last one. */
static bool look_at_rows(Loop *loop, const struct pollfd *seen, size_t count)
{
	bool all_told = true;
	for (size_t i = count; i-- > 0;) {
		if (seen[2 * i + 1].revents & (POLLERR | POLLHUP))
			give_up(&loop->rows[i]);
		if (seen[2 * i].revents)
			all_told = end_row(loop, i) && all_told;
	}
	return all_told;
}

/* Returns whether every verdict was told. */
static bool run_loop(Loop *loop)
{
	bool all_told = true;
	while (loop->socket >= 0 || loop->count > 0) {
		struct pollfd seen[2 * READERS_MAX + 1];
		size_t count = loop->count;
		for (size_t i = 0; i < count; i++) {
			seen[2 * i] = (struct pollfd){.fd = loop->rows[i].process, .events = POLLIN};
			seen[2 * i + 1] = (struct pollfd){.fd = loop->rows[i].verdict};
		}
		bool takes = loop->socket >= 0 && count < READERS_MAX;
		seen[2 * count] = (struct pollfd){.fd = takes ? loop->socket : -1, .events = POLLIN};
		if (poll(seen, 2 * count + 1, -1) < 0 && errno != EINTR)
			return false;
		all_told = look_at_rows(loop, seen, count) && all_told;
		if (seen[2 * count].revents && !take_order(loop)) {
			close_quietly(loop->socket);
			loop->socket = -1;
			for (size_t i = 0; i < loop->count; i++)
				give_up(&loop->rows[i]);
		}
	}
	return all_told;
}

static void prepare(void)
{
	unsetenv("LD_BIND_NOW");  /* it is not for programs that readers become */
	signal(SIGPIPE, SIG_IGN); /* nobody may want a verdict any more */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_DUMPABLE, 0);
}

int fork_loop_serve(int socket, ReadOrder *read)
{
	Loop loop = {.read = read, .socket = fcntl(socket, F_DUPFD_CLOEXEC, ORDER_FDS)};
	prepare();
	return loop.socket >= 0 && run_loop(&loop) ? 0 : 1;
}

int fork_loop_once(const ExtractOrder *order, ReadOrder *read)
{
	static const int fds[ORDER_FDS] = {0, 1, 2, EXTRACT_VERDICT_FD};
	Loop loop = {.read = read, .socket = -1};
	prepare();
	start_reader(&loop, order, fds);
	return loop.count == 1 && run_loop(&loop) ? 0 : 1;
}
