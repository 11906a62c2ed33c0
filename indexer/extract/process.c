/* indexer/extract/process.c - one document, one process, forked by the fork server (fork_server.h). Its text and its
 * messages are read as they come, until its verdict is there, a limit is reached or time is up. */
#include "indexer/extract/process.h"

#include "base/file.h"
#include "base/utf8.h"
#include "indexer/extract/fork_server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

void process_result_done(ProcessResult *result)
{
	buf_done(&result->out);
}

enum { PIPE_TEXT, PIPE_MESSAGE, PIPE_VERDICT, PIPE_COUNT };

/* stdin_fd -1: a document of no bytes. */
static Status order(const char *word, int stdin_fd, const int theirs[PIPE_COUNT], const ExtractLimits *limits,
		    unsigned *server_out, Err *err)
{
	int nothing = stdin_fd < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
	int fds[ORDER_FDS] = {stdin_fd < 0 ? nothing : stdin_fd, theirs[PIPE_TEXT], theirs[PIPE_MESSAGE],
			      theirs[PIPE_VERDICT]};
	Status st = fds[0] < 0 ? err_errno(err, errno, "open /dev/null")
			       : fork_server_order(word, limits, fds, server_out, err);
	close_quietly(nothing);
	return st;
}

typedef struct {
	struct pollfd pipes[PIPE_COUNT];
	char message[512];
	size_t message_len;
	ExtractVerdict verdict;
	bool has_verdict;
} Collector;

static void close_pipe(struct pollfd *p)
{
	close_quietly(p->fd);
	p->fd = -1;
}

