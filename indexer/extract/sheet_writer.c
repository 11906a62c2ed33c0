/* indexer/extract/sheet_writer.c - line ends and tabs are written when the next cell needs them, so that a sheet whose
 * last cell stands in row 1,000,000 costs that many bytes and no more. The first fault is kept until the sheet ends. */
#include "indexer/extract/sheet_writer.h"

#include "indexer/source/grid.h"

#include <inttypes.h>

enum { MERGES_MAX = 1 << 16 };

static void write_value(Buf *out, Str value)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];
		if (c == '\n')
			buf_add_char(out, GRID_BREAK_MARK);
		else if (c == '\t')
			buf_add_char(out, ' ');
		else if ((unsigned char)c >= 0x20)
			buf_add_char(out, c);
	}
}

static void write_repeated(Buf *out, char c, uint64_t count)
{
	for (; count > 0; count--)
		buf_add_char(out, c);
}

void sheet_begin(SheetWriter *w, Str name)
{
	buf_add_char(w->out, GRID_SHEET_MARK);
	write_value(w->out, name);
	buf_add_char(w->out, '\n');
	buf_clear(&w->merges);
	w->row = 1;
	w->column = w->merge_count = 0;
}

void sheet_cell(SheetWriter *w, uint64_t row, uint64_t column, Str value)
{
	if (!value.len || w->problem.code != ST_OK)
		return;
	if (column > GRID_COLUMNS_MAX)
		column = GRID_COLUMNS_MAX; /* the row is marked as too long; what stands there does not matter */
	bool again = column == GRID_COLUMNS_MAX && row == w->row && w->column == column;
	if (row > GRID_ROWS_MAX)
		err_set(&w->problem, ST_LIMIT, "a sheet has more than %d rows", GRID_ROWS_MAX);
	else if (++w->cells > GRID_CELLS_MAX)
		err_set(&w->problem, ST_LIMIT, "a table of more than %d cells: divide it", GRID_CELLS_MAX);
	else if (row < w->row || (row == w->row && column < w->column))
		err_set(&w->problem, ST_INVALID, "the cells of a sheet do not come in order");
	if (w->problem.code != ST_OK || again)
		return;
	write_repeated(w->out, '\n', row - w->row);
	w->column = row > w->row ? 0 : w->column;
	w->row = row;
	write_repeated(w->out, '\t', column - w->column);
	w->column = column;
	write_value(w->out, value);
}

void sheet_merge(SheetWriter *w, uint64_t row, uint64_t column, uint64_t rows)
{
	if (rows < 2 || column >= GRID_COLUMNS_MAX || w->problem.code != ST_OK)
		return;
	if (w->merge_count++ == MERGES_MAX)
		err_set(&w->problem, ST_LIMIT, "a sheet has more than %d merged cells", MERGES_MAX);
	else
		buf_printf(&w->merges, "\n%c%" PRIu64 "\t%" PRIu64 "\t%" PRIu64, GRID_MERGE_MARK, row, column, rows);
}

Status sheet_end(SheetWriter *w, Err *err)
{
	buf_add_str(w->out, buf_str(&w->merges));
	buf_add_char(w->out, '\n');
	if (w->problem.code != ST_OK)
		*err = w->problem;
	else if (!buf_ok(w->out) || !buf_ok(&w->merges))
		return err_no_memory(err);
	return w->problem.code;
}

void sheet_writer_done(SheetWriter *w)
{
	buf_done(&w->merges);
}

bool sheet_reference(Str reference, uint64_t *column_out, uint64_t *row_out)
{
	uint64_t column = 0, row;
	size_t at = 0;
	for (; at < reference.len && at < 4; at++) {
		char c = (char)(reference.ptr[at] & ~0x20);
		if (c < 'A' || c > 'Z')
			break;
		column = column * 26 + (uint64_t)(c - 'A' + 1);
	}
	if (column == 0 || !str_to_u64(str_slice(reference, at, reference.len), &row) || row == 0)
		return false;
	*column_out = column - 1;
	*row_out = row;
	return true;
}
