/* indexer/ingest/ingest.c - the three ways in: paths, a stream, one record. Each begins a run, hands what it was given
 * to the file of this room that reads such a thing, and ends the run. */
#include "indexer/ingest/ingest.h"

#include "base/file.h"
#include "indexer/ingest/file.h"
#include "indexer/ingest/folder.h"
#include "indexer/ingest/queue.h"
#include "indexer/ingest/records.h"
#include "indexer/ingest/run.h"
#include "indexer/source/format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens the folder of "a/b/c.jsonl", for the files that records name. -1: it can't be opened. */
static int open_parent(IngestRun *run, Str path)
{
	Str dir = str_slice(path, 0, path.len - file_base(path).len);
	Str copy = arena_copy(&run->arena, dir.len ? dir : STR("."));
	return copy.ptr ? open(copy.ptr, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
}

static Status take_folder(IngestRun *run, int dir_fd, Str name, Err *err)
{
	return ingest_folder(run, dir_fd, name, 0, err);
}

static Status ingest_path(IngestRun *run, const char *path, Err *err)
{
	struct stat info;
	Err why;
	Str name = str_from(path);
	if (strcmp(path, "-") == 0) {
		FdSource from = {.fd = 0, .name = "standard input", .until = &run->options.until};
		return ingest_lines(run, byte_source_fd(&from), STR("-"), -1, err);
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &info) != 0) {
		Status code = err_errno(&why, errno, "open %s", path);
		close_quietly(fd);
		ingest_reject(run, (IngestPlace){.name = name}, code, why.text);
		return ST_OK;
	}
	while (name.len > 1 && name.ptr[name.len - 1] == '/')
		name.len--;
	/* A hidden file that is named is meant; a lock file came by a pattern. */
	Str base = file_base(name);
	const NameReason *no_document = str_starts(base, STR(".")) ? NULL : name_no_document(base);
	if (no_document && !S_ISDIR(info.st_mode)) {
		ingest_pass_over(run, (IngestPlace){.name = name}, no_document);
		close_quietly(fd);
		return ST_OK;
	}
	if (S_ISDIR(info.st_mode)) {
		Status st = ingest_folder(run, fd, name, 0, err);
		close_quietly(fd);
		return st;
	}
	int dir_fd = open_parent(run, str_from(path));
	Status st = ingest_file(run, fd, name, dir_fd, err);
	close_quietly(dir_fd);
	return st;
}

static uint64_t path_size(const char *path)
{
	struct stat info;
	if (stat(path, &info) != 0)
		return 0;
	if (!S_ISDIR(info.st_mode))
		return (uint64_t)info.st_size;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t size = fd < 0 ? 0 : folder_size_bytes(fd, 0);
	close_quietly(fd);
	return size;
}

Status ingest_paths(Store *store, Index *index, const char *const *paths, size_t count, const IngestOptions *options,
		    IngestReport *out, Err *err)
{
	IngestRun run;
	Status st = ingest_begin(&run, store, index, options, out, err);
	if (st == ST_OK)
		st = queue_begin(&run, err);
	if (st != ST_OK)
		return ingest_end(&run, st, err);
	run.take_folder = take_folder;
	for (size_t i = 0; i < count; i++)
		out->bytes_expected += path_size(paths[i]);
	for (size_t i = 0; i < count && st == ST_OK && !ingest_stopped(&run); i++) {
		uint64_t goal = run.bytes_done + path_size(paths[i]);
		st = ingest_path(&run, paths[i], err);
		out->bytes_read = run.bytes_done = goal;
	}
	return ingest_end(&run, queue_end(&run, st, err), err);
}

Status ingest_stream(Store *store, Index *index, int fd, Str name, const IngestOptions *options, IngestReport *out,
		     Err *err)
{
	IngestRun run;
	Status st = ingest_begin(&run, store, index, options, out, err);
	run.take_folder = take_folder;
	if (st == ST_OK)
		st = queue_begin(&run, err);
	int own = st == ST_OK ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
	if (st == ST_OK && own < 0)
		st = err_errno(err, errno, "read the stream");
	if (st == ST_OK)
		st = ingest_file(&run, own, name, -1, err);
	return ingest_end(&run, queue_end(&run, st, err), err);
}

/* Does a record bring a file along? A letter or digit of the word, written as \u00.., would hide it. */
static bool may_have_files(Str json)
{
	if (str_find(json, STR("\"base64\"")) >= 0)
		return true;
	for (ptrdiff_t at; (at = str_find(json, STR("\\u00"))) >= 0;) {
		json = str_slice(json, (size_t)at + 4, json.len);
		if (json.len > 1 &&
		    (strchr("67", json.ptr[0]) || str_starts(json, STR("34")) || str_starts(json, STR("36"))))
			return true;
	}
	return false;
}

bool ingest_may_extract(int fd, Str name)
{
	enum { BLOCK_BYTES = 256 << 10, OVERLAP_BYTES = 16 }; /* what is looked for may lie across two blocks */
	bool compressed, may = true;
	FormatReader reader = format_by_long_name(file_base(name), &compressed)->reader;
	char *block = malloc(BLOCK_BYTES);
	off_t at = 0;
	ssize_t got = -1;
	if (block && !compressed && (reader == READER_LINES || reader == READER_JSON)) {
		while ((got = pread(fd, block, BLOCK_BYTES, at)) > OVERLAP_BYTES &&
		       !may_have_files((Str){block, (size_t)got}))
			at += got - OVERLAP_BYTES;
		may = got < 0 || may_have_files((Str){block, (size_t)got});
	}
	free(block);
	return may;
}

const char *ingest_body_ending(Str media)
{
	const Format *format = format_by_media(media);
	return format ? format->endings[0] : NULL;
}

Status ingest_record(Store *store, Index *index, Str json, const IngestOptions *options, Receipt *out, Err *err)
{
	IngestRun run;
	IngestReport report;
	ingest_init(&run, store, NULL, options, &report);
	run.lookups = index;
	Status st = ingest_json(&run, json, (IngestPlace){.name = STR("record")}, -1, NULL, err);
	if (st == ST_OK && run.refusal.code != ST_OK)
		st = err_set(err, run.refusal.code, "%s", run.refusal.text);
	else if (st == ST_OK && report.seen == 0)
		st = err_set(err, ST_BUSY, "there was no time left to read its text; it is not archived");
	Receipt receipt = run.receipt;
	bool grown = receipt.result != APPEND_DUPLICATE;
	st = ingest_end(&run, st, err);
	if (st != ST_OK)
		return st;
	if (index && grown)
		index_notify(index);
	*out = receipt;
	return ST_OK;
}
