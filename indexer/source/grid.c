/* indexer/source/grid.c - rows are appended to a growing array; their cells lie in the table's arena. */
#include "indexer/source/grid.h"

#include "indexer/source/csv.h"

#include <stdio.h>
#include <stdlib.h>

void grid_done(Grid *table)
{
	free(table->rows);
	arena_done(&table->arena);
	*table = (Grid){0};
}

static bool is_empty(const Str *cells, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (cells[i].len)
			return false;
	return true;
}

Status grid_add_row(Grid *table, const Str *cells, size_t count, uint64_t line, Err *err)
{
	if (is_empty(cells, count))
		return ST_OK;
	GridRow row = {.line = line, .count = count, .too_many = count > GRID_COLUMNS_MAX};
	if (row.too_many)
		row.count = GRID_COLUMNS_MAX;
	if (table->cell_count + row.count > GRID_CELLS_MAX)
		return err_set(err, ST_LIMIT, "a table of more than %d cells: divide it", GRID_CELLS_MAX);
	if (table->row_count == table->capacity) {
		size_t capacity = table->capacity ? table->capacity * 2 : 64;
		GridRow *grown = realloc(table->rows, capacity * sizeof *grown);
		if (!grown)
			return err_no_memory(err);
		table->rows = grown;
		table->capacity = capacity;
	}
	row.cells = arena_calloc(&table->arena, row.count, sizeof *row.cells);
	if (!row.cells)
		return err_no_memory(err);
	for (size_t i = 0; i < row.count; i++) {
		Str cell = str_trim(cells[i]);
		row.cells[i] = cell.len ? arena_copy(&table->arena, cell) : (Str){NULL, 0};
		if (cell.len && !row.cells[i].ptr)
			return err_no_memory(err);
	}
	table->cell_count += row.count;
	table->rows[table->row_count++] = row;
	return ST_OK;
}

Status grid_read_csv(Grid *out, Str text, Err *err)
{
	Grid table = {0};
	CsvReader reader;
	Str cells[CSV_CELLS_MAX];
	Step step;
	Status st = ST_OK;
	csv_begin(&reader, text);
	while (st == ST_OK && (step = csv_next(&reader, err)) != STEP_END) {
		if (step == STEP_ERROR) {
			st = err->code;
			break;
		}
		for (size_t i = 0; i < reader.count; i++)
			cells[i] = csv_cell(&reader, i);
		st = grid_add_row(&table, cells, reader.count, reader.line, err);
		if (st == ST_OK && reader.too_many && table.row_count)
			table.rows[table.row_count - 1].too_many = true;
	}
	csv_done(&reader);
	if (st != ST_OK) {
		grid_done(&table);
		return st;
	}
	*out = table;
	return ST_OK;
}

/* ---- sheets ---------------------------------------------------------------------------------------------------- */

static Status read_row(Grid *table, Str line, uint64_t number, Err *err)
{
	Str cells[GRID_COLUMNS_MAX + 1], cell;
	size_t count = 0, before = table->row_count;
	while (count <= GRID_COLUMNS_MAX && str_split(&line, '\t', &cell))
		cells[count++] = cell;
	Status st = grid_add_row(table, cells, count, number, err);
	if (st != ST_OK || table->row_count == before)
		return st;
	GridRow *row = &table->rows[before];
	for (size_t i = 0; i < row->count; i++)
		for (size_t k = 0; k < row->cells[i].len; k++)
			if (row->cells[i].ptr[k] == GRID_BREAK_MARK)
				((char *)(uintptr_t)row->cells[i].ptr)[k] = '\n';
	return ST_OK;
}

