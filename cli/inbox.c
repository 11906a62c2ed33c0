/* cli/inbox.c - a list of the folder's entries, sorted, so that the last look and this one are compared in one pass.
 *
 * Several files are moved as one: the moves are written down first (.hoso-moving), then made, then the note is removed.
 * Whoever finds such a note makes the moves that are still to be made. */
#include "cli/inbox.h"

#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INBOX_DEPTH_MAX = 64, INBOX_COPIES_MAX = 10000 };
static const char moving_name[] = ".hoso-moving";

/* ---- looking --------------------------------------------------------------------------------------------------- */

static void add_time(InboxState *state, const struct stat *info)
{
	uint64_t changed = (uint64_t)info->st_mtim.tv_sec * 1000000000u + (uint64_t)info->st_mtim.tv_nsec;
	state->files++;
	state->bytes += S_ISREG(info->st_mode) ? (uint64_t)info->st_size : 0;
	if (changed > state->newest_ns)
		state->newest_ns = changed;
}

static void add_tree(InboxState *state, int dir_fd, unsigned depth)
{
	DIR *dir = fdopendir(dir_fd);
	if (!dir) {
		close(dir_fd);
		return;
	}
	for (struct dirent *entry; depth < INBOX_DEPTH_MAX && (entry = readdir(dir));) {
		struct stat info;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		add_time(state, &info);
		int fd = S_ISDIR(info.st_mode)
				 ? openat(dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
				 : -1;
		if (fd >= 0)
			add_tree(state, fd, depth + 1);
	}
	closedir(dir);
}

static bool read_state(int dir_fd, const char *name, InboxState *out, bool *is_dir_out)
{
	struct stat info;
	*out = (InboxState){0};
	if (fstatat(dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0 || !(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)))
		return false;
	add_time(out, &info);
	*is_dir_out = S_ISDIR(info.st_mode);
	int fd = *is_dir_out ? openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	if (fd >= 0)
		add_tree(out, fd, 0);
	return true;
}

static int compare(const void *a, const void *b)
{
	const InboxEntry *left = a, *right = b;
	int by_stem = str_cmp(left->stem, right->stem);
	return by_stem ? by_stem : str_cmp(left->name, right->name);
}

static Str stem_of(Str name)
{
	for (size_t at = name.len; at > 1; at--)
		if (name.ptr[at - 1] == '.')
			return str_slice(name, 0, at - 1);
	return name;
}

static bool is_ours(const char *name)
{
	return name[0] == '.' || strcmp(name, "done") == 0 || strcmp(name, "refused") == 0;
}

static Status add_entry(Inbox *now, size_t *capacity, int dir_fd, const char *name, Err *err)
{
	InboxEntry entry = {.since_us = clock_monotonic_us()};
	if (is_ours(name) || !read_state(dir_fd, name, &entry.state, &entry.is_dir))
		return ST_OK;
	if (now->count == *capacity) {
		size_t more = *capacity ? *capacity * 2 : 64;
		InboxEntry *grown = realloc(now->entries, more * sizeof *grown);
		if (!grown)
			return err_no_memory(err);
		now->entries = grown;
		*capacity = more;
	}
	entry.name = arena_copy(&now->arena, str_from(name));
	if (!entry.name.ptr)
		return err_no_memory(err);
	entry.stem = entry.is_dir ? entry.name : stem_of(entry.name);
	now->entries[now->count++] = entry;
	return ST_OK;
}

static bool is_same(const InboxState *a, const InboxState *b)
{
	return a->files == b->files && a->bytes == b->bytes && a->newest_ns == b->newest_ns;
}

static void remember(Inbox *now, const Inbox *before)
{
	for (size_t i = 0, k = 0; i < now->count && k < before->count;) {
		InboxEntry *entry = &now->entries[i];
		const InboxEntry *old = &before->entries[k];
		int order = compare(entry, old);
		if (order == 0 && is_same(&entry->state, &old->state)) {
			entry->since_us = old->since_us;
			entry->is_left = old->is_left;
		}
		i += order <= 0;
		k += order >= 0;
	}
}

Status inbox_look(Inbox *inbox, Err *err)
{
	Inbox now = {.dir = inbox->dir};
	size_t capacity = 0;
	Status st = ST_OK;
	DIR *dir = opendir(inbox->dir);
	if (!dir)
		return err_errno(err, errno, "open %s", inbox->dir);
	for (struct dirent *entry; st == ST_OK && (entry = readdir(dir));)
		st = add_entry(&now, &capacity, dirfd(dir), entry->d_name, err);
	closedir(dir);
	if (st != ST_OK) {
		inbox_close(&now);
		return st;
	}
	if (now.count)
		qsort(now.entries, now.count, sizeof *now.entries, compare);
	remember(&now, inbox);
	inbox_close(inbox);
	*inbox = now;
	return ST_OK;
}

void inbox_close(Inbox *inbox)
{
	free(inbox->entries);
	arena_done(&inbox->arena);
	*inbox = (Inbox){.dir = inbox->dir};
}

size_t inbox_delivery_end(const Inbox *inbox, size_t at)
{
	const InboxEntry *first = &inbox->entries[at];
	for (at++; at < inbox->count && !first->is_dir && !inbox->entries[at].is_dir; at++)
		if (!str_eq(inbox->entries[at].stem, first->stem))
			break;
	return at;
}

bool inbox_is_unchanged(const Inbox *inbox, size_t from, size_t to)
{
	int dir_fd = open(inbox->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool same = dir_fd >= 0;
	for (size_t i = from; i < to && same; i++) {
		InboxState state;
		bool is_dir;
		same = read_state(dir_fd, inbox->entries[i].name.ptr, &state, &is_dir) &&
		       is_same(&state, &inbox->entries[i].state);
	}
	close_quietly(dir_fd);
	return same;
}

/* ---- moving ---------------------------------------------------------------------------------------------------- */

/* Makes the moves of a note: "from NUL to NUL …". What is gone has been moved. */
static Status make_moves(const char *dir, Str note, Err *err)
{
	FilePath from, to;
	Str name, target;
	Status st = ST_OK;
	while (st == ST_OK && note.len && str_split(&note, 0, &name) && str_split(&note, 0, &target)) {
		st = file_path(&from, dir, name.ptr, err);
		if (st == ST_OK)
			st = file_path(&to, dir, target.ptr, err);
		if (st == ST_OK && file_exists(from.text) && !file_exists(to.text))
			st = file_move(from.text, to.text, err);
	}
	return st;
}

static Status end_moves(const char *dir, Err *err)
{
	FilePath path;
	Buf note = {0};
	Status st = file_path(&path, dir, moving_name, err);
	if (st != ST_OK || !file_exists(path.text))
		return st;
	st = file_read_all(path.text, 64 << 20, &note, err);
	if (st == ST_OK)
		st = make_moves(dir, buf_str(&note), err);
	if (st == ST_OK && unlink(path.text) != 0)
		st = err_errno(err, errno, "remove %s", path.text);
	buf_done(&note);
	return st;
}

/* "refused/15.pdf", "refused/15 (2).pdf": the first that is free. */
static Status find_target(const Inbox *inbox, const char *folder, const InboxEntry *entry, FilePath *out, Err *err)
{
	FilePath whole;
	Str ending = str_slice(entry->name, entry->stem.len, entry->name.len);
	for (unsigned copy = 1; copy < INBOX_COPIES_MAX; copy++) {
		char number[16] = "";
		if (copy > 1)
			snprintf(number, sizeof number, " (%u)", copy);
		int len = snprintf(out->text, sizeof out->text, "%s/%.*s%s%.*s", folder, STR_ARG(entry->stem), number,
				   STR_ARG(ending));
		if (len < 0 || (size_t)len >= sizeof out->text)
			break;
		Status st = file_path(&whole, inbox->dir, out->text, err);
		if (st != ST_OK || !file_exists(whole.text))
			return st;
	}
	return err_set(err, ST_CONFLICT, "no name is free in %s for %.100s", folder, entry->name.ptr);
}

static Status write_reason(const Inbox *inbox, const char *target, Str reason, Err *err)
{
	FilePath path;
	char name[FILE_PATH_MAX];
	if (!reason.len)
		return ST_OK;
	int len = snprintf(name, sizeof name, "%s.reason.txt", target);
	if (len < 0 || (size_t)len >= sizeof name)
		return err_set(err, ST_LIMIT, "a name that is too long for its reason");
	Status st = file_path(&path, inbox->dir, name, err);
	return st == ST_OK ? file_replace(path.text, reason, err) : st;
}

Status inbox_move(Inbox *inbox, size_t from, size_t to, const char *folder, Str reason, Err *err)
{
	FilePath target, path;
	Buf note = {0};
	Status st = file_path(&path, inbox->dir, moving_name, err);
	for (size_t i = from; i < to && st == ST_OK; i++) {
		st = find_target(inbox, folder, &inbox->entries[i], &target, err);
		if (st == ST_OK && i == from)
			st = write_reason(inbox, target.text, reason, err);
		buf_add(&note, inbox->entries[i].name.ptr, inbox->entries[i].name.len + 1);
		if (st == ST_OK)
			buf_add(&note, target.text, strlen(target.text) + 1);
	}
	if (st == ST_OK)
		st = buf_ok(&note) ? file_replace(path.text, buf_str(&note), err) : err_no_memory(err);
	if (st == ST_OK)
		st = end_moves(inbox->dir, err);
	buf_done(&note);
	return st;
}

Status inbox_open(Inbox *out, const char *dir, Err *err)
{
	static const char *const folders[] = {"done", "refused"};
	FilePath path;
	struct stat info;
	if (stat(dir, &info) != 0)
		return err_errno(err, errno, "open %s", dir);
	Status st = S_ISDIR(info.st_mode) ? ST_OK : err_set(err, ST_INVALID, "%s is no folder", dir);
	for (size_t i = 0; i < 2 && st == ST_OK; i++) {
		st = file_path(&path, dir, folders[i], err);
		if (st == ST_OK)
			st = file_make_dirs(path.text, err);
	}
	if (st == ST_OK)
		st = end_moves(dir, err);
	if (st == ST_OK)
		*out = (Inbox){.dir = dir};
	return st;
}
