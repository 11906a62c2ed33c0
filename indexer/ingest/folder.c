/* indexer/ingest/folder.c - what names other files is read before them, so that those files are taken by their records
 * and do not come again by themselves: registers first, in whatever folder they stand, then folder by folder JSON
 * lines, the other files by stem, and the folders beneath. Files are opened without following links, so that nothing
 * outside the folder is ever read. */
#include "indexer/ingest/folder.h"

#include "base/file.h"
#include "indexer/ingest/delivery.h"
#include "indexer/ingest/file.h"
#include "indexer/ingest/group.h"
#include "indexer/ingest/register.h"
#include "indexer/source/format.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

enum { FOLDER_DEPTH_MAX = 64 };

static bool names_other_files(Str name)
{
	bool compressed;
	return format_by_long_name(name, &compressed)->reader == READER_LINES;
}

/* "a.zip!name": the folder stands for a package. */
static const char *divider(Str folder)
{
	return str_ends(folder, STR("!")) ? "" : "/";
}

/* "folder/name" as people read it. */
static Str shown_name(Arena *arena, Str folder, Str name)
{
	char readable[(NAME_MAX + 1) * NAME_GROWTH];
	Str shown = name_decode(name, readable, sizeof readable);
	return str_from(arena_printf(arena, "%.*s%s%.*s", STR_ARG(folder), divider(folder), STR_ARG(shown)));
}

