/* indexer/ingest/manifest.c - a manifest is decoded as a whole, its first row gives the columns, and every further row
 * is written as the JSON that a sender would have written. Titles are compared without accents and without regard to
 * case. */
#include "indexer/ingest/manifest.h"

#include "indexer/ingest/records.h"
#include "tokenizer/encoding.h"
#include "tokenizer/fold.h"

typedef enum { COLUMN_EXTRA, COLUMN_FIELD, COLUMN_ID, COLUMN_TEXT, COLUMN_FILES } ColumnKind;

struct IngestColumn {
	ColumnKind kind;
	RecordFieldId field;
	Str title;
};

/* ---- columns --------------------------------------------------------------------------------------------------- */

static bool is_called(Str title, const char *name)
{
	Buf left = {0}, right = {0};
	fold_text(title, &left);
	fold_text(str_from(name), &right);
	bool same = str_eq(buf_str(&left), buf_str(&right));
	buf_done(&left);
	buf_done(&right);
	return same;
}

static bool is_called_one_of(Str title, const char *const *names)
{
	for (; *names; names++)
		if (is_called(title, *names))
			return true;
	return false;
}

static IngestColumn read_title(Str title)
{
	static const char *const files[] = {"file",    "files",    "path",      "tệp", "tập tin",
					    "tên tệp", "tên file", "đường dẫn", NULL};
	static const char *const ids[] = {"id", "mã định danh", "mã văn bản", NULL};
	static const char *const texts[] = {"text", "nội dung", "toàn văn", NULL};
	IngestColumn column = {.title = title};
	if (is_called_one_of(title, files))
		column.kind = COLUMN_FILES;
	else if (is_called_one_of(title, ids))
		column.kind = COLUMN_ID;
	else if (is_called_one_of(title, texts))
		column.kind = COLUMN_TEXT;
	for (int id = RF_NUMBER; id < RF_EXTRA && column.kind == COLUMN_EXTRA; id++) {
		const RecordField *field = &record_fields[id];
		if (!is_called(title, field->name) && !is_called(title, field->label_vi) &&
		    !is_called(title, field->label_en))
			continue;
		column.kind = COLUMN_FIELD;
		column.field = (RecordFieldId)id;
	}
	return column;
}