static size_t find_line(const Grid *table, uint64_t line)
{
	size_t from = 0, to = table->row_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (table->rows[middle].line < line)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static Status set_cell(Grid *table, GridRow *row, size_t column, Str value, Err *err)
{
	if (row->count <= column) {
		Str *grown = arena_calloc(&table->arena, column + 1, sizeof *grown);
		if (!grown)
			return err_no_memory(err);
		if (row->count)
			memcpy(grown, row->cells, row->count * sizeof *grown);
		table->cell_count += column + 1 - row->count;
		row->cells = grown;
		row->count = column + 1;
	}
	if (table->cell_count > GRID_CELLS_MAX)
		return err_set(err, ST_LIMIT, "a table of more than %d cells: divide it", GRID_CELLS_MAX);
	if (!row->cells[column].len)
		row->cells[column] = value;
	return ST_OK;
}

/* What a merged cell says holds for each of its rows. */
static Status fill_down(Grid *table, Str mark, Err *err)
{
	uint64_t at[3];
	Str part;
	for (size_t i = 0; i < 3; i++)
		if (!str_split(&mark, '\t', &part) || !str_to_u64(part, &at[i]))
			return ST_OK;
	size_t first = find_line(table, at[0]);
	if (first == table->row_count || table->rows[first].line != at[0] || at[1] >= GRID_COLUMNS_MAX)
		return ST_OK;
	Str value = grid_cell(&table->rows[first], (size_t)at[1]);
	Status st = ST_OK;
	for (size_t i = first + 1; i < table->row_count && table->rows[i].line - at[0] < at[2] && value.len; i++) {
		st = set_cell(table, &table->rows[i], (size_t)at[1], value, err);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

static Status read_sheet(Grid *out, Str text, Err *err)
{
	Str line = {NULL, 0};
	uint64_t number = 0;
	Status st = ST_OK;
	str_split(&text, '\n', &line);
	line = str_trim(line);
	out->name = arena_copy(&out->arena, line);
	if (line.len && !out->name.ptr)
		return err_no_memory(err);
	while (st == ST_OK && text.len && str_split(&text, '\n', &line)) {
		number++;
		st = line.len && line.ptr[0] == GRID_MERGE_MARK ? fill_down(out, str_slice(line, 1, line.len), err)
								: read_row(out, line, number, err);
	}
	return st;
}

void grid_book_done(GridBook *book)
{
	for (size_t i = 0; i < book->count; i++)
		grid_done(&book->tables[i]);
	free(book->tables);
	*book = (GridBook){0};
}

Status grid_read_book(GridBook *out, Str text, bool csv, Err *err)
{
	GridBook book = {.tables = calloc(GRID_SHEETS_MAX, sizeof *book.tables)};
	Str sheet;
	Status st = book.tables ? ST_OK : err_no_memory(err);
	if (!csv && text.len && text.ptr[0] == GRID_SHEET_MARK)
		text = str_slice(text, 1, text.len);
	while (st == ST_OK && text.len && str_split(&text, GRID_SHEET_MARK, &sheet)) {
		if (book.count == GRID_SHEETS_MAX)
			st = err_set(err, ST_LIMIT, "more than %d sheets", GRID_SHEETS_MAX);
		else if (csv)
			st = grid_read_csv(&book.tables[book.count++], sheet, err);
		else
			st = read_sheet(&book.tables[book.count++], sheet, err);
	}
	if (st != ST_OK) {
		grid_book_done(&book);
		return st;
	}
	*out = book;
	return ST_OK;
}

/* ---- dates ----------------------------------------------------------------------------------------------------- */

/* Days to a civil date by eras of 400 years from 1 March 0000. Day 1 of the common count is 1 January 1900; since it
 * holds a 29 February 1900 that never was, days from 1 March on are counted from 30 December 1899. */
bool grid_date_of_serial(uint64_t serial, bool since_1904, char out[static 11])
{
	enum { DAYS_TO_1899_12_30 = 693899, DAYS_TO_1904 = 695361, FIRST = 61, LAST = 109574, ERA_DAYS = 146097 };
	if (serial < FIRST || serial > LAST)
		return false;
	uint64_t days = serial + (since_1904 ? DAYS_TO_1904 : DAYS_TO_1899_12_30);
	uint64_t era = days / ERA_DAYS, in_era = days % ERA_DAYS;
	uint64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	uint64_t in_year = in_era - (365 * year + year / 4 - year / 100), month = (5 * in_year + 2) / 153;
	unsigned day = (unsigned)(in_year - (153 * month + 2) / 5 + 1);
	unsigned shown_month = (unsigned)(month < 10 ? month + 3 : month - 9);
	unsigned shown_year = (unsigned)(year + era * 400 + (shown_month <= 2));
	snprintf(out, 11, "%04u-%02u-%02u", shown_year % 10000, shown_month % 100, day % 100);
	return true;
}
