/* indexer/extract/process.c - one document, one process: posix_spawn, so that a program with threads and much memory
 * starts another cheaply; what posix_spawn has no words for (limits, network) the new process does to itself first. Its
 * output and its messages are read as they come, until both pipes are closed, a limit is reached or time is up. */
#include "indexer/extract/process.h"

#include "base/file.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

void process_result_done(ProcessResult *result)
{
	buf_done(&result->out);
}

/* Only what the extractors need to know: messages in English, a fixed path. */
static char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "HOME=/nonexistent", NULL};

static Status spawn(const char *word, int stdin_fd, int out_fd, int err_fd, const ExtractLimits *limits, pid_t *pid,
		    Err *err)
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
	posix_spawn_file_actions_adddup2(&files, out_fd, 1);
	posix_spawn_file_actions_adddup2(&files, err_fd, 2);
	posix_spawn_file_actions_addclosefrom_np(&files, 3);
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
	struct pollfd pipes[2]; /* out, err */
	char message[512];
	size_t message_len;
} Collector;

static void close_pipe(struct pollfd *p)
{
	close_quietly(p->fd);
	p->fd = -1;
}

/* True while the pipe is open. */
static bool read_out(Collector *c, ProcessResult *result, size_t limit)
{
	enum { STEP_BYTES = 64 << 10 };
	if (!buf_reserve(&result->out, STEP_BYTES))
		return false;
	ssize_t got = read(c->pipes[0].fd, result->out.data + result->out.len, STEP_BYTES);
	if (got < 0)
		return errno == EINTR || errno == EAGAIN;
	result->out.len += (size_t)got;
	if (result->out.len > limit)
		result->end = PROCESS_KILLED_OUTPUT;
	return got > 0 && result->end == PROCESS_ENDED;
}

static bool read_message(Collector *c)
{
	char overflow[512];
	bool full = c->message_len == sizeof c->message;
	ssize_t got = full ? read(c->pipes[1].fd, overflow, sizeof overflow)
			   : read(c->pipes[1].fd, c->message + c->message_len, sizeof c->message - c->message_len);
	if (got > 0 && !full)
		c->message_len += (size_t)got;
	return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
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

static void collect(Collector *c, const ExtractLimits *limits, const Deadline *own, const Deadline *until,
		    ProcessResult *result)
{
	enum { LOOK_MS = 20 }; /* a flag wakes nobody */
	while ((c->pipes[0].fd >= 0 || c->pipes[1].fd >= 0) && may_go_on(own, until, result)) {
		unsigned wait_ms = deadline_left_ms(own, deadline_left_ms(until, LOOK_MS));
		if (poll(c->pipes, 2, (int)wait_ms) < 0 && errno != EINTR)
			return;
		if (c->pipes[0].fd >= 0 && c->pipes[0].revents && !read_out(c, result, limits->text_bytes))
			close_pipe(&c->pipes[0]);
		if (c->pipes[1].fd >= 0 && c->pipes[1].revents && !read_message(c))
			close_pipe(&c->pipes[1]);
	}
}

static void keep_message(const Collector *c, ProcessResult *result)
{
	Str text = str_trim((Str){c->message, c->message_len});
	text = str_slice(text, 0, utf8_valid_prefix(text));
	snprintf(result->message, sizeof result->message, "%.*s", (int)utf8_cut(text, sizeof result->message - 1),
		 text.ptr);
}

/* The process has closed its pipes and should end at once; at the deadline it is killed, with all that it started. */
static void wait_for(pid_t pid, const Deadline *own, const Deadline *until, ProcessResult *result)
{
	int status = 0;
	pid_t gone = 0;
	while (may_go_on(own, until, result) && (gone = waitpid(pid, &status, WNOHANG)) == 0)
		usleep(500);
	if (gone == 0) {
		kill(-pid, SIGKILL);
		do
			gone = waitpid(pid, &status, 0);
		while (gone < 0 && errno == EINTR);
	}
	if (gone < 0)
		return;
	if (WIFSIGNALED(status)) {
		result->code = WTERMSIG(status);
		if (result->end == PROCESS_ENDED)
			result->end = PROCESS_DIED;
	} else {
		result->code = WEXITSTATUS(status);
	}
}

Status process_extract(const char *word, int stdin_fd, const ExtractLimits *limits, const Deadline *until,
		       ProcessResult *out, Err *err)
{
	int out_pipe[2] = {-1, -1}, err_pipe[2] = {-1, -1};
	Collector c = {0};
	ProcessResult result = {0};
	pid_t pid;
	Status st;
	if (pipe2(out_pipe, O_CLOEXEC) != 0 || pipe2(err_pipe, O_CLOEXEC) != 0) {
		st = err_errno(err, errno, "make a pipe");
		goto done;
	}
	st = spawn(word, stdin_fd, out_pipe[1], err_pipe[1], limits, &pid, err);
	if (st != ST_OK)
		goto done;
	close_quietly(out_pipe[1]);
	close_quietly(err_pipe[1]);
	out_pipe[1] = err_pipe[1] = -1;
	c.pipes[0] = (struct pollfd){.fd = out_pipe[0], .events = POLLIN};
	c.pipes[1] = (struct pollfd){.fd = err_pipe[0], .events = POLLIN};
	out_pipe[0] = err_pipe[0] = -1;
	Deadline own = deadline_in(limits->wall_ms, NULL);
	collect(&c, limits, &own, until, &result);
	wait_for(pid, &own, until, &result);
	keep_message(&c, &result);
	close_pipe(&c.pipes[0]);
	close_pipe(&c.pipes[1]);
	if (!buf_ok(&result.out))
		st = err_no_memory(err);
done:
	for (size_t i = 0; i < 2; i++) {
		close_quietly(out_pipe[i]);
		close_quietly(err_pipe[i]);
	}
	if (st != ST_OK) {
		process_result_done(&result);
		return st;
	}
	*out = result;
	return ST_OK;
}