static Status open_entry(int dir_fd, const FileEntry *entry, int *fd_out, Err *err)
{
	int fd = openat(dir_fd, entry->name.ptr, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_errno(err, errno, "open it");
	*fd_out = fd;
	return ST_OK;
}

static Status add_to_group(IngestRun *run, FileGroup *group, const FileEntry *entry, int dir_fd, Str shown, Err *err)
{
	int fd = -1;
	SourceFile file;
	Status st = open_entry(dir_fd, entry, &fd, err);
	if (st == ST_OK)
		st = source_file_take_fd(&file, fd, "it", err);
	if (st != ST_OK)
		return ingest_reject_or_end(run, (IngestPlace){.name = shown}, err, err);
	return group_add(run, group, file_base(shown), &file, err);
}

/* One file of a folder that is not part of a group: it names or holds others. */
static Status ingest_holder(IngestRun *run, const FileEntry *entry, int dir_fd, Str shown, Err *err)
{
	int fd = -1;
	Status st = open_entry(dir_fd, entry, &fd, err);
	if (st != ST_OK)
		return ingest_reject_or_end(run, (IngestPlace){.name = shown}, err, err);
	return ingest_file(run, fd, shown, dir_fd, err);
}

static Status ingest_files(IngestRun *run, const FileList *list, int dir_fd, Str name, Err *err)
{
	FileGroup group = {.prefix = name, .dir_fd = dir_fd};
	Arena arena = {0};
	Status st = ST_OK;
	char *prefix = arena_printf(&arena, "%.*s%s", STR_ARG(name), divider(name));
	group.prefix = str_from(prefix);
	for (int pass = 0; pass < 2 && st == ST_OK; pass++) {
		for (size_t i = 0; i < list->count && st == ST_OK && !ingest_stopped(run); i++) {
			const FileEntry *entry = &list->entries[i];
			bool first = names_other_files(entry->name), compressed;
			if (entry->is_dir || first != (pass == 0) || taken_has(&run->taken, entry->dev, entry->ino))
				continue;
			Str shown = shown_name(&arena, name, entry->name);
			uint64_t before = run->bytes_done;
			if (first || format_by_long_name(entry->name, &compressed)->reader == READER_PACKAGE)
				st = ingest_holder(run, entry, dir_fd, shown, err);
			else
				st = add_to_group(run, &group, entry, dir_fd, shown, err);
			run->bytes_done = before + entry->size_bytes;
			if (st == ST_OK)
				st = ingest_tick(run, 0, err);
		}
	}
	if (st == ST_OK)
		st = group_flush(run, &group, err);
	group_done(&group);
	arena_done(&arena);
	return st;
}

/* ---- registers ------------------------------------------------------------------------------------------------- */

/* One that is none is left for the walk over all files. */
static Status try_register(IngestRun *run, const FileEntry *entry, int dir_fd, Str shown, Err *err)
{
	int fd = -1;
	SourceFile file;
	Err why;
	RegisterOutcome outcome;
	Status st = open_entry(dir_fd, entry, &fd, &why);
	if (st == ST_OK)
		st = source_file_take_fd(&file, fd, "it", &why);
	if (st != ST_OK)
		return ST_OK; /* the walk says so */
	st = ingest_register(run, &file, shown, dir_fd, &outcome, err);
	if (st == ST_OK && outcome != REGISTER_NONE)
		st = taken_add(&run->taken, entry->dev, entry->ino, err);
	source_file_done(&file);
	return st == ST_OK ? ingest_tick(run, 0, err) : st;
}

/* All registers beneath, before any other file: one may stand below, beside or above the scans that it lists. */
static Status ingest_registers(IngestRun *run, int dir_fd, Str name, unsigned depth, Err *err)
{
	FileList list = {0};
	Arena arena = {0};
	Err ignored;
	Status st = ST_OK;
	if (depth > FOLDER_DEPTH_MAX || file_list_read(&list, dir_fd, "the folder", &ignored) != ST_OK)
		return ST_OK;
	for (size_t i = 0; i < list.count && st == ST_OK && !ingest_stopped(run); i++) {
		const FileEntry *entry = &list.entries[i];
		if (!entry->is_dir && register_is_possible(entry->name))
			st = try_register(run, entry, dir_fd, shown_name(&arena, name, entry->name), err);
	}
	for (size_t i = 0; i < list.count && st == ST_OK && !ingest_stopped(run); i++) {
		const FileEntry *entry = &list.entries[i];
		if (!entry->is_dir)
			continue;
		int fd = openat(dir_fd, entry->name.ptr, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			st = ingest_registers(run, fd, shown_name(&arena, name, entry->name), depth + 1, err);
		close_quietly(fd);
	}
	arena_done(&arena);
	file_list_done(&list);
	return st;
}

/* ---- folders --------------------------------------------------------------------------------------------------- */

static Status ingest_folders(IngestRun *run, const FileList *list, int dir_fd, Str name, unsigned depth, Err *err)
{
	Status st = ST_OK;
	for (size_t i = 0; i < list->count && st == ST_OK && !ingest_stopped(run); i++) {
		Arena arena = {0};
		if (!list->entries[i].is_dir)
			continue;
		Str shown = shown_name(&arena, name, list->entries[i].name);
		int fd = openat(dir_fd, list->entries[i].name.ptr, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0) {
			st = err_errno(err, errno, "open the folder");
			st = ingest_reject_or_end(run, (IngestPlace){.name = shown}, err, err);
		} else {
			st = ingest_folder(run, fd, shown, depth + 1, err);
		}
		close_quietly(fd);
		arena_done(&arena);
	}
	return st;
}

Status ingest_folder(IngestRun *run, int dir_fd, Str name, unsigned depth, Err *err)
{
	FileList list = {0};
	IngestPlace place = {.name = name};
	if (depth > FOLDER_DEPTH_MAX) {
		ingest_reject(run, place, ST_LIMIT, "folders nested deeper than 64");
		return ST_OK;
	}
	Status st = file_list_read(&list, dir_fd, "the folder", err);
	if (st != ST_OK)
		return ingest_reject_or_end(run, place, err, err);
	for (size_t i = 0; i < list.passed_count; i++) {
		Arena arena = {0};
		IngestPlace passed = {.name = shown_name(&arena, name, list.passed[i].name)};
		ingest_pass_over(run, passed, list.passed[i].reason);
		arena_done(&arena);
	}
	if (list.links)
		ingest_warn(run, place, STR("links in this folder were not followed"));
	if (depth == 0)
		st = delivery_open(&run->delivery, dir_fd, name, err);
	if (st == ST_OK && depth == 0 && !run->options.as_document)
		st = ingest_registers(run, dir_fd, name, depth, err);
	if (st == ST_OK)
		st = ingest_files(run, &list, dir_fd, name, err);
	if (st == ST_OK)
		st = ingest_folders(run, &list, dir_fd, name, depth, err);
	file_list_done(&list);
	if (depth == 0) {
		delivery_close(run->delivery);
		run->delivery = NULL;
		run->delivery_rows = false;
	}
	return st;
}
