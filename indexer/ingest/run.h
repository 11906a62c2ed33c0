/* indexer/ingest/run.h - one ingest under way: shared by the files indexer/ingest_*.c and nobody else.
 *
 *   source (JSON lines, folder, package, manifest) → IngestItem → ingest_run_add → store_append … run_commit
 *
 * What can't be taken is told to options->rejected and the run goes on. A Status that is not ST_OK means that the run
 * must end: the archive takes no more, memory is out, or someone asked it to stop (ST_BUSY is not used for that:
 * run_stopped says so).
 *
 * Owns     everything in IngestRun is given back by the function of ingest.h that began it
 * Threads  one
 */
#ifndef INDEXER_INGEST_RUN_H
#define INDEXER_INGEST_RUN_H

#include "indexer/extract/extract.h"
#include "indexer/ingest/ingest.h"
#include "indexer/source/bytes.h"
#include "indexer/source/files.h"
#include "indexer/source/json.h"
#include "store/record/record.h"

/* Where an item stands: "records.jsonl", line 17; "a.zip!b/c.pdf". */
typedef struct {
	Str name;
	uint64_t line; /* 0: none */
} Place;

typedef struct {
	Place place;
	Record *record;    /* what was given; completed in place */
	SourceFile *files; /* the originals; borrowed */
	size_t file_count;
	const SourceFile *text_file; /* its text, given as a file beside it; NULL: none */
} IngestItem;

/* What lies beside a record's metadata and belongs to it. */
typedef struct {
	SourceFile *files;
	size_t count;
	const SourceFile *text_file;
} Beside;

typedef struct {
	Store *store;
	Index *index;
	IngestOptions options;
	IngestReport *report;
	Arena arena; /* of the item at hand */
	JsonReader json;
	Buf metadata, scratch;
	TakenFiles taken;
	uint64_t uncommitted_bytes, uncommitted_count;
	uint64_t started_us, committed_us, told_us;
	uint64_t bytes_done; /* of the inputs before the one at hand */
	bool writing;        /* the writer's lock is ours */
	bool put_now;        /* each item is committed at once, together with those of other threads */
	Receipt receipt;     /* of the item added last */
	Err refusal;         /* code ST_OK: it was taken */
} IngestRun;

bool run_stopped(const IngestRun *run);
void run_reject(IngestRun *run, Place place, Status code, const char *reason);
void run_warn(IngestRun *run, Place place, Str warning);
/* Appends the item, or rejects it. */
Status ingest_run_add(IngestRun *run, IngestItem *item, Err *err);
/* Commits when it is time, tells the progress. bytes_read: of the input at hand. */
Status run_tick(IngestRun *run, uint64_t bytes_read, Err *err);
/* The item at hand can't be taken for `code`: true, it was rejected. False: the run must end. */
bool run_reject_or_end(IngestRun *run, Place place, Status code, const Err *why);

/* ---- completing an item (ingest_complete.c) -------------------------------------------------------------------- */

typedef struct {
	Str text; /* in the record or in the buffer that was passed */
	char from[48];
	bool has_text;
	bool keep_file; /* item->text_file was decoded: its own bytes are kept too */
} ItemText;
/* Text out of the files where none was given; metadata out of the text where none was given. Notes about both go under
 * "extra". */
Status item_find_text(IngestRun *run, IngestItem *item, Buf *text_buf, ItemText *out, Err *err);
Status item_complete_metadata(IngestRun *run, IngestItem *item, const ItemText *text, Err *err);
/* Sets a member of the record's "extra". */
Status record_set_extra(Record *record, Arena *arena, const char *name, Str json, Err *err);

/* ---- secrecy (ingest_secret.c) --------------------------------------------------------------------------------- */

/* Is it marked mật, tối mật or tuyệt mật? Says by what; NULL: it is not. */
const char *secret_by_fields(const Record *record);
const char *secret_by_stamp(Str text);

/* ---- sources --------------------------------------------------------------------------------------------------- */

/* dir_fd -1: files of records can't be read. */
Status ingest_lines(IngestRun *run, ByteSource from, Str name, int dir_fd, Err *err);
Status ingest_compressed_lines(IngestRun *run, int fd, Str bytes, Str name, int dir_fd, Err *err);
/* One JSON text: a record, or lines of them. */
Status ingest_json_file(IngestRun *run, const SourceFile *file, Str name, int dir_fd, Err *err);
/* Adds what one JSON object says; resets the arena first. beside: may be NULL. */
Status ingest_json(IngestRun *run, Str json, Place place, int dir_fd, const Beside *beside, Err *err);
Status ingest_package(IngestRun *run, int fd, Str bytes, Str name, unsigned depth, Err *err);
Status ingest_folder(IngestRun *run, int dir_fd, Str name, unsigned depth, Err *err);
/* A file that is open; takes fd. */
Status ingest_open_file(IngestRun *run, int fd, Str name, int dir_fd, Err *err);
/* A manifest: *is_manifest_out false when its first row names no column that we know and no file. */
Status ingest_manifest(IngestRun *run, Str csv, Str name, int dir_fd, bool *is_manifest_out, Err *err);

/* Files of one stem: a document, its metadata (.json) and its text (.txt). */
enum { GROUP_FILES_MAX = 16 };
typedef struct {
	Str prefix; /* shown in front of the names: "a.zip!", "folder/" */
	Str stem;
	SourceFile files[GROUP_FILES_MAX];
	Str paths[GROUP_FILES_MAX]; /* beneath the prefix */
	size_t count;
	Arena arena;
	int dir_fd;
} FileGroup;
/* Takes the file. Another stem than before flushes what is there first. */
Status group_add(IngestRun *run, FileGroup *group, Str path, SourceFile *file, Err *err);
Status group_flush(IngestRun *run, FileGroup *group, Err *err);
void group_done(FileGroup *group);

#endif
