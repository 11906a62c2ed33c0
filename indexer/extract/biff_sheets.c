/* indexer/extract/biff_sheets.c - the cells of a sheet are collected and put in order first: the file may have those
 * with formulas behind the others. */
#include "indexer/extract/biff_sheets.h"

#include "indexer/extract/biff.h"
#include "indexer/extract/sheet_writer.h"
#include "indexer/source/grid.h"

#include <stdlib.h>

typedef struct {
	uint32_t row, column;
	size_t start, end; /* of its text */
} Cell;

typedef struct {
	SheetWriter writer;
	Buf cells, text;
	bool is_open;
} Sheets;

static int compare_cells(const void *a, const void *b)
{
	const Cell *left = a, *right = b;
	if (left->row != right->row)
		return left->row < right->row ? -1 : 1;
	if (left->column != right->column)
		return left->column < right->column ? -1 : 1;
	return left->start < right->start ? -1 : left->start > right->start;
}

static Status end_sheet(Sheets *s, Err *err)
{
	Cell *cells = (Cell *)(void *)s->cells.data;
	size_t count = s->cells.len / sizeof *cells;
	if (!s->is_open)
		return ST_OK;
	if (!buf_ok(&s->cells) || !buf_ok(&s->text))
		return err_no_memory(err);
	if (count)
		qsort(cells, count, sizeof *cells, compare_cells);
	for (size_t i = 0; i < count; i++)
		sheet_cell(&s->writer, cells[i].row + 1u, cells[i].column,
			   str_slice(buf_str(&s->text), cells[i].start, cells[i].end));
	buf_clear(&s->cells);
	buf_clear(&s->text);
	s->is_open = false;
	return sheet_end(&s->writer, err);
}

static Status begin_sheet(void *ctx, Str name, Err *err)
{
	Sheets *s = ctx;
	Status st = end_sheet(s, err);
	if (st == ST_OK)
		sheet_begin(&s->writer, name);
	s->is_open = st == ST_OK;
	return st;
}

static Status add_cell(void *ctx, unsigned row, unsigned column, Str text, Err *err)
{
	Sheets *s = ctx;
	Cell cell = {row, column, s->text.len, s->text.len + text.len};
	if (s->cells.len / sizeof cell >= GRID_CELLS_MAX)
		return err_set(err, ST_LIMIT, "a table of more than %d cells: divide it", GRID_CELLS_MAX);
	buf_add_str(&s->text, text);
	buf_add(&s->cells, &cell, sizeof cell);
	return ST_OK;
}

static Status pass_aside(void *ctx, Str text, Err *err)
{
	(void)ctx, (void)text, (void)err;
	return ST_OK;
}

static void add_merge(void *ctx, unsigned row, unsigned column, unsigned rows)
{
	Sheets *s = ctx;
	sheet_merge(&s->writer, row + 1u, column, rows);
}

Status biff_read_sheets(int fd, Buf *out, Err *err)
{
	static const BiffHandlers handlers = {begin_sheet, add_cell, pass_aside, add_merge};
	Sheets s = {.writer = {.out = out}};
	Status st = biff_read(fd, &handlers, &s, err);
	if (st == ST_OK)
		st = end_sheet(&s, err);
	sheet_writer_done(&s.writer);
	buf_done(&s.cells);
	buf_done(&s.text);
	return st;
}