/* A manifest names files or gives texts, and knows at least one field of ours. */
static bool read_titles(const CsvReader *r, Arena *arena, IngestColumn *columns)
{
	size_t known = 0, contents = 0;
	for (size_t i = 0; i < r->count; i++) {
		columns[i] = read_title(arena_copy(arena, csv_cell(r, i)));
		known += columns[i].kind == COLUMN_FIELD || columns[i].kind == COLUMN_ID;
		contents += columns[i].kind == COLUMN_FILES || columns[i].kind == COLUMN_TEXT;
	}
	return contents > 0 && known > 0 && !r->too_many;
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

static void write_list(JsonOut *j, const char *key, Str value)
{
	Str part;
	jout_key(j, key);
	jout_open(j, '[');
	while (str_split(&value, '|', &part))
		if (str_trim(part).len)
			jout_str(j, str_trim(part));
	jout_close(j, ']');
}

static void write_cell(JsonOut *j, const IngestColumn *column, Str value)
{
	uint64_t whole;
	if (column->kind == COLUMN_ID) {
		jout_field_str(j, "id", value);
	} else if (column->kind == COLUMN_TEXT) {
		jout_field_str(j, "text", value);
	} else if (column->kind == COLUMN_FILES) {
		write_list(j, "files", value);
	} else if (column->kind == COLUMN_FIELD) {
		const RecordField *field = &record_fields[column->field];
		if (field->kind == FIELD_LIST)
			write_list(j, field->name, value);
		else if (field->kind == FIELD_WHOLE && str_to_u64(value, &whole))
			jout_key(j, field->name), jout_u64(j, whole);
		else
			jout_field_str(j, field->name, value);
	}
}

static void write_row(const CsvReader *r, const IngestColumn *columns, size_t count, Buf *out)
{
	JsonOut j;
	bool extra = false;
	jout_begin(&j, out);
	jout_open(&j, '{');
	for (size_t i = 0; i < count && i < r->count; i++) {
		extra |= columns[i].kind == COLUMN_EXTRA && columns[i].title.len && csv_cell(r, i).len;
		if (columns[i].kind != COLUMN_EXTRA && csv_cell(r, i).len)
			write_cell(&j, &columns[i], csv_cell(r, i));
	}
	if (extra) {
		jout_key(&j, "extra");
		jout_open(&j, '{');
		for (size_t i = 0; i < count && i < r->count; i++) {
			if (columns[i].kind != COLUMN_EXTRA || !columns[i].title.len || !csv_cell(r, i).len)
				continue;
			jout_key_str(&j, columns[i].title);
			jout_str(&j, csv_cell(r, i));
		}
		jout_close(&j, '}');
	}
	jout_close(&j, '}');
}

static bool is_empty_row(const CsvReader *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (csv_cell(r, i).len)
			return false;
	return true;
}

/* ---- a manifest ------------------------------------------------------------------------------------------------ */

void ingest_manifest_done(IngestManifest *manifest)
{
	csv_done(&manifest->csv);
	arena_done(&manifest->arena);
	buf_done(&manifest->text);
	buf_done(&manifest->json);
}

static Status read_first_row(IngestManifest *m, Str csv, bool *is_manifest_out, Err *err)
{
	EncodingReport encoding;
	Status st = encoding_decode(csv, &m->text, &encoding, err);
	if (st != ST_OK)
		return st;
	m->columns = arena_calloc(&m->arena, CSV_CELLS_MAX, sizeof *m->columns);
	if (!m->columns || !buf_ok(&m->text))
		return err_no_memory(err);
	csv_begin(&m->csv, buf_str(&m->text));
	Step step = csv_next(&m->csv, err);
	if (step == STEP_ERROR)
		return err->code;
	*is_manifest_out = step == STEP_ITEM && read_titles(&m->csv, &m->arena, m->columns);
	m->column_count = m->csv.count;
	return ST_OK;
}

Status ingest_manifest_open(IngestManifest *out, Str csv, bool *is_manifest_out, Err *err)
{
	IngestManifest manifest = {0};
	Status st = read_first_row(&manifest, csv, is_manifest_out, err);
	if (st != ST_OK) {
		ingest_manifest_done(&manifest);
		return st;
	}
	*out = manifest;
	return ST_OK;
}

Step ingest_manifest_next(IngestManifest *m, IngestManifestRow *out, Err *err)
{
	Step step;
	do
		step = csv_next(&m->csv, err);
	while (step == STEP_ITEM && is_empty_row(&m->csv));
	if (step != STEP_ITEM)
		return step;
	buf_clear(&m->json);
	*out = (IngestManifestRow){.line = m->csv.line, .too_many = m->csv.too_many || m->csv.count > m->column_count};
	if (out->too_many)
		return STEP_ITEM;
	write_row(&m->csv, m->columns, m->column_count, &m->json);
	out->json = buf_str(&m->json);
	if (buf_ok(&m->json))
		return STEP_ITEM;
	err_no_memory(err);
	return STEP_ERROR;
}

Status ingest_manifest(IngestRun *run, Str csv, Str name, int dir_fd, bool *is_manifest_out, Err *err)
{
	IngestManifest manifest;
	IngestManifestRow row;
	Step step = STEP_END;
	Status st = ingest_manifest_open(&manifest, csv, is_manifest_out, err);
	if (st != ST_OK)
		return st;
	while (st == ST_OK && *is_manifest_out && !ingest_stopped(run) &&
	       (step = ingest_manifest_next(&manifest, &row, err)) == STEP_ITEM) {
		IngestPlace place = {name, row.line};
		if (row.too_many)
			ingest_reject(run, place, ST_INVALID, "more cells than the first row has names");
		else
			st = ingest_json(run, row.json, place, dir_fd, NULL, err);
		if (st == ST_OK)
			st = ingest_tick(run, 0, err);
	}
	ingest_manifest_done(&manifest);
	return st == ST_OK && step == STEP_ERROR ? err->code : st;
}
