/* indexer/ingest/manifest.c - a CSV manifest: one record a row, its files in a column. See ingest_run.h.
 *
 *   file;Số ký hiệu;Loại văn bản;issued          the first row names the fields: their JSON names, or their Vietnamese
 *   scan/15-qd.pdf;15/2019/QĐ-UBND;…;12/3/2019   or English labels, with or without accents; others go to "extra"
 *
 * Separated by comma, semicolon or tab; quoted as in RFC 4180; files and lists separated by "|" within a cell. A row
 * becomes JSON and takes the way of all records. */
#include "indexer/ingest/run.h"

#include "tokenizer/encoding.h"
#include "tokenizer/fold.h"

enum { COLUMNS_MAX = 128 };

typedef enum { COLUMN_EXTRA, COLUMN_FIELD, COLUMN_ID, COLUMN_TEXT, COLUMN_FILES } ColumnKind;

typedef struct {
	ColumnKind kind;
	RecordFieldId field;
	Str title;
} Column;

typedef struct {
	Str left;
	char separator;
	uint64_t line; /* of the row handed out last */
	uint64_t next_line;
	Buf cells;                /* one after another … */
	size_t ends[COLUMNS_MAX]; /* … and where each ends */
	size_t count;
	bool too_many;
} CsvReader;

/* ---- reading --------------------------------------------------------------------------------------------------- */

static char take_char(CsvReader *r)
{
	char c = r->left.ptr[0];
	r->left = str_slice(r->left, 1, r->left.len);
	r->next_line += c == '\n';
	return c;
}

static void end_cell(CsvReader *r)
{
	if (r->count < COLUMNS_MAX)
		r->ends[r->count++] = r->cells.len;
	else
		r->too_many = true;
}

/* What stands between quotes; a doubled quote is one. */
static void read_quoted(CsvReader *r)
{
	while (r->left.len) {
		char c = take_char(r);
		if (c != '"')
			buf_add_char(&r->cells, c);
		else if (r->left.len && r->left.ptr[0] == '"')
			buf_add_char(&r->cells, take_char(r));
		else
			return;
	}
}

/* False at the end of all. */
static bool read_row(CsvReader *r)
{
	buf_clear(&r->cells);
	r->count = 0;
	r->too_many = false;
	r->line = r->next_line;
	if (!r->left.len)
		return false;
	size_t start = 0;
	while (r->left.len) {
		char c = take_char(r);
		if (c == '"' && r->cells.len == start) {
			read_quoted(r);
		} else if (c == r->separator) {
			end_cell(r);
			start = r->cells.len;
		} else if (c == '\n') {
			break;
		} else if (c != '\r') {
			buf_add_char(&r->cells, c);
		}
	}
	end_cell(r);
	return true;
}

static Str cell(const CsvReader *r, size_t at)
{
	return at < r->count ? str_trim(str_slice(buf_str(&r->cells), at ? r->ends[at - 1] : 0, r->ends[at]))
			     : (Str){NULL, 0};
}

static char find_separator(Str csv)
{
	Str first = {NULL, 0}; /* of a text without any line */
	size_t counts[3] = {0};
	static const char separators[] = ",;\t";
	str_split(&csv, '\n', &first);
	for (size_t i = 0; i < first.len; i++)
		for (size_t s = 0; s < 3; s++)
			counts[s] += first.ptr[i] == separators[s];
	return counts[1] > counts[0] ? (counts[2] > counts[1] ? '\t' : ';') : counts[2] > counts[0] ? '\t' : ',';
}

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

static Column read_title(Str title)
{
	static const char *const files[] = {"file",    "files",    "path",      "tệp", "tập tin",
					    "tên tệp", "tên file", "đường dẫn", NULL};
	static const char *const ids[] = {"id", "mã định danh", "mã văn bản", NULL};
	static const char *const texts[] = {"text", "nội dung", "toàn văn", NULL};
	Column column = {.title = title};
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
static bool read_titles(const CsvReader *r, Arena *arena, Column *columns)
{
	size_t known = 0, contents = 0;
	for (size_t i = 0; i < r->count; i++) {
		columns[i] = read_title(arena_copy(arena, cell(r, i)));
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

static void write_cell(JsonOut *j, const Column *column, Str value)
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

static void write_row(const CsvReader *r, const Column *columns, size_t count, Buf *out)
{
	JsonOut j;
	bool extra = false;
	jout_begin(&j, out);
	jout_open(&j, '{');
	for (size_t i = 0; i < count && i < r->count; i++) {
		extra |= columns[i].kind == COLUMN_EXTRA && columns[i].title.len && cell(r, i).len;
		if (columns[i].kind != COLUMN_EXTRA && cell(r, i).len)
			write_cell(&j, &columns[i], cell(r, i));
	}
	if (extra) {
		jout_key(&j, "extra");
		jout_open(&j, '{');
		for (size_t i = 0; i < count && i < r->count; i++) {
			if (columns[i].kind != COLUMN_EXTRA || !columns[i].title.len || !cell(r, i).len)
				continue;
			jout_key_str(&j, columns[i].title);
			jout_str(&j, cell(r, i));
		}
		jout_close(&j, '}');
	}
	jout_close(&j, '}');
}

static bool is_empty_row(const CsvReader *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (cell(r, i).len)
			return false;
	return true;
}

static Status read_rows(IngestRun *run, CsvReader *r, const Column *columns, size_t count, Str name, int dir_fd,
			Err *err)
{
	Buf json = {0};
	Status st = ST_OK;
	while (st == ST_OK && !run_stopped(run) && read_row(r)) {
		Place place = {name, r->line};
		if (is_empty_row(r))
			continue;
		if (r->count > count) {
			run_reject(run, place, ST_INVALID, "more cells than the first row has names");
			continue;
		}
		buf_clear(&json);
		write_row(r, columns, count, &json);
		st = buf_ok(&json) && buf_ok(&r->cells) ? ingest_json(run, buf_str(&json), place, dir_fd, NULL, err)
							: err_no_memory(err);
		if (st == ST_OK)
			st = run_tick(run, 0, err);
	}
	buf_done(&json);
	return st;
}

Status ingest_manifest(IngestRun *run, Str csv, Str name, int dir_fd, bool *is_manifest_out, Err *err)
{
	Buf text = {0};
	EncodingReport encoding;
	Arena arena = {0};
	Column *columns = arena_calloc(&arena, COLUMNS_MAX, sizeof *columns);
	CsvReader reader = {.next_line = 1};
	Status st = columns ? encoding_decode(csv, &text, &encoding, err) : err_no_memory(err);
	if (st != ST_OK)
		goto done;
	reader.left = buf_str(&text);
	reader.separator = find_separator(reader.left);
	*is_manifest_out = read_row(&reader) && read_titles(&reader, &arena, columns);
	if (*is_manifest_out)
		st = read_rows(run, &reader, columns, reader.count, name, dir_fd, err);
done:
	arena_done(&arena);
	buf_done(&reader.cells);
	buf_done(&text);
	return st;
}
