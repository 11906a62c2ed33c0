/* indexer/extract/child.c - the extracting process, which is the program started as `hoso extract WORD`: one document
 * in, its text out, then the process is gone.
 *
 *   hoso ── spawn ──▶ supervisor ── fork ──▶ reader: a function of ours, or the program it becomes
 *        ◀── verdict ──┘  ◀── it ended ──────┘   ── text ──▶ hoso
 *
 * The reader confines itself (confine.h) before it reads a byte. The supervisor reads nothing: it waits, ends whatever
 * the reader may have left behind, and says how the reader ended, on a descriptor that the reader does not have. So a
 * reader that dies, or does not speak, can't be taken for one that found no text; and a function of ours ends with a
 * code of its own, which no exit() in a library gives by chance. In a process namespace the reader is the first
 * process: with it the kernel ends all others. Nothing but the programs in readers.c is ever started. */
#include "indexer/extract/extract.h"

#include "base/file.h"
#include "indexer/extract/confine.h"
#include "indexer/extract/process.h"
#include "indexer/extract/readers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
	const TextReader *reader; /* NULL: tells what holds of the confinement */
	bool wants_version;
	unsigned page, width; /* of those that read or draw a page */
	uint64_t cpu_seconds, memory_mib;
} Order;

/* ---- the reader ------------------------------------------------------------------------------------------------ */

static int become(const TextReader *reader, const char *const *argv, const Order *order)
{
	enum { WORDS_MAX = 24 };
	const char *words[WORDS_MAX] = {NULL};
	char page[16], width[16];
	snprintf(page, sizeof page, "%u", order->page);
	snprintf(width, sizeof width, "%u", order->width);
	for (size_t i = 0; argv[i] && i + 1 < WORDS_MAX; i++)
		words[i] = strcmp(argv[i], READER_PAGE) == 0    ? page
			   : strcmp(argv[i], READER_WIDTH) == 0 ? width
								: argv[i];
	execvp(argv[0], (char *const *)(uintptr_t)words);
	dprintf(2, "%s can't be started; install %s\n", argv[0], reader->package);
	return 3;
}

static int serve(const TextReader *reader)
{
	Err err;
	Status st = reader->serve(0, 1, &err);
	if (st != ST_OK)
		dprintf(2, "%s\n", err.text);
	return st == ST_OK ? EXTRACT_READ : 1;
}

static int read_here(const TextReader *reader, const Order *order)
{
	Err err;
	Buf text = {0};
	Status st = reader->read_page ? reader->read_page(0, order->page, order->width, &text, &err)
				      : reader->read(0, &text, &err);
	if (st == ST_OK && !buf_ok(&text))
		st = err_no_memory(&err);
	if (st == ST_OK)
		st = file_write(1, text.data, text.len, "the text", &err);
	if (st != ST_OK)
		dprintf(2, "%s\n", err.text);
	buf_done(&text);
	return st == ST_OK ? EXTRACT_READ : st == ST_NOT_FOUND && reader->otherwise ? EXTRACT_NOT_MINE : 1;
}

static int tell_layers(ConfinedLayers held)
{
	dprintf(1, "%u\n", held);
	return EXTRACT_READ;
}

static int be_reader(const Order *order, ConfinedLayers namespaces)
{
	const TextReader *reader = order->reader;
	bool is_program = reader && (reader->program || order->wants_version);
	ConfinedLayers held = confine_files(namespaces);
	held |= confine_calls(is_program);
	if (!reader)
		return tell_layers(held);
	if (order->wants_version)
		return become(reader, reader->version, order);
	if (reader->serve)
		return serve(reader);
	return reader->program ? become(reader, reader->program, order) : read_here(reader, order);
}

/* ---- the supervisor -------------------------------------------------------------------------------------------- */

/* Children of the reader that outlived it are ours now. Where a namespace or the list of calls holds there are none. */
static void end_orphans(void)
{
	char path[64], text[4096];
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	while (waitpid(-1, NULL, WNOHANG) == 0) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
		close_quietly(fd);
		if (len <= 0)
			return;
		text[len] = 0;
		char *at = text;
		for (long pid; (pid = strtol(at, &at, 10)) > 0;)
			kill((pid_t)pid, SIGKILL);
	}
}

/* Only the pipe to hoso stays: the text ends when the reader ends. */
static void close_text_pipes(void)
{
	for (int fd = 0; fd < EXTRACT_VERDICT_FD; fd++)
		close(fd);
}

static int supervise(pid_t reader)
{
	ExtractVerdict verdict = {.magic = EXTRACT_VERDICT_MAGIC};
	int status = 0;
	pid_t gone;
	do
		gone = waitpid(reader, &status, 0);
	while (gone < 0 && errno == EINTR);
	end_orphans();
	if (gone < 0)
		return 1;
	verdict.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	verdict.code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	return write(EXTRACT_VERDICT_FD, &verdict, sizeof verdict) == (ssize_t)sizeof verdict ? 0 : 1;
}

static int run(const Order *order)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	confine_resources(order->cpu_seconds, order->memory_mib);
	ConfinedLayers namespaces = confine_namespaces();
	pid_t supervisor = getpid(), reader = fork();
	if (reader < 0) {
		dprintf(2, "no process can be made for the reader\n");
		return 1;
	}
	if (reader > 0) {
		prctl(PR_SET_DUMPABLE, 0);
		close_text_pipes();
		return supervise(reader);
	}
	close(EXTRACT_VERDICT_FD);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != supervisor && getppid() != 0) /* it died meanwhile; 0: it is outside our namespace */
		return 1;
	return be_reader(order, namespaces);
}

static int print_usage(void)
{
	const char *between = "usage: extract ";
	for (int i = 0; i < READER_COUNT; i++) {
		const char *word = text_reader((FormatReader)i)->word;
		if (word)
			fprintf(stderr, "%s%s", between, word), between = "|";
	}
	fprintf(stderr, "|confinement [CPU-SECONDS [MEMORY-MIB]] < document > text 3> verdict\n");
	return 2;
}

/* "pdf-page:3", "pdf-view:3:1000": *word is what stands before. */
static bool read_numbers(Str *word, Order *order)
{
	unsigned *numbers[] = {&order->page, &order->width};
	Str rest = *word, part;
	if (!str_split(&rest, ':', word))
		return false;
	for (size_t i = 0; i < 2 && rest.ptr; i++) {
		uint64_t number;
		if (!str_split(&rest, ':', &part) || !str_to_u64(part, &number) || number > 1000000)
			return false;
		*numbers[i] = (unsigned)number;
	}
	return !rest.ptr;
}

int extract_main(int argc, char **argv)
{
	Order order = {.cpu_seconds = EXTRACT_CPU_SECONDS, .memory_mib = EXTRACT_MEMORY_MIB};
	Str word = argc > 1 ? str_from(argv[1]) : (Str){NULL, 0};
	Str version = STR("-version");
	order.wants_version = str_ends(word, version);
	if ((argc > 2 && !str_to_u64(str_from(argv[2]), &order.cpu_seconds)) ||
	    (argc > 3 && !str_to_u64(str_from(argv[3]), &order.memory_mib)))
		return print_usage();
	if (!read_numbers(&word, &order))
		return print_usage();
	order.reader = text_reader_by_word(str_slice(word, 0, word.len - (order.wants_version ? version.len : 0)));
	if (!order.reader && !str_eq(word, STR("confinement")))
		return print_usage();
	if (order.wants_version && !order.reader->version)
		return print_usage();
	return run(&order);
}
