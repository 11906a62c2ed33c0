/* indexer/extract/confine.c - resources, namespaces and privileges. Files: confine_files.c. System calls:
 * confine_calls.c.
 *
 * The user namespace comes first, since in it an ordinary user may make the others. It maps one user, "nobody" within,
 * to the one that runs us: as root, too, so that even then nothing inside has a privilege outside. Where user
 * namespaces are forbidden root makes the others without one. */
#include "indexer/extract/confine.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static const ConfinedLayerText layers[LAYER_COUNT] = {
	[LAYER_NO_NEW_PRIVILEGES] = {"no-new-privileges", "may start programs that gain privileges"},
	[LAYER_CAPABILITIES] = {"capabilities", "keeps the privileges of root"},
	[LAYER_USER] = {"user-namespace", "acts as the user that runs hoso"},
	[LAYER_PROCESSES] = {"process-namespace", "sees other processes; its children may outlive it"},
	[LAYER_MOUNTS] = {"mount-namespace", "sees the file system"},
	[LAYER_NETWORK] = {"network-namespace", "sees the machine's network"},
	[LAYER_LANDLOCK] = {"landlock", "may open what the user that runs hoso may open"},
	[LAYER_CALLS] = {"seccomp", "may make any system call"},
};

const ConfinedLayerText *confine_layer_text(ConfinedLayer layer)
{
	return &layers[layer];
}

static void limit(int resource, rlim_t value)
{
	struct rlimit now, wanted = {value, value};
	if (getrlimit((__rlimit_resource_t)resource, &now) == 0 && now.rlim_max != RLIM_INFINITY &&
	    now.rlim_max < value)
		wanted.rlim_cur = wanted.rlim_max = now.rlim_max;
	setrlimit((__rlimit_resource_t)resource, &wanted);
}

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

enum { EXTRACTOR_NICE = 15 }; /* searches beside it come first; honest documents need seconds of its wall time */

void confine_resources(uint64_t cpu_seconds, uint64_t memory_mib)
{
	setpriority(PRIO_PROCESS, 0, EXTRACTOR_NICE);
	limit(RLIMIT_CPU, cpu_seconds);
	if (!SANITIZED)
		limit(RLIMIT_AS, memory_mib << 20);
	limit(RLIMIT_FSIZE, 0); /* it writes to a pipe, never to a file */
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, 64);
	limit(RLIMIT_MSGQUEUE, 0);
}

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool map_user(unsigned uid, unsigned gid)
{
	enum { NOBODY = 65534 };
	char users[64], groups[64];
	snprintf(users, sizeof users, "%d %u 1", NOBODY, uid);
	snprintf(groups, sizeof groups, "%d %u 1", NOBODY, gid);
	return write_text("/proc/self/uid_map", users) && write_text("/proc/self/setgroups", "deny") &&
	       write_text("/proc/self/gid_map", groups);
}

/* Descriptors and memory are a copy, as of fork. */
static pid_t fork_into(unsigned long namespaces, int *process_out)
{
	return (pid_t)syscall(SYS_clone, namespaces | CLONE_PIDFD | SIGCHLD, NULL, process_out, NULL, NULL);
}

pid_t confine_fork(int *process_out, ConfinedLayers *held_out)
{
	const unsigned long others = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS;
	const ConfinedLayers held = 1u << LAYER_PROCESSES | 1u << LAYER_MOUNTS | 1u << LAYER_NETWORK;
	unsigned uid = geteuid(), gid = getegid();
	pid_t child = fork_into(CLONE_NEWUSER | others, process_out);
	if (child == 0) {
		prctl(PR_SET_DUMPABLE, 1); /* else the files of /proc/self are not its own */
		*held_out = held | (map_user(uid, gid) ? 1u << LAYER_USER : 0);
	}
	if (child >= 0)
		return child;
	child = fork_into(others, process_out);
	*held_out = held;
	if (child >= 0)
		return child;
	*held_out = 0;
	return fork_into(0, process_out);
}
