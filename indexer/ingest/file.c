/* indexer/ingest/file.c - one file by its format: JSON lines and packages are read as streams; a table is tried as a
 * register; everything else is a document, which brings what lies beside it (X.json, X.txt). What comes through a pipe
 * and has no name that says more is JSON lines. */
#include "indexer/ingest/file.h"

#include "base/file.h"
#include "indexer/ingest/group.h"
#include "indexer/ingest/package.h"
#include "indexer/ingest/records.h"
#include "indexer/ingest/register.h"
#include "indexer/source/format.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static Status ingest_lines_of_fd(IngestRun *run, int fd, Str name, int dir_fd, Err *err)
{
	FdSource from = {.fd = fd, .name = "the input", .until = &run->options.until};
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return ingest_lines(run, byte_source_fd(&from), name, dir_fd, err);
}

/* A package is read twice where it holds a register, zip and 7z from their end: what comes through a pipe is put into a
 * file first. */
static Status ingest_package_of_fd(IngestRun *run, int fd, Str name, Err *err)
{
	struct stat info;
	FdSource from = {.fd = fd, .name = "the input", .until = &run->options.until};
	SourceFile spooled = {.fd = -1};
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
		return ingest_package(run, fd, (Str){NULL, 0}, name, err);
	Status st = source_file_spool(&spooled, byte_source_fd(&from), UINT64_MAX, err);
	if (st != ST_OK)
		return ingest_reject_or_end(run, (IngestPlace){.name = name}, err, err);
	if (spooled.fd >= 0)
		lseek(spooled.fd, 0, SEEK_SET);
	st = ingest_package(run, spooled.fd, spooled.bytes, name, err);
	source_file_done(&spooled);
	return st;
}

/* Adds to the group what lies beside a file that was named alone: X.json and X.txt. */
static Status add_sidecars(IngestRun *run, FileGroup *group, Str base, Err *err)
{
	static const char *const endings[] = {".json", ".txt"};
	Arena arena = {0};
	Status st = ST_OK;
	size_t count = group_takes_text(base) ? 2 : 1;
	for (size_t i = 0; i < count && st == ST_OK && group->dir_fd >= 0; i++) {
		SourceFile file;
		Err not_there;
		int fd;
		const char *path = arena_printf(&arena, "%.*s%s", STR_ARG(file_stem(base)), endings[i]);
		if (!path)
			st = err_no_memory(err);
		else if (!str_eq(str_from(path), base) &&
			 open_beneath(group->dir_fd, str_from(path), &fd, &not_there) == ST_OK)
			st = source_file_take_fd(&file, fd, path, err);
		else
			continue;
		if (st == ST_OK)
			st = group_add(run, group, str_from(path), &file, err);
	}
	arena_done(&arena);
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
static Status take_or_spool(IngestRun *run, int fd, SourceFile *out, Err *err)
{
	struct stat info;
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
		return source_file_take_fd(out, fd, "the input", err);
	FdSource from = {.fd = fd, .name = "the input", .until = &run->options.until};
	Status st = source_file_spool(out, byte_source_fd(&from), UINT64_MAX, err);
	close_quietly(fd);
	return st;
}

/* JSON lines whose name does not say so. */
static bool is_unnamed_list(int fd)
{
	char head[1024];
	ssize_t got = pread(fd, head, sizeof head, 0);
	return got > 0 && format_begins_with_record((Str){head, (size_t)got});
}

Status ingest_file(IngestRun *run, int fd, Str name, int dir_fd, Err *err)
{
	bool compressed;
	RegisterOutcome outcome = REGISTER_NONE;
	SourceFile file = {.fd = -1};
	struct stat info;
	FormatReader reader = format_by_long_name(file_base(name), &compressed)->reader;
	bool piped = fstat(fd, &info) == 0 && !S_ISREG(info.st_mode);
	Status st;
	bool unknown = format_by_name(file_base(name)) == &format_unknown && !compressed;
	if (reader == READER_LINES || (reader == READER_NONE && piped) || (unknown && !piped && is_unnamed_list(fd))) {
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
	st = take_or_spool(run, fd, &file, err);
	if (st != ST_OK)
		return ingest_reject_or_end(run, (IngestPlace){.name = name}, err, err);
	if (register_is_possible(file_base(name)))
		st = ingest_register(run, &file, name, dir_fd, &outcome, err);
	if (st == ST_OK && outcome == REGISTER_NONE)
		st = reader == READER_JSON ? ingest_json_file(run, &file, name, dir_fd, err)
					   : ingest_document(run, &file, name, dir_fd, err);
	source_file_done(&file);
	return st == ST_OK ? ingest_tick(run, 0, err) : st;
}
