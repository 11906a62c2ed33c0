/* indexer/ingest/folder.c - folders, and what to do with one file by its kind. See ingest_run.h.
 *
 * In each folder what names other files (JSON lines, a manifest) is read first, so that those files are taken by their
 * records and do not come again by themselves; then the other files by stem, then the folders beneath. */
#include "indexer/ingest/run.h"

#include "base/file.h"
#include "base/utf8.h"
#include "indexer/source/package_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_DEPTH_MAX = 64 };

/* ---- one file -------------------------------------------------------------------------------------------------- */

Status ingest_compressed_lines(IngestRun *run, int fd, Str bytes, Str name, int dir_fd, Err *err)
{
	PackageIn *package = NULL;
	PackageEntry entry;
	Err why;
	Status st = package_in_open(&package, PACKAGE_STREAM, fd, bytes, &why);
	Step step = st == ST_OK ? package_in_next(package, &entry, &why) : STEP_ERROR;
	if (step == STEP_ITEM)
		st = ingest_lines(run, package_in_source(package), name, dir_fd, err);
	else if (step == STEP_ERROR && !run_reject_or_end(run, (Place){.name = name}, why.code, &why)) {
		*err = why;
		st = why.code;
	} else
		st = ST_OK;
	package_in_close(package);
	return st;
}

static Status ingest_lines_of_fd(IngestRun *run, int fd, Str name, int dir_fd, Err *err)
{
	FdSource from = {.fd = fd, .name = "the input"};
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return ingest_lines(run, byte_source_fd(&from), name, dir_fd, err);
}

/* zip and 7z are read from their end: what comes through a pipe is put into a file first. */
static Status ingest_package_of_fd(IngestRun *run, int fd, Str name, Err *err)
{
	struct stat info;
	FdSource from = {.fd = fd, .name = "the input"};
	SourceFile spooled = {.fd = -1};
	if (!format_by_name(file_base(name))->from_end || (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)))
		return ingest_package(run, fd, (Str){NULL, 0}, name, 0, err);
	Status st = source_file_spool(&spooled, byte_source_fd(&from), UINT64_MAX, err);
	if (st != ST_OK)
		return run_reject_or_end(run, (Place){.name = name}, st, err) ? ST_OK : st;
	if (spooled.fd >= 0)
		lseek(spooled.fd, 0, SEEK_SET);
	st = ingest_package(run, spooled.fd, spooled.bytes, name, 0, err);
	source_file_done(&spooled);
	return st;
}

/* A .csv that is no manifest is a document like any other. */
static Status try_manifest(IngestRun *run, const SourceFile *file, Str name, int dir_fd, bool *done_out, Err *err)
{
	Buf csv = {0};
	Status st = source_file_load(file, LINE_MAX_BYTES, &csv, err);
	*done_out = false;
	if (st == ST_OK)
		st = ingest_manifest(run, buf_str(&csv), name, dir_fd, done_out, err);
	else
		st = run_reject_or_end(run, (Place){.name = name}, st, err) ? ST_OK : st;
	buf_done(&csv);
	return st;
}

/* Adds to the group what lies beside a file that was named alone: X.json and X.txt. */
static Status add_sidecars(IngestRun *run, FileGroup *group, Str base, Err *err)
{
	static const char *const endings[] = {".json", ".txt"};
	Status st = ST_OK;
	for (size_t i = 0; i < 2 && st == ST_OK && group->dir_fd >= 0; i++) {
		char path[512];
		Str stem = file_stem(base);
		SourceFile file;
		int fd;
		int len = snprintf(path, sizeof path, "%.*s%s", (int)(stem.len < 255 ? stem.len : 255), stem.ptr,
				   endings[i]);
		Str name = {path, (size_t)len};
		if (str_eq(name, base) || open_beneath(group->dir_fd, name, &fd, err) != ST_OK)
			continue;
		st = source_file_take_fd(&file, fd, path, err);
		if (st == ST_OK)
			st = group_add(run, group, name, &file, err);
	}
	return st;
}

static Status ingest_document(IngestRun *run, SourceFile *file, Str name, int dir_fd, Err *err)
{
	Str base = file_base(name);
	FileGroup group = {.prefix = str_slice(name, 0, name.len - base.len), .dir_fd = dir_fd};
	Status st = group_add(run, &group, base, file, err);
	if (st == ST_OK)
		st = add_sidecars(run, &group, base, err);
	if (st == ST_OK)
		st = group_flush(run, &group, err);
	group_done(&group);
	return st;
}

/* What is no regular file (a pipe) is read to its end first. */
static Status take_or_spool(int fd, SourceFile *out, Err *err)
{
	struct stat info;
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
		return source_file_take_fd(out, fd, "the input", err);
	FdSource from = {.fd = fd, .name = "the input"};
	Status st = source_file_spool(out, byte_source_fd(&from), UINT64_MAX, err);
	close_quietly(fd);
	return st;
}

