/* indexer/extract/confine_calls.c - no privileges, no new processes, and a list of the system calls that are allowed.
 *
 * The list is what reading a document takes: memory, time, files that are opened to be read, and bytes in and out. All
 * else answers EPERM, which programs survive: sockets, processes, signals to others, io_uring, ptrace, bpf, namespaces,
 * anything that makes, moves or changes a file. A descriptor is opened with reading flags only, and fcntl can neither
 * lock nor have signals sent. */
#include "indexer/extract/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef HOSO_SECCOMP
#include <seccomp.h>

/* By name: some exist on one kind of processor only. */
static const char *const allowed[] = {
	/* bytes in and out */
	"read",
	"pread64",
	"readv",
	"preadv",
	"write",
	"writev",
	"lseek",
	"_llseek",
	"close",
	"dup",
	/* what a file is */
	"fstat",
	"fstat64",
	"stat",
	"stat64",
	"lstat",
	"lstat64",
	"newfstatat",
	"fstatat64",
	"statx",
	"statfs",
	"fstatfs",
	"access",
	"faccessat",
	"faccessat2",
	"readlink",
	"readlinkat",
	"getdents64",
	"getcwd",
	"fadvise64",
	/* memory */
	"brk",
	"mmap",
	"mmap2",
	"munmap",
	"mprotect",
	"mremap",
	"madvise",
	/* itself */
	"arch_prctl",
	"set_tid_address",
	"set_robust_list",
	"rseq",
	"futex",
	"futex_time64",
	"rt_sigaction",
	"rt_sigprocmask",
	"rt_sigreturn",
	"sigaltstack",
	"restart_syscall",
	"exit",
	"exit_group",
	"getpid",
	"gettid",
	"getppid",
	"getuid",
	"geteuid",
	"getgid",
	"getegid",
	"getrlimit",
	"ugetrlimit",
	"prlimit64",
	"getrusage",
	"sched_getaffinity",
	"sched_yield",
	/* the machine */
	"uname",
	"sysinfo",
	"getrandom",
	"getcpu",
	"clock_gettime",
	"clock_gettime64",
	"clock_getres",
	"gettimeofday",
	"time",
	"nanosleep",
	"clock_nanosleep",
	"poll",
	"ppoll",
};

static bool allow_calls(scmp_filter_ctx filter)
{
	for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
		int call = seccomp_syscall_resolve_name(allowed[i]);
		if (call >= 0 && seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) != 0)
			return false;
	}
	return true;
}

/* With some arguments only. */
static bool allow_some(scmp_filter_ctx filter)
{
	static const int commands[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL};
	const scmp_datum_t writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
	bool ok = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
				   SCMP_A2(SCMP_CMP_MASKED_EQ, writing, 0)) == 0;
#ifdef __NR_open
	ok = ok &&
	     seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, writing, 0)) == 0;
#endif
	for (size_t i = 0; ok && i < sizeof commands / sizeof commands[0]; i++)
		ok = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
				      SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)commands[i])) == 0;
	return ok;
}

static bool restrict_calls(bool may_exec)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool ok = filter && allow_calls(filter) && allow_some(filter) &&
		  (!may_exec || seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(execve), 0) == 0) &&
		  seccomp_load(filter) == 0;
	seccomp_release(filter);
	return ok;
}
#else
static bool restrict_calls(bool may_exec)
{
	(void)may_exec;
	return false;
}
#endif

static bool drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}, {0}};
	for (int capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++) {
		/* until the kernel knows no further one, or we may drop none */
	}
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return syscall(SYS_capset, &header, none) == 0;
}

ConfinedLayers confine_calls(bool may_exec)
{
	const struct rlimit no_processes = {0, 0};
	ConfinedLayers held = drop_capabilities() ? 1u << LAYER_CAPABILITIES : 0;
	setrlimit(RLIMIT_NPROC, &no_processes);
	return held | (restrict_calls(may_exec) ? 1u << LAYER_CALLS : 0);
}
