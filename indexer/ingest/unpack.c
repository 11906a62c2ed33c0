/* indexer/ingest/unpack.c - a first pass over the names tells whether there is a register. The folder is made under a
 * name that nobody can guess and is locked; one without a lock was left by an ingest that was killed. */
#include "indexer/ingest/unpack.h"

#include "indexer/ingest/register.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "hoso-package-"
enum { LEFT_SECONDS = 3600 }; /* younger folders may be those of an ingest that has not locked them yet */

bool package_has_register(int fd, Str bytes)
{
	PackageIn *package = NULL;
	PackageEntry entry;
	Err ignored;
	bool found = false;
	Status st = package_in_open(&package, PACKAGE_ENTRIES, fd, bytes, &ignored);
	while (st == ST_OK && !found && package_in_next(package, &entry, &ignored) == STEP_ITEM)
		found = entry.refusal.code == ST_OK && !entry.no_document &&
			register_is_possible(file_base(entry.name));
	package_in_close(package);
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return found;
}

/* ---- the folder ------------------------------------------------------------------------------------------------ */

static bool is_left(int dir_fd, const char *name)
{
	struct stat info;
	if (strncmp(name, PREFIX, sizeof PREFIX - 1) != 0 || fstatat(dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISDIR(info.st_mode) || info.st_uid != geteuid() || time(NULL) - info.st_mtime < LEFT_SECONDS)
		return false;
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool left = fd >= 0 && !file_is_locked(fd);
	close_quietly(fd);
	return left;
}

static void remove_what_was_left(const char *place)
{
	FilePath path;
	Err ignored;
	DIR *dir = opendir(place);
	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (is_left(dirfd(dir), entry->d_name) && file_path(&path, place, entry->d_name, &ignored) == ST_OK)
			(void)file_remove_tree(path.text, &ignored);
	if (dir)
		closedir(dir);
}

Status unpacked_init(Unpacked *out, Err *err)
{
	Unpacked made = {.dir_fd = -1};
	for (unsigned i = 0; i < SOURCE_TEMPORARY_PLACES && made.dir_fd < 0; i++) {
		const char *place = source_temporary_place(i);
		if (file_path(&made.place, place, PREFIX "XXXXXX", err) != ST_OK || !mkdtemp(made.place.text))
			continue;
		made.dir_fd = open(made.place.text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (made.dir_fd >= 0 && file_lock(made.dir_fd, false, made.place.text, err) == ST_OK)
			remove_what_was_left(place);
	}
	if (made.dir_fd < 0)
		return err_errno(err, errno, "make a folder for the package");
	*out = made;
	return ST_OK;
}

void unpacked_done(Unpacked *unpacked)
{
	Err ignored;
	if (unpacked->dir_fd < 0)
		return;
	(void)file_remove_tree(unpacked->place.text, &ignored);
	close_quietly(unpacked->dir_fd);
	unpacked->dir_fd = -1;
}

int unpacked_open_tree(const Unpacked *unpacked, size_t number)
{
	char name[24];
	snprintf(name, sizeof name, "%zu", number + 1);
	return openat(unpacked->dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* ---- members --------------------------------------------------------------------------------------------------- */

/* The name was checked by package_in; the folder is ours alone. -1 with errno: EEXIST, EISDIR, ENOTDIR where the name
 * is taken. */
static int create_beneath(int tree_fd, char *name)
{
	for (char *slash = name; (slash = strchr(slash + 1, '/')); *slash = '/') {
		*slash = 0;
		if (mkdirat(tree_fd, name, DIR_MODE) != 0 && errno != EEXIST) {
			*slash = '/';
			return -1;
		}
	}
	return openat(tree_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
}

/* *tree_fd_out: the caller's, -1 on failure. */
static int create(Unpacked *unpacked, char *name, int *tree_fd_out)
{
	for (size_t i = 0; i < UNPACKED_TREES_MAX; i++) {
		char tree[24];
		snprintf(tree, sizeof tree, "%zu", i + 1);
		if (i == unpacked->trees && mkdirat(unpacked->dir_fd, tree, DIR_MODE) == 0)
			unpacked->trees++;
		int tree_fd = unpacked_open_tree(unpacked, i), fd = tree_fd < 0 ? -1 : create_beneath(tree_fd, name);
		int saved = errno;
		if (fd >= 0) {
			*tree_fd_out = tree_fd;
			return fd;
		}
		close_quietly(tree_fd);
		errno = saved;
		if (errno != EEXIST && errno != ENOTDIR && errno != EISDIR)
			break;
	}
	return -1;
}

Status unpacked_add(Unpacked *unpacked, Str name, ByteSource from, uint64_t limit_bytes, Err *err)
{
	enum { STEP_BYTES = 256 << 10 };
	char path[PACKAGE_NAME_MAX * NAME_GROWTH];
	Buf step = {0};
	uint64_t total = 0;
	size_t got = 1;
	int tree_fd = -1;
	snprintf(path, sizeof path, "%.*s", STR_ARG(name));
	int fd = create(unpacked, path, &tree_fd);
	if (fd < 0)
		return err_errno(err, errno, "unpack it");
	Status st = buf_reserve(&step, STEP_BYTES) ? ST_OK : err_no_memory(err);
	while (st == ST_OK && got) {
		st = from.read(from.ctx, step.data, STEP_BYTES, &got, err);
		total += st == ST_OK ? got : 0;
		if (st == ST_OK && total > limit_bytes)
			st = err_set(err, ST_LIMIT, "larger than %llu bytes", (unsigned long long)limit_bytes);
		if (st == ST_OK)
			st = file_write(fd, step.data, got, "a temporary file", err);
	}
	if (st != ST_OK) /* a part of it is not the document */
		unlinkat(tree_fd, path, 0);
	buf_done(&step);
	close_quietly(fd);
	close_quietly(tree_fd);
	return st;
}
