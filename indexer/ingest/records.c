/* indexer/ingest/records.c - records as JSON. Each is parsed, its files are gathered (sent inline, named beside the
 * source, or lying beside the metadata), and the item is added. A file that a record names is marked as taken, so that
 * a walk over the folder does not bring it again. */
#include "indexer/ingest/records.h"

#include "base/file.h"
#include "indexer/ingest/amend_line.h"
#include "indexer/ingest/queue.h"
#include "indexer/source/package_in.h"

#include <sys/stat.h>

static bool is_beside(const Sidecars *beside, Str path)
{
	for (size_t i = 0; i < beside->count; i++)
		if (str_eq(beside->files[i].name, file_base(path)))
			return true;
	return false;
}

/* A file that a record names, beside its source. */
static Status open_named(IngestRun *run, const RecordFile *named, int dir_fd, SourceFile *out, Err *err)
{
	struct stat info;
	int fd = -1;
	if (dir_fd < 0)
		return err_set(
			err, ST_UNSUPPORTED,
			"its file %.*s can't be reached from here: send it inline as base64, or ingest from a folder",
			(int)(named->path.len < 100 ? named->path.len : 100), named->path.ptr);
	Status st = open_beneath(dir_fd, named->path, &fd, err);
	if (st != ST_OK)
		return st;
	if (fstat(fd, &info) == 0)
		st = taken_add(&run->taken, info.st_dev, info.st_ino, err);
	if (st != ST_OK) {
		close_quietly(fd);
		return st;
	}
	Str name = arena_copy(&run->arena, named->path); /* with its end, for messages */
	st = source_file_take_fd(out, fd, name.ptr ? name.ptr : "", err);
	out->name = file_base(named->path);
	return st;
}

/* The record's files: inline, named, or beside its metadata. owned[i]: files[i] was opened here and is to be closed. */
static Status gather_files(IngestRun *run, const Record *record, int dir_fd, const Sidecars *beside, SourceFile *files,
			   bool *owned, size_t *count, Err *err)
{
	for (size_t i = 0; i < record->file_count; i++) {
		const RecordFile *named = &record->files[i];
		if (!named->path.len) {
			files[*count] = source_file_of(file_base(named->name), named->bytes);
		} else if (is_beside(beside, named->path)) {
			continue; /* added below, with all that lie beside */
		} else {
			Status st = open_named(run, named, dir_fd, &files[*count], err);
			if (st != ST_OK)
				return st;
			owned[*count] = true;
		}
		++*count;
	}
	for (size_t i = 0; i < beside->count; i++)
		files[(*count)++] = beside->files[i];
	if (beside->text_file && record->has_text)
		files[(*count)++] = *beside->text_file; /* not needed as the text, but not lost either */
	return ST_OK;
}

/* A sidecar that says nothing but the case file is about the record beside it. */
static void make_member_of_case(Record *record)
{
	record->is_case = false;
	record->id = (Str){NULL, 0};
	if (!record->fields[RF_CASES].count) {
		record->fields[RF_CASES].items = &record->fields[RF_CASE].text;
		record->fields[RF_CASES].count = 1;
	}
}

static Status add_record(IngestRun *run, Record *record, IngestPlace place, int dir_fd, const Sidecars *beside,
			 Err *err)
{
	size_t count = 0, most = record->file_count + beside->count + 1;
	SourceFile *files = arena_calloc(&run->arena, most, sizeof *files);
	bool *owned = arena_calloc(&run->arena, most, sizeof *owned);
	if (!files || !owned)
		return err_no_memory(err);
	Status st = gather_files(run, record, dir_fd, beside, files, owned, &count, err);
	if (st != ST_OK) {
		st = ingest_reject_or_end(run, place, err, err);
	} else {
		IngestItem item = {.place = place,
				   .record = record,
				   .files = files,
				   .file_count = count,
				   .text_file = record->has_text ? NULL : beside->text_file,
				   .files_stand_twice = beside->stand_twice};
		st = ingest_add(run, &item, err);
	}
	for (size_t i = 0; i < count; i++)
		if (owned[i])
			source_file_done(&files[i]);
	return st;
}

Status ingest_json(IngestRun *run, Str json, IngestPlace place, int dir_fd, const Sidecars *beside, Err *err)
{
	static const Sidecars nothing = {0};
	Record record;
	arena_reset(&run->arena);
	Status st = json_reader_parse(&run->json, json, &run->arena, &record, err);
	if (st != ST_OK)
		return ingest_reject_or_end(run, place, err, err);
	if (!beside)
		beside = &nothing;
	if (!beside->count && !beside->text_file) {
		bool taken;
		st = amend_line(run, json, &record, place, &taken, err);
		if (st != ST_OK || taken)
			return st;
	}
	if (record.id.len)
		id_filter_add(&run->met, record.id);
	if (record.is_case && (beside->count || beside->text_file))
		make_member_of_case(&record);
	return add_record(run, &record, place, dir_fd, beside, err);
}

