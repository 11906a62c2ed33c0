/* cli/cli.c - opening what a command works on, and ending it with a sentence and an exit code.
 *
 * A command that asks the index first brings it up to date: an ingest that was killed may have left records behind that
 * the index does not know. Where another process follows the log already, that one is waited for.
 */
#include "cli/cli.h"

#include "store/care/destroy.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CATCH_UP_MS = 30000 };

Stop cli_stop;

/* ---- signals --------------------------------------------------------------------------------------------------- */

enum { EXIT_SIGNALLED = 128 };

static volatile sig_atomic_t caught; /* the signal; 0: none */
static volatile sig_atomic_t is_cooperative;

static const char interrupted[] =
	"hoso: đã bị ngắt; những gì đã báo là xong thì đã xong, chạy lại lệnh này là làm tiếp\n"
	"hoso: interrupted; what was reported as done is done, the same command again goes on\n";

static void on_stop(int signal_number)
{
	if (is_cooperative && !caught) {
		caught = signal_number;
		stop_raise(&cli_stop);
		return;
	}
	ssize_t ignored = write(STDERR_FILENO, interrupted, sizeof interrupted - 1);
	(void)ignored;
	_exit(EXIT_SIGNALLED + signal_number);
}

void cli_begin_signals(void)
{
	struct sigaction action = {.sa_handler = on_stop};
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	struct sigaction before; /* nohup stays what it is */
	if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler == SIG_DFL)
		sigaction(SIGHUP, &action, NULL);
}

void cli_catch_stop(void)
{
	is_cooperative = true;
}

int cli_end(const CliCommand *command, int code)
{
	if (!caught || command->runs_until_stopped)
		return code;
	fputs(interrupted, stderr);
	return EXIT_SIGNALLED + caught;
}

/* ---- ending ---------------------------------------------------------------------------------------------------- */

static int exit_code_of(Status status)
{
	switch (status) {
	case ST_OK:
		return EXIT_DONE;
	case ST_NOT_FOUND:
		return EXIT_NO;
	case ST_INVALID:
	case ST_LIMIT:
	case ST_UNSUPPORTED:
	case ST_CONFLICT:
	case ST_FORBIDDEN:
	case ST_BUSY:
	case ST_READ_ONLY:
	case ST_NO_SPACE:
	case ST_CORRUPT:
	case ST_IO:
	case ST_NO_MEMORY:
	case ST_INTERNAL:
	case ST_COUNT:
		break;
	}
	return EXIT_FAILED;
}

int cli_fail(const Err *err)
{
	fprintf(stderr, "hoso: %s\n", err->text);
	return exit_code_of(err->code);
}

void cli_warn_degraded(void)
{
	fputs("hoso: part of the index is damaged or not built yet: records may be missing here (hoso reindex builds "
	      "it "
	      "anew)\n",
	      stderr);
}

int cli_usage(const char *message)
{
	fprintf(stderr, "hoso: %s\n", message);
	return EXIT_USAGE;
}

/* Where the index can't be brought up to date, the answer comes from what it has, and a line says so. */
static void catch_up(Store *store, Index *index)
{
	Err err = {0};
	IndexState now;
	uint64_t goal = store_tree_size(store);
	index_state(index, &now);
	if (now.position >= goal)
		return;
	if (index_follower_start(index, &err) == ST_OK && index_wait(index, goal, CATCH_UP_MS, &err) == ST_OK) {
		index_follower_stop(index);
		return;
	}
	index_follower_stop(index);
	index_state(index, &now);
	fprintf(stderr, "hoso: %" PRIu64 " records are not searchable yet: %s\n", goal - now.position, err.text);
}

int cli_open_index(const CliArgs *args, Store *store, Index **index_out)
{
	Err err = {0};
	if (index_open(index_out, store, &(IndexOptions){.check_shards = true}, &err) != ST_OK) {
		cli_fail(&err);
		return EXIT_FAILED;
	}
	if (args->wait_for_index)
		catch_up(store, *index_out);
	return EXIT_DONE;
}

/* Another process may be at it: ST_BUSY is no failure. */
void cli_carry_on_destruction(Store *store)
{
	DestructionReport report;
	Err err;
	if (!store_destroy_is_pending(store))
		return;
	Status st = store_destroy_resume(store, &report, &err);
	if (st == ST_OK)
		fputs("hoso: a destruction that was interrupted was carried to its end\n", stderr);
	else if (st != ST_BUSY)
		fprintf(stderr, "hoso: a destruction was interrupted and could not be carried on: %s\n", err.text);
}

int cli_open(const CliArgs *args, Store **store_out, Index **index_out)
{
	Err err = {0};
	Status st = store_open(store_out, args->archive, &err);
	if (st == ST_NOT_FOUND) {
		fprintf(stderr, "hoso: no archive at %s (hoso -a %s init makes one; hoso ingest does it too)\n",
			args->archive, args->archive);
		return EXIT_FAILED;
	}
	if (st != ST_OK) {
		cli_fail(&err);
		return EXIT_FAILED;
	}
	if (args->writes)
		cli_carry_on_destruction(*store_out);
	if (index_out && cli_open_index(args, *store_out, index_out) != EXIT_DONE) {
		store_close(*store_out);
		*store_out = NULL;
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

void cli_close(Store *store, Index *index)
{
	index_close(index);
	store_close(store);
}

int cli_print(Buf *text, int exit_code)
{
	bool ok = buf_ok(text) && fwrite(text->data ? text->data : "", 1, text->len, stdout) == text->len &&
		  putchar('\n') != EOF && fflush(stdout) == 0;
	buf_done(text);
	if (ok)
		return exit_code;
	fprintf(stderr, "hoso: could not write the answer\n");
	return EXIT_FAILED;
}
