/* indexer/source/files.c - opens and lists files beneath a folder. The kernel keeps a path beneath its directory
 * (openat2); where it can't, the path is walked part by part without following any link. */
#include "indexer/source/files.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TREE_DEPTH_MAX = 64 };

/* ---- opening --------------------------------------------------------------------------------------------------- */

static int open_by_kernel(int dir_fd, const char *path)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	return (int)syscall(SYS_openat2, dir_fd, path, &how, sizeof how);
}

static int open_by_parts(int dir_fd, char *path)
{
	int at = dir_fd, next;
	for (char *slash; (slash = strchr(path, '/')); path = slash + 1) {
		*slash = 0;
		next = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (at != dir_fd)
			close_quietly(at);
		if (next < 0)
			return -1;
		at = next;
	}
	next = openat(at, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int saved = errno;
	if (at != dir_fd)
		close_quietly(at);
	errno = saved;
	return next;
}

static Status check_path(Str path, Err *err)
{
	Str part, rest = path;
	const char *problem = NULL;
	if (path.len == 0 || path.len >= PATH_MAX)
		problem = "an empty or overlong file name";
	else if (memchr(path.ptr, 0, path.len))
		problem = "a file name with a NUL";
	else if (path.ptr[0] == '/')
		problem = "an absolute file name";
	while (!problem && str_split(&rest, '/', &part))
		if (str_eq(part, STR("..")))
			problem = "a file name that climbs with '..'";
	return problem ? err_set(err, ST_INVALID, "%s: %.*s", problem, (int)(path.len < 120 ? path.len : 120),
				 path.ptr ? path.ptr : "")
		       : ST_OK;
}

Status open_beneath(int dir_fd, Str path, int *fd_out, Err *err)
{
	char copy[PATH_MAX];
	Status st = check_path(path, err);
	if (st != ST_OK)
		return st;
	memcpy(copy, path.ptr, path.len);
	copy[path.len] = 0;
	int fd = open_by_kernel(dir_fd, copy);
	if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EINVAL))
		fd = open_by_parts(dir_fd, copy);
	if (fd < 0 && (errno == EXDEV || errno == ELOOP))
		return err_set(err, ST_FORBIDDEN, "a link that leads out of the folder: %.120s", copy);
	if (fd < 0)
		return err_errno(err, errno, "file %.120s", copy);
	*fd_out = fd;
	return ST_OK;
}

/* ---- listing --------------------------------------------------------------------------------------------------- */

Str file_base(Str path)
{
	for (size_t at = path.len; at > 0; at--)
		if (path.ptr[at - 1] == '/')
			return str_slice(path, at, path.len);
	return path;
}

Str file_stem(Str name)
{
	for (size_t at = name.len; at > 1 && name.ptr[at - 1] != '/'; at--)
		if (name.ptr[at - 1] == '.' && name.ptr[at - 2] != '/')
			return str_slice(name, 0, at - 1);
	return name;
}

static int compare_entries(const void *a, const void *b)
{
	const FileEntry *left = a, *right = b;
	int by_stem = str_cmp(left->stem, right->stem);
	return by_stem ? by_stem : str_cmp(left->name, right->name);
}

static Status pass_over(FileList *list, Str name, const NameReason *reason, Err *err)
{
	PassedFile *grown = realloc(list->passed, (list->passed_count + 1) * sizeof *grown);
	if (!grown)
		return err_no_memory(err);
	list->passed = grown;
	list->passed[list->passed_count] = (PassedFile){arena_copy(&list->arena, name), reason};
	return list->passed[list->passed_count++].name.ptr ? ST_OK : err_no_memory(err);
}

