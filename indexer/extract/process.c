/* indexer/extract/process.c - one document, one process: posix_spawn, so that a program with threads and much memory
 * starts another cheaply; what posix_spawn has no words for (limits, namespaces) the new process does to itself first.
 * Its text and its messages are read as they come, until its verdict is there, a limit is reached or time is up. */
#include "indexer/extract/process.h"

#include "base/file.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

void process_result_done(ProcessResult *result)
{
	buf_done(&result->out);
}

enum { PIPE_TEXT, PIPE_MESSAGE, PIPE_VERDICT, PIPE_COUNT };

/* Only what the extractors need to know: messages in English, a fixed path. */
static char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "HOME=/nonexistent",
				    "OMP_THREAD_LIMIT=1", /* one thread a recogniser: cores are shared out elsewhere */
				    /* a leak is looked for with ptrace, which is forbidden there */
				    "ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1", NULL};

static Status spawn(const char *word, int stdin_fd, const int theirs[PIPE_COUNT], const ExtractLimits *limits,
		    pid_t *pid, Err *err)
{
	char cpu[16], memory[16];
	char *argv[] = {"hoso", "extract", (char *)word, cpu, memory, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, defaults;
	snprintf(cpu, sizeof cpu, "%u", limits->cpu_seconds);
	snprintf(memory, sizeof memory, "%u", limits->memory_mib);
	sigemptyset(&none);
	sigfillset(&defaults);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	if (stdin_fd >= 0)
		posix_spawn_file_actions_adddup2(&files, stdin_fd, 0);
	else
		posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, theirs[PIPE_TEXT], 1);
	posix_spawn_file_actions_adddup2(&files, theirs[PIPE_MESSAGE], 2);
	posix_spawn_file_actions_adddup2(&files, theirs[PIPE_VERDICT], EXTRACT_VERDICT_FD);
	posix_spawn_file_actions_addclosefrom_np(&files, EXTRACT_VERDICT_FD + 1);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setpgroup(&attributes, 0); /* its own group: all of it can be ended */
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	int code = posix_spawn(pid, "/proc/self/exe", &files, &attributes, argv, environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return code == 0 ? ST_OK : err_errno(err, code, "start the extractor");
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

/* The supervisor has ended, or is killed with its group; the reader dies with it. */
static void end_process(pid_t pid, const Collector *c, ProcessResult *result)
{
	int status = 0;
	pid_t gone;
	kill(-pid, SIGKILL);
	do
		gone = waitpid(pid, &status, 0);
	while (gone < 0 && errno == EINTR);
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
		if (ends[1] < PIPE_COUNT + 1) { /* dup2 in the new process must not fall on another's number */
			theirs[i] = fcntl(ends[1], F_DUPFD_CLOEXEC, PIPE_COUNT + 1);
			close(ends[1]);
			if (theirs[i] < 0)
				return err_errno(err, errno, "make a pipe");
		}
	}
	return ST_OK;
}

Status process_extract(const char *word, int stdin_fd, const ExtractLimits *limits, const Deadline *until,
		       ProcessResult *out, Err *err)
{
	int ours[PIPE_COUNT] = {-1, -1, -1}, theirs[PIPE_COUNT] = {-1, -1, -1};
	Collector c = {0};
	ProcessResult result = {0};
	pid_t pid;
	Status st = make_pipes(ours, theirs, err);
	if (st == ST_OK)
		st = spawn(word, stdin_fd, theirs, limits, &pid, err);
	for (int i = 0; i < PIPE_COUNT; i++) {
		close_quietly(theirs[i]);
		c.pipes[i] = (struct pollfd){.fd = ours[i], .events = POLLIN};
	}
	if (st == ST_OK) {
		Deadline own = deadline_in(limits->wall_ms, NULL);
		collect(&c, limits, &own, until, &result);
		end_process(pid, &c, &result);
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

/* ---- a process that is talked to ------------------------------------------------------------------------------- */

Status process_talk_begin(const char *word, const ExtractLimits *limits, ProcessTalk *out, Err *err)
{
	int ours[PIPE_COUNT] = {-1, -1, -1}, theirs[PIPE_COUNT] = {-1, -1, -1}, ends[2] = {-1, -1};
	pid_t pid;
	Status st = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0
			    ? ST_OK
			    : err_errno(err, errno, "make a socket");
	if (st == ST_OK)
		st = make_pipes(ours, theirs, err);
	if (st == ST_OK)
		st = spawn(word, ends[1], theirs, limits, &pid, err);
	close_quietly(ends[1]);
	for (int i = 0; i < PIPE_COUNT; i++)
		close_quietly(theirs[i]);
	if (st == ST_OK) {
		*out = (ProcessTalk){ends[0], ours[PIPE_TEXT], ours[PIPE_MESSAGE], ours[PIPE_VERDICT], pid};
		return ST_OK;
	}
	close_quietly(ends[0]);
	for (int i = 0; i < PIPE_COUNT; i++)
		close_quietly(ours[i]);
	return st;
}

void process_talk_end(ProcessTalk *talk)
{
	enum { GRACE_MS = 1000 };
	struct pollfd verdict = {.fd = talk->verdict_fd, .events = POLLIN};
	int status;
	close_quietly(talk->in_fd);
	poll(&verdict, 1, GRACE_MS);
	kill(-talk->pid, SIGKILL);
	while (waitpid(talk->pid, &status, 0) < 0 && errno == EINTR) {
		/* a signal came */
	}
	close_quietly(talk->out_fd);
	close_quietly(talk->message_fd);
	close_quietly(talk->verdict_fd);
}