static Str without_mark(Str text)
{
	return str_starts(text, STR("\xEF\xBB\xBF")) ? str_slice(text, 3, text.len) : text;
}

Status ingest_lines(IngestRun *run, ByteSource from, Str name, int dir_fd, Err *err)
{
	LineReader reader;
	Line line;
	Err why;
	Status st = ST_OK;
	Step step = STEP_END;
	line_reader_init(&reader, from);
	while (st == ST_OK && !ingest_stopped(run) && (step = line_next(&reader, &line, &why)) == STEP_ITEM) {
		IngestPlace place = {name, reader.number};
		Str text = reader.number == 1 ? without_mark(line.text) : line.text;
		if (line.too_long)
			ingest_reject(run, place, ST_LIMIT, "a line of more than 32 MiB");
		else if (str_trim(text).len)
			st = ingest_json(run, text, place, dir_fd, NULL, err);
		if (st == ST_OK)
			st = ingest_tick(run, from.position(from.ctx), err);
	}
	if (st == ST_OK && step == STEP_ERROR && !ingest_stopped(run))
		st = ingest_reject_or_end(run, (IngestPlace){name, reader.number + 1}, &why, err);
	line_reader_done(&reader);
	return st;
}

Status ingest_compressed_lines(IngestRun *run, int fd, Str bytes, Str name, int dir_fd, Err *err)
{
	PackageIn *package = NULL;
	PackageEntry entry;
	Err why;
	Status st = package_in_open(&package, PACKAGE_STREAM, fd, bytes, &why);
	Step step = st == ST_OK ? package_in_next(package, &entry, &why) : STEP_ERROR;
	st = ST_OK;
	if (step == STEP_ITEM)
		st = ingest_lines(run, package_in_source(package), name, dir_fd, err);
	else if (step == STEP_ERROR)
		st = ingest_reject_or_end(run, (IngestPlace){.name = name}, &why, err);
	package_in_close(package);
	return st;
}

/* ---- a file that is one record, or lines of them --------------------------------------------------------------- */

typedef struct {
	Str left;
	uint64_t taken;
} StrSource;

static Status read_str(void *ctx, void *out, size_t capacity, size_t *got_out, Err *err)
{
	StrSource *from = ctx;
	(void)err;
	size_t len = from->left.len < capacity ? from->left.len : capacity;
	if (len)
		memcpy(out, from->left.ptr, len);
	from->left = str_slice(from->left, len, from->left.len);
	from->taken += len;
	*got_out = len;
	return ST_OK;
}

static uint64_t str_position(const void *ctx)
{
	return ((const StrSource *)ctx)->taken;
}

/* Does the first line hold a whole object, with another line behind it? */
static bool is_lines(IngestRun *run, Str json)
{
	Str first, rest = json;
	Record record;
	Err ignored;
	if (!str_split(&rest, '\n', &first) || str_trim(rest).len == 0)
		return false;
	arena_reset(&run->arena);
	return json_reader_parse(&run->json, first, &run->arena, &record, &ignored) == ST_OK;
}

/* Too large for one record: it must be lines of them, or is refused. */
static Status ingest_large_json_file(IngestRun *run, const SourceFile *file, Str name, int dir_fd, Err *err)
{
	Buf head = {0};
	IngestPlace place = {.name = name};
	size_t got = 0;
	int fd = -1;
	char *space = buf_extend(&head, LINE_MAX_BYTES);
	Status st = space ? source_file_head(file, space, LINE_MAX_BYTES, &got, err) : err_no_memory(err);
	bool lines = st == ST_OK && is_lines(run, without_mark((Str){space, got}));
	buf_done(&head);
	if (st == ST_OK && lines)
		st = source_file_open(file, &fd, err);
	if (st != ST_OK)
		return ingest_reject_or_end(run, place, err, err);
	if (lines) {
		FdSource from = {.fd = fd, .name = "the file"};
		st = ingest_lines(run, byte_source_fd(&from), name, dir_fd, err);
		close_quietly(fd);
	} else {
		ingest_reject(run, place, ST_LIMIT, "a record of more than 32 MiB");
	}
	return st;
}

Status ingest_json_file(IngestRun *run, const SourceFile *file, Str name, int dir_fd, Err *err)
{
	Buf bytes = {0};
	IngestPlace place = {.name = name};
	if (file->size_bytes > LINE_MAX_BYTES)
		return ingest_large_json_file(run, file, name, dir_fd, err);
	Status st = source_file_load(file, LINE_MAX_BYTES, &bytes, err);
	Str json = without_mark(buf_str(&bytes));
	if (st != ST_OK) {
		st = ingest_reject_or_end(run, place, err, err);
	} else if (str_trim(json).len == 0) {
		ingest_reject(run, place, ST_INVALID, "an empty file");
	} else if (is_lines(run, json)) {
		StrSource from = {.left = json};
		st = ingest_lines(run, (ByteSource){read_str, str_position, &from}, name, dir_fd, err);
	} else {
		st = ingest_json(run, json, place, dir_fd, NULL, err);
	}
	buf_done(&bytes);
	return st;
}