static Status add_entry(FileList *list, size_t *capacity, int dir_fd, const char *name, Err *err)
{
	struct stat info;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || fstatat(dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
		return ST_OK; /* no entry, or gone since */
	const NameReason *reason = name_no_document(str_from(name));
	if (reason)
		return pass_over(list, str_from(name), reason, err);
	list->links += S_ISLNK(info.st_mode);
	if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
		return ST_OK;
	if (list->count == *capacity) {
		*capacity = *capacity ? *capacity * 2 : 64;
		FileEntry *grown = realloc(list->entries, *capacity * sizeof *grown);
		if (!grown)
			return err_no_memory(err);
		list->entries = grown;
	}
	Str copy = arena_copy(&list->arena, str_from(name));
	if (!copy.ptr)
		return err_no_memory(err);
	list->entries[list->count++] = (FileEntry){.name = copy,
						   .stem = S_ISDIR(info.st_mode) ? copy : file_stem(copy),
						   .is_dir = S_ISDIR(info.st_mode),
						   .size_bytes = (uint64_t)info.st_size,
						   .dev = info.st_dev,
						   .ino = info.st_ino};
	return ST_OK;
}

Status file_list_read(FileList *out, int dir_fd, const char *shown_name, Err *err)
{
	FileList list = {0};
	size_t capacity = 0;
	Status st = ST_OK;
	int own = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = own < 0 ? NULL : fdopendir(own);
	if (!dir) {
		st = err_errno(err, errno, "open directory %s", shown_name);
		close_quietly(own);
		return st;
	}
	for (struct dirent *entry; st == ST_OK && (errno = 0, entry = readdir(dir));)
		st = add_entry(&list, &capacity, dir_fd, entry->d_name, err);
	if (st == ST_OK && errno)
		st = err_errno(err, errno, "read directory %s", shown_name);
	closedir(dir);
	if (st != ST_OK) {
		file_list_done(&list);
		return st;
	}
	if (list.count)
		qsort(list.entries, list.count, sizeof *list.entries, compare_entries);
	*out = list;
	return ST_OK;
}

void file_list_done(FileList *list)
{
	free(list->entries);
	free(list->passed);
	arena_done(&list->arena);
	*list = (FileList){0};
}

uint64_t folder_size_bytes(int dir_fd, unsigned depth)
{
	FileList list;
	Err ignored;
	uint64_t total = 0;
	if (depth > TREE_DEPTH_MAX || file_list_read(&list, dir_fd, "", &ignored) != ST_OK)
		return 0;
	for (size_t i = 0; i < list.count; i++) {
		if (!list.entries[i].is_dir) {
			total += list.entries[i].size_bytes;
			continue;
		}
		int fd = openat(dir_fd, list.entries[i].name.ptr, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			total += folder_size_bytes(fd, depth + 1);
		close_quietly(fd);
	}
	file_list_done(&list);
	return total;
}

/* ---- files that were taken already ----------------------------------------------------------------------------- */

static uint64_t slot_value(dev_t dev, ino_t ino)
{
	uint64_t pair[2] = {(uint64_t)dev, (uint64_t)ino};
	uint64_t hash = str_hash((Str){(const char *)pair, sizeof pair});
	return hash ? hash : 1;
}

static uint64_t *find_slot(uint64_t *slots, size_t capacity, uint64_t value)
{
	size_t at = (size_t)value & (capacity - 1);
	while (slots[at] && slots[at] != value)
		at = (at + 1) & (capacity - 1);
	return &slots[at];
}

Status taken_add(TakenFiles *taken, dev_t dev, ino_t ino, Err *err)
{
	if (taken->count * 2 >= taken->capacity) {
		size_t capacity = taken->capacity ? taken->capacity * 2 : 1024;
		uint64_t *slots = calloc(capacity, sizeof *slots);
		if (!slots)
			return err_no_memory(err);
		for (size_t i = 0; i < taken->capacity; i++)
			if (taken->slots[i])
				*find_slot(slots, capacity, taken->slots[i]) = taken->slots[i];
		free(taken->slots);
		taken->slots = slots;
		taken->capacity = capacity;
	}
	uint64_t value = slot_value(dev, ino), *slot = find_slot(taken->slots, taken->capacity, value);
	taken->count += *slot == 0;
	*slot = value;
	return ST_OK;
}

bool taken_has(const TakenFiles *taken, dev_t dev, ino_t ino)
{
	return taken->capacity && *find_slot(taken->slots, taken->capacity, slot_value(dev, ino));
}

void taken_done(TakenFiles *taken)
{
	free(taken->slots);
	*taken = (TakenFiles){0};
}
