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
