/* indexer/ingest/register.c - the tables of one file, row by row. What a row says of its case file becomes the case
 * file's own entry once; what it says of a document goes the way of all records, with the files that were found. */
#include "indexer/ingest/register.h"

#include "base/file.h"
#include "base/utf8.h"
#include "indexer/extract/extract.h"
#include "indexer/ingest/delivery.h"
#include "indexer/ingest/records.h"
#include "indexer/ingest/row.h"
#include "indexer/source/format.h"
#include "tokenizer/encoding.h"
#include "tokenizer/fold.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	REGISTER_BYTES_MAX = 128 << 20,
	FILES_OF_ROW_MAX = 64,
	PLAN_RECORDS = 3,
	DOCUMENT_KNOWN_MAX = 2,
	WORKBOOK_KNOWN_MIN = 4
};

typedef struct {
	IngestRun *run;
	Str name, folder; /* as it is shown; where it stands, from the delivery's root */
	const Grid *table;
	RegisterColumns columns;
	Delivery *delivery; /* NULL: files can't be reached */
	Tally cases, numbers;
	uint64_t documents;
	RegisterRow before;
	Arena arena;
	Buf json, plan;
	size_t planned;
} Register;

/* ---- what does not fit ----------------------------------------------------------------------------------------- */

static void tell(Register *r, uint64_t line, IngestFinding finding, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void tell(Register *r, uint64_t line, IngestFinding finding, const char *format, ...)
{
	char text[600];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	Str shown = str_slice(str_from(text), 0, utf8_valid_prefix(str_from(text)));
	ingest_find(r->run, (IngestPlace){r->name, line}, finding, shown);
}

/* The same agency, year and number twice in one register. */
static Status check_number(Register *r, const RegisterRow *row, Err *err)
{
	Buf key = {0};
	Str year = row->issued.len >= 4 ? row->issued : (Str){NULL, 0};
	if (!row->number.len)
		return ST_OK;
	/* dd/mm/yyyy has its year at the end */
	year = year.len && str_find_char(year, '/') >= 0 ? str_slice(year, year.len - 4, year.len)
							 : str_slice(year, 0, 4);
	fold_text(row->values[REG_AGENCY], &key);
	buf_printf(&key, "|%.*s|", STR_ARG(year));
	fold_text(row->number, &key);
	TallyEntry *entry = buf_ok(&key) ? tally_take(&r->numbers, buf_str(&key)) : NULL;
	buf_done(&key);
	if (!entry)
		return err_no_memory(err);
	if (entry->count++ == 0)
		entry->line = row->cells->line;
	else
		tell(r, row->cells->line, FINDING_SAME_NUMBER, "the number %.*s stands in line %" PRIu64 " too",
		     STR_ARG(row->number), entry->line);
	return ST_OK;
}

static void check_totals(Register *r)
{
	for (size_t i = 0; i < r->cases.count; i++) {
		const TallyEntry *entry = &r->cases.entries[i];
		uint64_t stated;
		if (str_to_u64(str_trim(entry->note), &stated) && entry->count && stated != entry->count)
			tell(r, entry->line, FINDING_TOTAL,
			     "case file %.*s should hold %" PRIu64 " documents, the register lists %" PRIu64,
			     STR_ARG(entry->key), stated, entry->count);
	}
}

/* "Tổng cộng: 12": not a record, and its number must be that of the rows above. */
static bool is_total_line(Register *r, const RegisterRow *row)
{
	static const char *const words[] = {"tong cong", "tong so", "cong:", "cong "};
	Buf first = {0};
	uint64_t stated = 0;
	bool found = false, has_number = false;
	for (size_t i = 0; i < row->cells->count && !first.len; i++)
		fold_text(row->cells->cells[i], &first);
	for (size_t i = 0; i < sizeof words / sizeof *words && row_filled(row) <= 3; i++)
		found |= str_starts(buf_str(&first), str_from(words[i]));
	for (size_t i = 0; i < row->cells->count && found; i++) {
		Str cell = row->cells->cells[i];
		size_t start = cell.len;
		while (start && cell.ptr[start - 1] >= '0' && cell.ptr[start - 1] <= '9')
			start--;
		has_number |= str_to_u64(str_slice(cell, start, cell.len), &stated);
	}
	buf_done(&first);
	if (found && has_number && stated != r->documents)
		tell(r, row->cells->line, FINDING_TOTAL, "a total of %" PRIu64 ", but %" PRIu64 " rows above it",
		     stated, r->documents);
	return found;
}

/* ---- case files ------------------------------------------------------------------------------------------------ */

static bool says_more_than_code(const RegisterRow *row)
{
	for (int i = REG_CASE_TITLE; i < REG_COUNT; i++)
		if (row->values[i].len)
			return true;
	return !row_has_document(row);
}

static Status add_case(Register *r, const RegisterRow *row, Err *err)
{
	if (!row_has_case(row) || str_find_char(row->case_code, '|') >= 0)
		return ST_OK;
	TallyEntry *entry = tally_take(&r->cases, row->case_code);
	if (!entry)
		return err_no_memory(err);
	bool first = entry->line == 0;
	entry->line = first ? row->cells->line : entry->line;
	entry->count += row_has_document(row);
	if (row->values[REG_CASE_TOTAL].len && !entry->note.len &&
	    !tally_note(&r->cases, entry, row->values[REG_CASE_TOTAL]))
		return err_no_memory(err);
	if (!first || !says_more_than_code(row))
		return ST_OK;
	buf_clear(&r->json);
	row_write_case(row, &r->arena, &r->json);
	if (!buf_ok(&r->json))
		return err_no_memory(err);
	return ingest_json(r->run, buf_str(&r->json), (IngestPlace){r->name, row->cells->line}, -1, NULL, err);
}

/* ---- a row's files --------------------------------------------------------------------------------------------- */

typedef struct {
	SourceFile files[FILES_OF_ROW_MAX];
	size_t count;
	bool stand_twice; /* another row names one of them */
	Err missing;      /* why the first of those that are not there is not */
} RowFiles;

static Str shown_base(Register *r, Str path)
{
	Str base = file_base(path);
	if (utf8_is_valid(base))
		return base;
	return str_from(arena_printf(&r->arena, "%.*s\xEF\xBF\xBD", (int)utf8_valid_prefix(base), base.ptr));
}

static Status take_file(Register *r, const RegisterRow *row, Str named, RowFiles *out, Err *err)
{
	DeliveryFile file;
	uint64_t line = row->cells->line;
	Err why;
	Status st = delivery_take(r->delivery, &r->run->taken, named, r->folder, &file, &why);
	if (st == ST_NO_MEMORY || st == ST_LIMIT) {
		*err = why;
		return st;
	}
	if (st != ST_OK) {
		tell(r, line, FINDING_MISSING, "%s", why.text);
		out->missing = out->missing.code == ST_OK ? why : out->missing;
		return ST_OK;
	}
	out->stand_twice |= file.listed;
	if (file.listed)
		tell(r, line, FINDING_DOUBLED, "another row names this file too: %.*s", STR_ARG(named));
	if (file.misnamed)
		tell(r, line, FINDING_MISNAMED, "%.*s was found as %.*s", STR_ARG(named), STR_ARG(file.path));
	if (row->case_code.len && !delivery_note_case(r->delivery, file.path, row->case_code)) {
		close_quietly(file.fd);
		return err_no_memory(err);
	}
	st = source_file_take_fd(&out->files[out->count], file.fd, "the file", err);
	if (st != ST_OK)
		return st;
	out->files[out->count++].name = shown_base(r, file.path);
	return ST_OK;
}

static Status take_files(Register *r, const RegisterRow *row, RowFiles *out, Err *err)
{
	Str rest = row->values[REG_FILE], named;
	Status st = ST_OK;
	while (st == ST_OK && r->delivery && rest.len && str_split(&rest, '|', &named)) {
		if (!str_trim(named).len)
			continue;
		if (out->count == FILES_OF_ROW_MAX)
			return err_set(err, ST_LIMIT, "more than %d files in one row", FILES_OF_ROW_MAX);
		st = take_file(r, row, str_trim(named), out, err);
	}
	return st;
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

static void plan_record(Register *r)
{
	if (!r->run->options.planned || r->planned++ >= PLAN_RECORDS)
		return;
	if (r->plan.len)
		buf_add_char(&r->plan, ',');
	buf_add_str(&r->plan, buf_str(&r->json));
}

static Status add_document(Register *r, const RegisterRow *row, Err *err)
{
	IngestPlace place = {r->name, row->cells->line};
	RowFiles *taken = arena_calloc(&r->arena, 1, sizeof *taken);
	if (!taken)
		return err_no_memory(err);
	r->documents++;
	Status st = check_number(r, row, err);
	if (st == ST_OK) {
		st = take_files(r, row, taken, err);
		if (st != ST_OK)
			st = ingest_reject_or_end(r->run, place, err, err);
		else if (taken->missing.code != ST_OK && !taken->count && !row->number.len &&
			 !row->values[REG_SUBJECT].len && !row->values[REG_TEXT].len)
			ingest_reject(r->run, place, taken->missing.code, taken->missing.text);
		else {
			Sidecars beside = {
				.files = taken->files, .count = taken->count, .stand_twice = taken->stand_twice};
			buf_clear(&r->json);
			row_write_record(row, r->delivery == NULL, &r->json);
			plan_record(r);
			st = buf_ok(&r->json) ? ingest_json(r->run, buf_str(&r->json), place, -1, &beside, err)
					      : err_no_memory(err);
		}
	}
	for (size_t i = 0; i < taken->count; i++)
		source_file_done(&taken->files[i]);
	return st;
}

static bool has_cells_behind(const GridRow *row, size_t count)
{
	for (size_t i = count; i < row->count; i++)
		if (row->cells[i].len)
			return true;
	return row->too_many;
}

static Status add_row(Register *r, const GridRow *cells, Err *err)
{
	IngestPlace place = {r->name, cells->line};
	RegisterRow row;
	if (has_cells_behind(cells, r->columns.count)) {
		ingest_reject(r->run, place, ST_INVALID, "more cells than the row of headings has");
		return ST_OK;
	}
	row_read(&r->columns, cells, &r->arena, &row);
	if (is_total_line(r, &row))
		return ST_OK;
	row_carry_case(&row, &r->before, &r->arena);
	if (row_has_case(&row))
		r->before = row;
	bool document = row_has_document(&row);
	if (!document && !row_has_case(&row) && row_filled(&row) <= 2) {
		ingest_warn(r->run, place,
			    STR("this row was passed over: it names neither a document nor a case file"));
		return ST_OK;
	}
	Status st = add_case(r, &row, err);
	if (st == ST_OK && (document || !row_has_case(&row)))
		st = add_document(r, &row, err);
	return st;
}

/* ---- what it would do ------------------------------------------------------------------------------------------ */

static Status show_plan(Register *r, Err *err)
{
	const RegisterColumns *c = &r->columns;
	if (!r->run->options.planned)
		return ST_OK;
	IngestPlanColumn *columns = arena_calloc(&r->arena, c->count + 1, sizeof *columns);
	if (!columns || !buf_ok(&r->plan))
		return err_no_memory(err);
	for (size_t i = 0; i < c->count; i++) {
		RegisterField field = c->columns[i].field;
		column_letters(i, columns[i].letters);
		columns[i].title = c->columns[i].title;
		columns[i].field = field == REG_NONE ? NULL : register_fields[field].path;
		columns[i].how = c->columns[i].how;
	}
	IngestPlan plan = {.name = r->name,
			   .heading_line = c->columns ? r->table->rows[c->heading_row].line : 0,
			   .documents = r->documents,
			   .case_files = r->cases.count,
			   .columns = columns,
			   .column_count = c->count,
			   .records = buf_str(&r->plan)};
	r->run->options.planned(r->run->options.ctx, &plan);
	return ST_OK;
}

/* ---- tables ---------------------------------------------------------------------------------------------------- */

static Status add_rows(Register *r, Err *err)
{
	Status st = ST_OK;
	r->run->delivery_rows = true;
	for (size_t i = r->columns.first_row; i < r->table->row_count && st == ST_OK && !ingest_stopped(r->run); i++) {
		st = add_row(r, &r->table->rows[i], err);
		if (st == ST_OK)
			st = ingest_tick(r->run, 0, err);
	}
	if (st == ST_OK && !ingest_stopped(r->run))
		check_totals(r);
	return st == ST_OK ? show_plan(r, err) : st;
}

/* The headings that are known, for whoever has to map the others. */
static void refuse(IngestRun *run, Str name, const RegisterColumns *best)
{
	char reason[sizeof(Err)];
	Buf titles = {0};
	for (size_t i = 0; best && i < best->count && titles.len < 100; i++)
		if (best->columns[i].field == REG_NONE)
			buf_printf(&titles, "%s%.*s", titles.len ? ", " : "", STR_ARG(best->columns[i].title));
	Str shown = str_slice(buf_str(&titles), 0, utf8_valid_prefix(str_slice(buf_str(&titles), 0, 110)));
	snprintf(reason, sizeof reason,
		 "a list whose headings are not understood (%.*s): name them with --map 'Heading=field', or keep it "
		 "with "
		 "--as-document",
		 STR_ARG(shown));
	buf_done(&titles);
	ingest_reject(run, (IngestPlace){.name = name}, ST_INVALID, reason);
}

static Str name_of_sheet(Register *r, Str file, const Grid *table, size_t table_count)
{
	if (table_count < 2 || !table->name.len)
		return file;
	return str_from(arena_printf(&r->arena, "%.*s#%.*s", STR_ARG(file), STR_ARG(table->name)));
}

static void register_done(Register *r)
{
	tally_done(&r->cases);
	tally_done(&r->numbers);
	arena_done(&r->arena);
	buf_done(&r->json);
	buf_done(&r->plan);
}

/* A workbook that a document brings along may have "Số", "Ngày" and "Ghi chú" too: more is asked of it than of a list
 * in CSV, which is hardly ever a document. */
static bool is_sure(const IngestRun *run, const RegisterColumns *c)
{
	bool document = columns_have(c, REG_SUBJECT) &&
			(columns_have(c, REG_NUMBER) || columns_have(c, REG_NUMERAL) || columns_have(c, REG_ID));
	return run->options.map_count || (c->known >= WORKBOOK_KNOWN_MIN &&
					  (document || columns_have(c, REG_FILE) || columns_have(c, REG_CASE_TITLE)));
}

typedef struct {
	Str name;
	const GridBook *book;
	bool workbook;
	Delivery *delivery;
} RegisterFile;

static bool is_list(const Grid *table);

/* *known_out: how many headings of this sheet are known. */
static Status ingest_table(IngestRun *run, const RegisterFile *file, const Grid *table, bool *taken_out,
			   size_t *known_out, Err *err)
{
	Register r = {.run = run, .table = table, .delivery = file->delivery};
	Status st = columns_find(table, run->options.maps, run->options.map_count, &r.arena, &r.columns, err);
	r.name = name_of_sheet(&r, file->name, table, file->book->count);
	if (file->delivery) {
		Str path = delivery_path_of(file->delivery, file->name);
		r.folder = str_slice(path, 0, path.len - file_base(path).len);
		while (r.folder.len && r.folder.ptr[r.folder.len - 1] == '/')
			r.folder.len--;
	}
	*taken_out = st == ST_OK && r.columns.understood && (!file->workbook || is_sure(run, &r.columns));
	*known_out = r.columns.known;
	if (*taken_out)
		st = add_rows(&r, err);
	else if (st == ST_OK && !file->workbook && *known_out > DOCUMENT_KNOWN_MAX)
		refuse(run, r.name, &r.columns);
	register_done(&r);
	return st;
}

/* A sheet that is no list, beside one that is: nothing of it is kept. */
static void tell_of_sheet(IngestRun *run, const RegisterFile *file, const Grid *table)
{
	Register r = {.run = run};
	if (table->row_count) {
		r.name = name_of_sheet(&r, file->name, table, file->book->count);
		ingest_warn(run, (IngestPlace){.name = r.name},
			    STR("this sheet was passed over: its headings are those of no register"));
	}
	register_done(&r);
}

static Status ingest_tables(IngestRun *run, const RegisterFile *file, RegisterOutcome *out, Err *err)
{
	const GridBook *book = file->book;
	bool *taken = calloc(book->count + 1, sizeof *taken);
	size_t most_known = 0;
	Status st = taken ? ST_OK : err_no_memory(err);
	*out = REGISTER_NONE;
	for (size_t i = 0; i < book->count && st == ST_OK; i++) {
		size_t known = 0;
		if (!is_list(&book->tables[i]))
			continue;
		st = ingest_table(run, file, &book->tables[i], &taken[i], &known, err);
		most_known = known > most_known ? known : most_known;
		if (st == ST_OK && taken[i])
			*out = REGISTER_TAKEN;
		else if (st == ST_OK && known > DOCUMENT_KNOWN_MAX && *out == REGISTER_NONE && !file->workbook)
			*out = REGISTER_REFUSED;
	}
	for (size_t i = 0; i < book->count && st == ST_OK && *out == REGISTER_TAKEN && file->workbook; i++)
		if (!taken[i])
			tell_of_sheet(run, file, &book->tables[i]);
	if (st == ST_OK && *out == REGISTER_NONE && file->workbook && most_known > DOCUMENT_KNOWN_MAX)
		ingest_warn(run, (IngestPlace){.name = file->name},
			    STR("kept as a document; if it is a register, name its headings with --map"));
	free(taken);
	return st;
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

bool register_is_possible(Str name)
{
	FormatReader reader = format_by_name(name)->reader;
	return reader == READER_TABLE || reader == READER_XLSX || reader == READER_ODS || reader == READER_XLS;
}

static Status read_text(const SourceFile *file, GridBook *out, Err *err)
{
	Buf bytes = {0}, text = {0};
	EncodingReport encoding;
	Status st = source_file_load(file, REGISTER_BYTES_MAX, &bytes, err);
	if (st == ST_OK)
		st = encoding_decode(buf_str(&bytes), &text, &encoding, err);
	for (size_t i = 0; i < text.len; i++) /* a page break between rows */
		if (text.data[i] == GRID_SHEET_MARK)
			text.data[i] = '\n';
	if (st == ST_OK)
		st = grid_read_book(out, buf_str(&text), true, err);
	buf_done(&bytes);
	buf_done(&text);
	return st;
}

/* A file none of whose rows has two cells is no list, whatever its name says: it is kept as a document. */
static bool is_list(const Grid *table)
{
	for (size_t i = 0; i < table->row_count; i++) {
		size_t filled = 0;
		for (size_t j = 0; j < table->rows[i].count; j++)
			filled += table->rows[i].cells[j].len > 0;
		if (filled > 1)
			return true;
	}
	return false;
}

/* *why: a workbook that can't be read is a document, whose record says why it has no text. */
static Status read_file(IngestRun *run, const SourceFile *file, Str name, bool *workbook_out, GridBook *out, Err *err)
{
	FormatReader reader = format_by_name(name)->reader;
	*workbook_out = reader != READER_TABLE;
	if (!*workbook_out)
		return read_text(file, out, err);
	Status st = extract_sheets(reader, file, &run->options.until, out, err);
	if (st == ST_OK || st == ST_NO_MEMORY || st == ST_BUSY)
		return st;
	*out = (GridBook){0};
	return ST_OK;
}

static bool has_list(const GridBook *book)
{
	for (size_t i = 0; i < book->count; i++)
		if (is_list(&book->tables[i]))
			return true;
	return false;
}

/* It has rows, but no headings that say what they are. */
static void refuse_whole(IngestRun *run, const RegisterFile *file)
{
	RegisterColumns none = {0};
	Arena arena = {0};
	Err ignored;
	bool found = columns_find(&file->book->tables[0], NULL, 0, &arena, &none, &ignored) == ST_OK;
	refuse(run, file->name, found ? &none : NULL);
	arena_done(&arena);
}

Status ingest_register(IngestRun *run, const SourceFile *file, Str name, int dir_fd, RegisterOutcome *out, Err *err)
{
	GridBook book = {0};
	Delivery *own = NULL;
	IngestPlace place = {.name = name};
	RegisterFile given = {.name = name, .book = &book};
	*out = REGISTER_NONE;
	if (run->options.as_document || file->size_bytes == 0)
		return ST_OK;
	Status st = read_file(run, file, file_base(name), &given.workbook, &book, err);
	if (st == ST_OK && !has_list(&book)) {
		grid_book_done(&book);
		return ST_OK;
	}
	if (st == ST_OK && dir_fd >= 0 && !run->delivery)
		st = delivery_open(&own, dir_fd, str_slice(name, 0, name.len - file_base(name).len), err);
	given.delivery = own ? own : run->delivery;
	if (st == ST_OK)
		st = ingest_tables(run, &given, out, err);
	else
		*out = REGISTER_REFUSED;
	if (st == ST_OK && *out == REGISTER_NONE && !given.workbook) {
		refuse_whole(run, &given);
		*out = REGISTER_REFUSED;
	}
	if (st != ST_OK)
		st = ingest_reject_or_end(run, place, err, err);
	grid_book_done(&book);
	delivery_close(own);
	return st;
}
