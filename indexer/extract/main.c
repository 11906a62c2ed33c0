/* indexer/extract/main.c - the hidden verb `extract`: one document in, its text out, then the process is gone.
 *
 * It limits itself before it reads a byte, and gives up the network: with libseccomp where it was built with it, else
 * by a network namespace of its own where the machine allows that. A PDF is handed on to pdftotext, which inherits all
 * of it. */
#include "indexer/extract/extract.h"

#include "base/file.h"

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

static int run_pdftotext(void)
{
	/* By its path, not as "-": pdftotext would copy standard input into memory. Page breaks stay: they number the
	 * pages. */
	execlp("pdftotext", "pdftotext", "-enc", "UTF-8", "-eol", "unix", "/proc/self/fd/0", "-", (char *)NULL);
	fprintf(stderr, "pdftotext can't be started; install poppler-utils\n");
	return 3;
}

static int run_here(DocKind kind)
{
	Err err;
	Buf text = {0};
	char reason[200] = "";
	int code = 0;
	bool ok = kind == DOC_HTML ? extract_html(0, &text, reason) : extract_office(0, kind, &text, reason);
	if (ok && !buf_ok(&text)) {
		snprintf(reason, sizeof reason, "out of memory");
		ok = false;
	}
	if (ok && file_write(1, text.data, text.len, "the text", &err) != ST_OK) {
		snprintf(reason, sizeof reason, "%.190s", err.text);
		ok = false;
	}
	if (!ok) {
		fprintf(stderr, "%s\n", reason);
		code = 1;
	}
	buf_done(&text);
	return code;
}

int extract_main(int argc, char **argv)
{
	uint64_t cpu_seconds = EXTRACT_CPU_SECONDS, memory_mib = EXTRACT_MEMORY_MIB;
	const char *kind = argc > 1 ? argv[1] : "";
	if ((argc > 2 && !str_to_u64(str_from(argv[2]), &cpu_seconds)) ||
	    (argc > 3 && !str_to_u64(str_from(argv[3]), &memory_mib))) {
		fprintf(stderr, "usage: extract pdf|html|docx|odt|xlsx [CPU-SECONDS [MEMORY-MIB]] < document > text\n");
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	limit_resources(cpu_seconds, memory_mib);
	give_up_network();
	if (strcmp(kind, "pdf") == 0)
		return run_pdftotext();
	if (strcmp(kind, "pdf-version") == 0) {
		execlp("pdftotext", "pdftotext", "-v", (char *)NULL);
		return 3;
	}
	if (strcmp(kind, "html") == 0)
		return run_here(DOC_HTML);
	if (strcmp(kind, "docx") == 0)
		return run_here(DOC_DOCX);
	if (strcmp(kind, "odt") == 0)
		return run_here(DOC_ODT);
	if (strcmp(kind, "xlsx") == 0)
		return run_here(DOC_XLSX);
	fprintf(stderr, "unknown kind '%.40s'\n", kind);
	return 2;
}
