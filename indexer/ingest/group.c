/* indexer/ingest/group.c - files come in the order of their names, so those of one stem follow each other: they are
 * gathered until another stem comes, and then made into records. */
#include "indexer/ingest/group.h"

#include "indexer/ingest/delivery.h"
#include "indexer/ingest/mail.h"
#include "indexer/ingest/message.h"
#include "indexer/ingest/queue.h"
#include "indexer/ingest/records.h"
#include "indexer/ingest/signed.h"
#include "indexer/source/format.h"

static void clear(FileGroup *group)
{
	for (size_t i = 0; i < group->count; i++)
		source_file_done(&group->files[i]);
	group->count = 0;
	group->stem = (Str){NULL, 0};
	arena_reset(&group->arena);
}

void group_done(FileGroup *group)
{
	clear(group);
	arena_done(&group->arena);
}

static IngestPlace place_of(IngestRun *run, const FileGroup *group, size_t i)
{
	char *name = arena_printf(&run->arena, "%.*s%.*s", STR_ARG(group->prefix), STR_ARG(group->paths[i]));
	return (IngestPlace){.name = str_from(name)};
}

static FormatReader reader_of(const FileGroup *group, size_t i)
{
	return format_by_name(group->paths[i])->reader;
}

/* A file of a delivery that no row of its register names: marked and told, unless it is a case file's cover or list. */
static Status describe_unlisted(IngestRun *run, const FileGroup *group, IngestPlace place, Record *record, Err *err)
{
	static const Str marks[] = {[DELIVERY_UNLISTED] = {"{\"delivery\":\"unlisted\"}", 23},
				    [DELIVERY_COVER] = {"{\"delivery\":\"cover\"}", 20},
				    [DELIVERY_LIST] = {"{\"delivery\":\"list\"}", 19}};
	Str case_code;
	if (!run->delivery || !run->delivery_rows || group->dir_fd < 0)
		return ST_OK;
	DeliveryRole role = delivery_role(run->delivery, delivery_path_of(run->delivery, place.name), &case_code);
	record->fields[RF_EXTRA].text = marks[role];
	if (role == DELIVERY_UNLISTED) {
		ingest_find(run, place, FINDING_UNLISTED, STR("no row of the register names this file"));
		return ST_OK;
	}
	record->fields[RF_TYPE].text = role == DELIVERY_COVER ? STR("Bìa hồ sơ") : STR("Mục lục văn bản");
	if (!case_code.len)
		return ST_OK;
	Str *code = arena_calloc(&run->arena, 1, sizeof *code);
	if (!code)
		return err_no_memory(err);
	*code = case_code;
	record->fields[RF_CASES].items = code;
	record->fields[RF_CASES].count = 1;
	return ST_OK;
}

/* A document that stands alone, perhaps with its text beside it. */
static Status add_document(IngestRun *run, FileGroup *group, size_t at, const SourceFile *text_file, Err *err)
{
	Record record = {0};
	arena_reset(&run->arena);
	IngestItem item = {.place = place_of(run, group, at),
			   .record = &record,
			   .files = &group->files[at],
			   .file_count = 1,
			   .text_file = text_file};
	Status st = describe_unlisted(run, group, item.place, &record, err);
	return st == ST_OK ? ingest_add(run, &item, err) : st;
}

/* What the .json says, with the others as its files; a .txt beside a document is its text. */
static Status add_described(IngestRun *run, FileGroup *group, size_t json_at, size_t text_at, Err *err)
{
	SourceFile files[GROUP_FILES_MAX];
	Sidecars beside = {.files = files};
	Buf json = {0};
	if (text_at < group->count && group->count > 2)
		beside.text_file = &group->files[text_at];
	for (size_t i = 0; i < group->count; i++)
		if (i != json_at && &group->files[i] != beside.text_file)
			files[beside.count++] = group->files[i];
	Status st = source_file_load(&group->files[json_at], LINE_MAX_BYTES, &json, err);
	arena_reset(&run->arena);
	IngestPlace place = {.name = arena_copy(&group->arena, place_of(run, group, json_at).name)};
	st = st == ST_OK ? ingest_json(run, buf_str(&json), place, group->dir_fd, &beside, err)
			 : ingest_reject_or_end(run, place, err, err);
	buf_done(&json);
	return st;
}

bool group_takes_text(Str name)
{
	switch (format_by_name(name)->reader) {
	case READER_PLAIN:
	case READER_LINES:
	case READER_JSON:
	case READER_TABLE:
	case READER_PACKAGE:
	case READER_EDXML:
	case READER_MAIL:
	case READER_SIGNED:
		return false;
	default:
		return true;
	}
}

static Status add_each(IngestRun *run, FileGroup *group, size_t text_at, Err *err)
{
	bool text_belongs = group->count == 2 && text_at < group->count &&
			    group_takes_text(group->paths[1 - text_at]) && !message_is(&group->files[1 - text_at]);
	Status st = ST_OK;
	for (size_t i = 0; i < group->count && st == ST_OK; i++) {
		if (text_belongs && i == text_at)
			continue;
		if (reader_of(group, i) == READER_JSON) {
			arena_reset(&run->arena);
			Str name = arena_copy(&group->arena, place_of(run, group, i).name);
			st = ingest_json_file(run, &group->files[i], name, group->dir_fd, err);
		} else if (reader_of(group, i) == READER_MAIL) {
			st = ingest_mail(run, &group->files[i], place_of(run, group, i), err);
		} else if (reader_of(group, i) == READER_SIGNED) {
			st = ingest_signed(run, &group->files[i], place_of(run, group, i), err);
		} else if (message_is(&group->files[i])) {
			st = ingest_message(run, &group->files[i], place_of(run, group, i), err);
		} else {
			st = add_document(run, group, i, text_belongs ? &group->files[text_at] : NULL, err);
		}
	}
	return st;
}

Status group_flush(IngestRun *run, FileGroup *group, Err *err)
{
	size_t json_at = SIZE_MAX, text_at = SIZE_MAX;
	for (size_t i = 0; i < group->count; i++) {
		if (reader_of(group, i) == READER_JSON && json_at == SIZE_MAX)
			json_at = i;
		else if (reader_of(group, i) == READER_PLAIN && text_at == SIZE_MAX)
			text_at = i;
	}
	Status st = ST_OK;
	if (group->count > 1 && json_at != SIZE_MAX)
		st = add_described(run, group, json_at, text_at, err);
	else if (group->count)
		st = add_each(run, group, text_at, err);
	clear(group);
	return st;
}

Status group_add(IngestRun *run, FileGroup *group, Str path, SourceFile *file, Err *err)
{
	Status st = ST_OK;
	bool other = group->count && !str_eq(group->stem, file_stem(path));
	for (size_t i = 0; i < group->count; i++)
		other |= str_eq(group->paths[i], path);
	if (group->count == GROUP_FILES_MAX || other)
		st = group_flush(run, group, err);
	Str copy = arena_copy(&group->arena, path);
	if (st == ST_OK && !copy.ptr)
		st = err_no_memory(err);
	if (st != ST_OK) {
		source_file_done(file);
		return st;
	}
	group->stem = file_stem(copy);
	group->paths[group->count] = copy;
	group->files[group->count] = *file;
	group->files[group->count].name = file_base(copy);
	group->count++;
	*file = (SourceFile){.fd = -1};
	return ST_OK;
}
