/* indexer/extract/child.c - the extracting process, which is the program started as `hoso extract WORD`: one document
 * in, its text out, then the process is gone.
 *
 * It limits itself before it reads a byte, and gives up the network: with libseccomp where it was built with it, else
 * by a network namespace of its own where the machine allows that. Then it runs the reader of that word; where that is
 * a program, it becomes the program, which inherits all of it. Nothing but the programs in readers.c is ever started.
 */
#include "indexer/extract/extract.h"

#include "base/file.h"
#include "indexer/extract/readers.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef HOSO_SECCOMP
#include <seccomp.h>
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 /* the sanitizers reserve terabytes of addresses */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static void limit(int resource, rlim_t value)
{
	struct rlimit now, wanted = {value, value};
	if (getrlimit((__rlimit_resource_t)resource, &now) == 0 && now.rlim_max != RLIM_INFINITY &&
	    now.rlim_max < value)
		wanted.rlim_cur = wanted.rlim_max = now.rlim_max;
	setrlimit((__rlimit_resource_t)resource, &wanted);
}

static void limit_resources(uint64_t cpu_seconds, uint64_t memory_mib)
{
	limit(RLIMIT_CPU, cpu_seconds);
	if (!SANITIZED)
		limit(RLIMIT_AS, memory_mib << 20);
	limit(RLIMIT_FSIZE, 0); /* it writes to a pipe, never to a file */
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, 64);
}

#ifdef HOSO_SECCOMP
static bool forbid_sockets(void)
{
	static const int calls[] = {SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind),
				    SCMP_SYS(listen), SCMP_SYS(sendto),     SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg)};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool ok = filter != NULL;
	for (size_t i = 0; ok && i < sizeof calls / sizeof calls[0]; i++)
		ok = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), calls[i], 0) == 0;
	ok = ok && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return ok;
}
#else
static bool forbid_sockets(void)
{
	return false;
}
#endif

static void give_up_network(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!forbid_sockets() && unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
		/* Neither is allowed here: the limits above and the lack of privileges must do. */
	}
}

static int become(const TextReader *reader, const char *const *argv)
{
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	fprintf(stderr, "%s can't be started; install %s\n", argv[0], reader->package);
	return 3;
}

static int read_here(const TextReader *reader)
{
	Err err;
	Buf text = {0};
	Status st = reader->read(0, &text, &err);
	if (st == ST_OK && !buf_ok(&text))
		st = err_no_memory(&err);
	if (st == ST_OK)
		st = file_write(1, text.data, text.len, "the text", &err);
	if (st != ST_OK)
		fprintf(stderr, "%s\n", err.text);
	buf_done(&text);
	return st == ST_OK ? 0 : 1;
}

static int print_usage(void)
{
	const char *between = "usage: extract ";
	for (int i = 0; i < READER_COUNT; i++) {
		const char *word = text_reader((FormatReader)i)->word;
		if (word)
			fprintf(stderr, "%s%s", between, word), between = "|";
	}
	fprintf(stderr, " [CPU-SECONDS [MEMORY-MIB]] < document > text\n");
	return 2;
}

int extract_main(int argc, char **argv)
{
	uint64_t cpu_seconds = EXTRACT_CPU_SECONDS, memory_mib = EXTRACT_MEMORY_MIB;
	Str word = argc > 1 ? str_from(argv[1]) : (Str){NULL, 0};
	Str version = STR("-version");
	bool wants_version = str_ends(word, version);
	if ((argc > 2 && !str_to_u64(str_from(argv[2]), &cpu_seconds)) ||
	    (argc > 3 && !str_to_u64(str_from(argv[3]), &memory_mib)))
		return print_usage();
	const TextReader *reader =
		text_reader_by_word(str_slice(word, 0, word.len - (wants_version ? version.len : 0)));
	if (!reader || (wants_version && !reader->version))
		return print_usage();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	limit_resources(cpu_seconds, memory_mib);
	give_up_network();
	if (wants_version)
		return become(reader, reader->version);
	return reader->program ? become(reader, reader->program) : read_here(reader);
}
