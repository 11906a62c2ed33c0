/* tests/attack/subverted.c - stands in the place of pdftotext and does what a subverted one would try.
 *
 * The document on standard input says where the archive is: "ATTACK <archive> <port> <pid of the parent> [WORD]". With
 * a WORD it fails in that way. Without one each attempt
 * prints one line, "NAME done" where it worked and "NAME refused" where not, as the document's text: the test reads it
 * from the archive. What outlives the document's limit is left to tests/attack/sandbox.py to find.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static void tell(const char *name, int done)
{
	printf("%s %s\n", name, done ? "done" : "refused");
	fflush(stdout);
}

static int can_open(const char *archive, const char *name, int flags)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", archive, name);
	int fd = open(path, flags, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int can_reach(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
}

static int can_fork(const char *mark)
{
	int made = 0;
	for (int i = 0; i < 200; i++) {
		pid_t child = fork();
		if (child == 0) {
			setsid();
			execl("/bin/sleep", mark, "300", (char *)NULL);
			for (;;)
				pause();
		}
		made += child > 0;
	}
	return made > 0;
}

/* A verdict as the fork server would write it (indexer/extract/process.h), to every descriptor there may be. */
static void forge_verdict(void)
{
	static const unsigned verdict[3] = {0x54584554, 0, 0};
	for (int fd = 2; fd < 64; fd++)
		if (write(fd, verdict, sizeof verdict) < 0)
			continue;
}

/* Ways to fail, chosen by the last word of the order. */
static void fail_as_told(const char *order)
{
	if (strstr(order, " silent"))
		_exit(0);
	if (strstr(order, " wordless"))
		_exit(1);
	if (strstr(order, " half")) {
		tell("half", 1);
		__builtin_trap(); /* raise() is refused */
	}
	if (strstr(order, " forge")) {
		close(2);
		forge_verdict();
		_exit(1);
	}
	if (strstr(order, " endless"))
		for (volatile unsigned long turns = 0;; turns++)
			continue;
}

int main(int argc, char **argv)
{
	static char text[1 << 16];
	char archive[2048] = "", from[4200], to[4200];
	int port = 0, parent = 0;
	if (argc > 1 && strcmp(argv[1], "-v") == 0) {
		fprintf(stderr, "pdftotext version 22.12.0\n");
		return 0;
	}
	int fd = open("/proc/self/fd/0", O_RDONLY); /* as pdftotext is told to */
	ssize_t len = read(fd >= 0 ? fd : 0, text, sizeof text - 1);
	char *order = len > 0 ? strstr(text, "ATTACK ") : NULL;
	if (!order || sscanf(order, "ATTACK %2047s %d %d", archive, &port, &parent) != 3)
		return 1;
	fail_as_told(order);
	tell("key", can_open(archive, "keys/signing.key", O_RDONLY));
	tell("list", can_open(archive, "segments", O_RDONLY | O_DIRECTORY));
	tell("write", can_open(archive, "segments/00000001.seg", O_WRONLY));
	tell("create", can_open(archive, "planted", O_WRONLY | O_CREAT));
	tell("temporary", can_open("/tmp", "hoso-planted", O_WRONLY | O_CREAT));
	tell("passwd", can_open("/etc", "passwd", O_RDONLY));
	snprintf(from, sizeof from, "%s/FORMAT", archive);
	snprintf(to, sizeof to, "%s/FORMAT.gone", archive);
	tell("rename", rename(from, to) == 0);
	tell("unlink", unlink(from) == 0);
	tell("environment", can_open("/proc/1", "environ", O_RDONLY) || can_open("/proc", "self/mem", O_RDWR));
	tell("parent", kill(parent, 0) == 0);
	tell("ptrace", ptrace(PTRACE_ATTACH, parent, NULL, NULL) == 0);
	tell("socket", can_reach(port));
	tell("unix", socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
	char params[256] = {0};
	tell("io_uring", syscall(SYS_io_uring_setup, 4, params) >= 0);
	tell("bpf", syscall(SYS_bpf, 0, params, sizeof params) >= 0 || errno == EINVAL);
	tell("memfd", syscall(SYS_memfd_create, "x", 0) >= 0);
	tell("namespace", unshare(0x10000000) == 0); /* CLONE_NEWUSER */
	tell("exec", access("/bin/sh", X_OK) == 0 && strstr(order, " exec") &&
			     execl("/bin/sh", "sh", "-c", "echo exec done", (char *)NULL));
	tell("fork", can_fork("hoso-outlives"));
	return 0;
}
