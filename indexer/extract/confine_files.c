/* indexer/extract/confine_files.c - which files an extracting process can name, and which of them it can open.
 *
 * In a mount namespace of its own it gets a new root: the folders of programs and libraries, read-only, and a /proc
 * that knows the processes of its own namespace. Landlock says the same once more, and holds where there are no
 * namespaces. The document is neither: it is open on descriptor 0, and one rule lets it be opened anew as
 * /proc/self/fd/0. (Bytes in memory need no rule: Landlock leaves files alone that no folder leads to.)
 *
 * Landlock has no wrappers in the C library. Its structures are written out here, so that a kernel newer than the
 * headers is used to the full. Source: Documentation/userspace-api/landlock.rst of Linux. */
#include "indexer/extract/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Programs, libraries, and the data they need: fonts of poppler, character sets of iconv, locales. */
static const char *const readable[] = {
	"/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives",
};
enum { READABLE_COUNT = sizeof readable / sizeof readable[0] };

/* ---- a root of its own ----------------------------------------------------------------------------------------- */

static bool make_parent(const char *path)
{
	char parent[64];
	const char *slash = strrchr(path, '/');
	snprintf(parent, sizeof parent, "%.*s", (int)(slash - path), path);
	return !*parent || mkdir(parent + 1, 0755) == 0 || errno == EEXIST;
}

/* The same under the working directory; what is not there is left out. */
static bool bind_path(const char *path)
{
	char target[PATH_MAX];
	struct stat info;
	if (lstat(path, &info) != 0)
		return true;
	if (!make_parent(path))
		return false;
	const char *own = path + 1;
	if (S_ISLNK(info.st_mode)) { /* "/lib" leads to "usr/lib" */
		ssize_t len = readlink(path, target, sizeof target - 1);
		if (len < 0)
			return false;
		target[len] = 0;
		return symlink(target, own) == 0;
	}
	if (S_ISDIR(info.st_mode) ? mkdir(own, 0755) != 0 : mknod(own, S_IFREG | 0644, 0) != 0)
		return false;
	return mount(path, own, NULL, MS_BIND | MS_REC, NULL) == 0;
}

static bool make_root(void)
{
	static const char place[] = "/tmp"; /* there is one everywhere; covered in this namespace only */
	struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", place, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=0755") != 0 || chdir(place) != 0)
		return false;
	for (size_t i = 0; i < READABLE_COUNT; i++)
		if (!bind_path(readable[i]))
			return false;
	return mkdir("proc", 0755) == 0 && mount("none", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0 &&
	       mount_setattr(AT_FDCWD, ".", AT_RECURSIVE, &attributes, sizeof attributes) == 0 &&
	       syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 && chdir("/") == 0;
}

/* ---- Landlock -------------------------------------------------------------------------------------------------- */

typedef struct {
	uint64_t files, network, scopes;
} LandlockRights;

enum {
	RIGHT_EXECUTE = 1 << 0,
	RIGHT_READ_FILE = 1 << 2,
	RIGHT_READ_DIR = 1 << 3,
};

/* All that this version of Landlock can take away. */
static size_t all_rights(long version, LandlockRights *out)
{
	*out = (LandlockRights){.files = (1u << 13) - 1, .network = 3, .scopes = 3};
	if (version >= 2)
		out->files |= 1u << 13; /* to another folder */
	if (version >= 3)
		out->files |= 1u << 14; /* truncate */
	if (version >= 5)
		out->files |= 1u << 15; /* ioctl of devices */
	return version >= 6   ? sizeof *out
	       : version >= 4 ? offsetof(LandlockRights, scopes)
			      : offsetof(LandlockRights, network);
}

static bool allow(int ruleset, int fd, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
	return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

static bool allow_path(int ruleset, const char *path)
{
	struct stat info;
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT;
	bool is_dir = fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
	bool ok = allow(ruleset, fd, RIGHT_READ_FILE | (is_dir ? RIGHT_EXECUTE | RIGHT_READ_DIR : 0));
	close(fd);
	return ok;
}

static bool restrict_files(void)
{
	LandlockRights rights;
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1)
		return false;
	size_t size = all_rights(version, &rights);
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rights, size, 0);
	bool ok = ruleset >= 0;
	for (size_t i = 0; i < READABLE_COUNT && ok; i++)
		ok = allow_path(ruleset, readable[i]);
	if (ok)
		(void)allow(ruleset, 0, RIGHT_READ_FILE); /* refused where it is in memory and needs none */
	ok = ok && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	if (ruleset >= 0)
		close(ruleset);
	return ok;
}

ConfinedLayers confine_files(ConfinedLayers namespaces)
{
	ConfinedLayers held = namespaces;
	const ConfinedLayers needed = 1u << LAYER_MOUNTS | 1u << LAYER_PROCESSES;
	if ((namespaces & needed) == needed && !make_root())
		held &= ~(1u << LAYER_MOUNTS);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		held |= 1u << LAYER_NO_NEW_PRIVILEGES;
	if (restrict_files())
		held |= 1u << LAYER_LANDLOCK;
	return held;
}