static bool is_open(ssize_t got)
{
	return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

static bool read_text(Collector *c, ProcessResult *result, size_t limit)
{
	enum { STEP_BYTES = 64 << 10 };
	if (!buf_reserve(&result->out, STEP_BYTES))
		return false;
	ssize_t got = read(c->pipes[PIPE_TEXT].fd, result->out.data + result->out.len, STEP_BYTES);
	if (got > 0)
		result->out.len += (size_t)got;
	if (result->out.len > limit)
		result->end = PROCESS_KILLED_OUTPUT;
	return is_open(got) && result->end == PROCESS_ENDED;
}

static bool read_message(Collector *c)
{
	char overflow[512];
	bool full = c->message_len == sizeof c->message;
	ssize_t got =
		full ? read(c->pipes[PIPE_MESSAGE].fd, overflow, sizeof overflow)
		     : read(c->pipes[PIPE_MESSAGE].fd, c->message + c->message_len, sizeof c->message - c->message_len);
	if (got > 0 && !full)
		c->message_len += (size_t)got;
	return is_open(got);
}

/* It comes in one piece: it is smaller than what a pipe takes at once. */
static bool read_verdict(Collector *c)
{
	ssize_t got = read(c->pipes[PIPE_VERDICT].fd, &c->verdict, sizeof c->verdict);
	c->has_verdict = got == (ssize_t)sizeof c->verdict && c->verdict.magic == EXTRACT_VERDICT_MAGIC;
	return got < 0 && (errno == EINTR || errno == EAGAIN);
}

/* Reads what has come on a pipe; the pipe is closed at its end. */
static void read_pipe(Collector *c, int which, ProcessResult *result, size_t limit)
{
	bool open = which == PIPE_TEXT      ? read_text(c, result, limit)
		    : which == PIPE_MESSAGE ? read_message(c)
					    : read_verdict(c);
	if (!open)
		close_pipe(&c->pipes[which]);
}

/* Whether it may go on; else result->end says what ends it. */
static bool may_go_on(const Deadline *own, const Deadline *until, ProcessResult *result)
{
	if (result->end == PROCESS_ENDED && deadline_passed(until))
		result->end = PROCESS_GIVEN_UP;
	else if (result->end == PROCESS_ENDED && deadline_passed(own))
		result->end = PROCESS_KILLED_TIME;
	return result->end == PROCESS_ENDED;
}

/* Until the verdict is there, or its pipe is closed without one; then what is left in the other pipes, without waiting
 * for whoever may still hold them. */
static void collect(Collector *c, const ExtractLimits *limits, const Deadline *own, const Deadline *until,
		    ProcessResult *result)
{
	enum { LOOK_MS = 20 }; /* a flag wakes nobody */
	while (may_go_on(own, until, result)) {
		bool ended = c->pipes[PIPE_VERDICT].fd < 0;
		unsigned wait_ms = ended ? 0 : deadline_left_ms(own, deadline_left_ms(until, LOOK_MS));
		int ready = poll(c->pipes, PIPE_COUNT, (int)wait_ms);
		if ((ready < 0 && errno != EINTR) || (ended && ready == 0))
			return;
		for (int i = 0; i < PIPE_COUNT && ready > 0; i++)
			if (c->pipes[i].fd >= 0 && c->pipes[i].revents)
				read_pipe(c, i, result, limits->text_bytes);
	}
}

static void keep_message(const Collector *c, ProcessResult *result)
{
	Str text = str_trim((Str){c->message, c->message_len});
	text = str_slice(text, 0, utf8_valid_prefix(text));
	snprintf(result->message, sizeof result->message, "%.*s", (int)utf8_cut(text, sizeof result->message - 1),
		 text.ptr ? text.ptr : "");
}

static void judge(const Collector *c, ProcessResult *result)
{
	if (result->end != PROCESS_ENDED)
		return;
	if (!c->has_verdict) {
		result->end = PROCESS_SILENT;
	} else if (c->verdict.signal) {
		result->end = PROCESS_DIED;
		result->code = c->verdict.signal;
	} else {
		result->code = c->verdict.code;
	}
}

static Status make_pipes(int ours[PIPE_COUNT], int theirs[PIPE_COUNT], Err *err)
{
	for (int i = 0; i < PIPE_COUNT; i++) {
		int ends[2];
		if (pipe2(ends, O_CLOEXEC) != 0)
			return err_errno(err, errno, "make a pipe");
		ours[i] = ends[0];
		theirs[i] = ends[1];
	}
	return ST_OK;
}

/* Closing the pipe of the verdict ends the process, if it has not ended. */
static Status extract_once(const char *word, int stdin_fd, const ExtractLimits *limits, const Deadline *until,
			   unsigned *server_out, ProcessResult *out, Err *err)
{
	int ours[PIPE_COUNT] = {-1, -1, -1}, theirs[PIPE_COUNT] = {-1, -1, -1};
	Collector c = {0};
	ProcessResult result = {0};
	Status st = make_pipes(ours, theirs, err);
	if (st == ST_OK)
		st = order(word, stdin_fd, theirs, limits, server_out, err);
	for (int i = 0; i < PIPE_COUNT; i++) {
		close_quietly(theirs[i]);
		c.pipes[i] = (struct pollfd){.fd = ours[i], .events = POLLIN};
	}
	if (st == ST_OK) {
		Deadline own = deadline_in(limits->wall_ms, NULL);
		collect(&c, limits, &own, until, &result);
		judge(&c, &result);
		keep_message(&c, &result);
		if (!buf_ok(&result.out))
			st = err_no_memory(err);
	}
	for (int i = 0; i < PIPE_COUNT; i++)
		close_pipe(&c.pipes[i]);
	if (st != ST_OK) {
		process_result_done(&result);
		return st;
	}
	*out = result;
	return ST_OK;
}

/* A fork server that died says nothing of the document: it is read once more, by the next one. */
Status process_extract(const char *word, int stdin_fd, const ExtractLimits *limits, const Deadline *until,
		       ProcessResult *out, Err *err)
{
	unsigned server;
	Status st = extract_once(word, stdin_fd, limits, until, &server, out, err);
	if (st != ST_OK || out->end != PROCESS_SILENT || !fork_server_is_lost(server))
		return st;
	if (stdin_fd >= 0 && lseek(stdin_fd, 0, SEEK_SET) < 0)
		return st;
	process_result_done(out);
	return extract_once(word, stdin_fd, limits, until, &server, out, err);
}

/* ---- a process that is talked to ------------------------------------------------------------------------------- */

Status process_talk_begin(const char *word, const ExtractLimits *limits, ProcessTalk *out, Err *err)
{
	int ours[PIPE_COUNT] = {-1, -1, -1}, theirs[PIPE_COUNT] = {-1, -1, -1}, ends[2] = {-1, -1};
	unsigned server;
	Status st = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0
			    ? ST_OK
			    : err_errno(err, errno, "make a socket");
	if (st == ST_OK)
		st = make_pipes(ours, theirs, err);
	if (st == ST_OK)
		st = order(word, ends[1], theirs, limits, &server, err);
	close_quietly(ends[1]);
	for (int i = 0; i < PIPE_COUNT; i++)
		close_quietly(theirs[i]);
	if (st == ST_OK) {
		*out = (ProcessTalk){ends[0], ours[PIPE_TEXT], ours[PIPE_MESSAGE], ours[PIPE_VERDICT]};
		return ST_OK;
	}
	close_quietly(ends[0]);
	for (int i = 0; i < PIPE_COUNT; i++)
		close_quietly(ours[i]);
	return st;
}

void process_talk_kill(ProcessTalk *talk)
{
	close_quietly(talk->verdict_fd);
	talk->verdict_fd = -1;
}

void process_talk_end(ProcessTalk *talk)
{
	enum { GRACE_MS = 1000 };
	struct pollfd verdict = {.fd = talk->verdict_fd, .events = POLLIN};
	close_quietly(talk->in_fd);
	if (verdict.fd >= 0)
		poll(&verdict, 1, GRACE_MS);
	close_quietly(talk->out_fd);
	close_quietly(talk->message_fd);
	close_quietly(talk->verdict_fd);
}