Status ingest_open_file(IngestRun *run, int fd, Str name, int dir_fd, Err *err)
{
	bool compressed, is_manifest = false;
	SourceFile file = {.fd = -1};
	struct stat info;
	FormatReader reader = format_by_long_name(file_base(name), &compressed)->reader;
	bool piped = fstat(fd, &info) == 0 && !S_ISREG(info.st_mode);
	Status st;
	if (reader == READER_LINES || (reader == READER_NONE && piped)) {
		st = compressed ? ingest_compressed_lines(run, fd, (Str){NULL, 0}, name, dir_fd, err)
				: ingest_lines_of_fd(run, fd, name, dir_fd, err);
		close_quietly(fd);
		return st;
	}
	if (reader == READER_PACKAGE) {
		st = ingest_package_of_fd(run, fd, name, err);
		close_quietly(fd);
		return st;
	}
	st = take_or_spool(fd, &file, err);
	if (st != ST_OK)
		return run_reject_or_end(run, (Place){.name = name}, st, err) ? ST_OK : st;
	if (reader == READER_TABLE)
		st = try_manifest(run, &file, name, dir_fd, &is_manifest, err);
	if (st == ST_OK && !is_manifest)
		st = reader == READER_JSON ? ingest_json_file(run, &file, name, dir_fd, err)
					   : ingest_document(run, &file, name, dir_fd, err);
	source_file_done(&file);
	return st == ST_OK ? run_tick(run, 0, err) : st;
}

/* ---- a folder -------------------------------------------------------------------------------------------------- */

static bool names_other_files(Str name)
{
	bool compressed;
	FormatReader reader = format_by_long_name(name, &compressed)->reader;
	return reader == READER_LINES || reader == READER_TABLE;
}

/* "folder/name", valid UTF-8 for messages. */
static Str shown_name(Arena *arena, Str folder, Str name)
{
	if (utf8_is_valid(name))
		return str_from(arena_printf(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(name)));
	Str valid = str_slice(name, 0, utf8_valid_prefix(name));
	return str_from(arena_printf(arena, "%.*s/%.*s\xEF\xBF\xBD", STR_ARG(folder), STR_ARG(valid)));
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
	Str name = entry->name;
	Status st = open_entry(dir_fd, entry, &fd, err);
	if (st == ST_OK)
		st = source_file_take_fd(&file, fd, "it", err);
	if (st != ST_OK)
		return run_reject_or_end(run, (Place){.name = shown}, st, err) ? ST_OK : st;
	if (!utf8_is_valid(name)) {
		name = shown;
		while (str_find_char(name, '/') >= 0)
			name = file_base(name);
	}
	return group_add(run, group, name, &file, err);
}

/* One file of a folder that is not part of a group: it names or holds others. */
static Status ingest_holder(IngestRun *run, const FileEntry *entry, int dir_fd, Str shown, Err *err)
{
	int fd = -1;
	Status st = open_entry(dir_fd, entry, &fd, err);
	if (st != ST_OK)
		return run_reject_or_end(run, (Place){.name = shown}, st, err) ? ST_OK : st;
	return ingest_open_file(run, fd, shown, dir_fd, err);
}

static Status ingest_files(IngestRun *run, const FileList *list, int dir_fd, Str name, Err *err)
{
	FileGroup group = {.prefix = name, .dir_fd = dir_fd};
	Arena arena = {0};
	Status st = ST_OK;
	char *prefix = arena_printf(&arena, "%.*s/", STR_ARG(name));
	group.prefix = str_from(prefix);
	for (int pass = 0; pass < 2 && st == ST_OK; pass++) {
		for (size_t i = 0; i < list->count && st == ST_OK && !run_stopped(run); i++) {
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
				st = run_tick(run, 0, err);
		}
	}
	if (st == ST_OK)
		st = group_flush(run, &group, err);
	group_done(&group);
	arena_done(&arena);
	return st;
}

static Status ingest_folders(IngestRun *run, const FileList *list, int dir_fd, Str name, unsigned depth, Err *err)
{
	Status st = ST_OK;
	for (size_t i = 0; i < list->count && st == ST_OK && !run_stopped(run); i++) {
		Arena arena = {0};
		if (!list->entries[i].is_dir)
			continue;
		Str shown = shown_name(&arena, name, list->entries[i].name);
		int fd = openat(dir_fd, list->entries[i].name.ptr, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0) {
			st = err_errno(err, errno, "open the folder");
			st = run_reject_or_end(run, (Place){.name = shown}, st, err) ? ST_OK : st;
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
	Place place = {.name = name};
	if (depth > FOLDER_DEPTH_MAX) {
		run_reject(run, place, ST_LIMIT, "folders nested deeper than 64");
		return ST_OK;
	}
	Status st = file_list_read(&list, dir_fd, "the folder", err);
	if (st != ST_OK)
		return run_reject_or_end(run, place, st, err) ? ST_OK : st;
	if (list.links)
		run_warn(run, place, STR("links in this folder were not followed"));
	st = ingest_files(run, &list, dir_fd, name, err);
	if (st == ST_OK)
		st = ingest_folders(run, &list, dir_fd, name, depth, err);
	file_list_done(&list);
	return st;
}
