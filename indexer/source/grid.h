/* indexer/source/grid.h - a sheet of cells: what a CSV text or one sheet of a workbook holds, row by row.
 *
 *   \f NAME \n                    a sheet begins: how the extracting process hands on the sheets of a workbook
 *   cell \t cell \n cell …        its rows from the first; a line break within a cell is \v
 *   \x1D ROW \t COLUMN \t ROWS    at its end: that cell stands for so many rows; columns from 0
 *
 * Shapes   a cell is UTF-8 text without blanks at its ends, as a reader sees it; a row has as many cells as it needs
 * Units    lines and columns from 1
 * Owns     a Grid owns its cells until grid_done
 * Errors   ST_LIMIT more than GRID_CELLS_MAX cells; ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_SOURCE_GRID_H
#define INDEXER_SOURCE_GRID_H

#include "base/arena.h"
#include "base/err.h"

enum { GRID_CELLS_MAX = 8 << 20, GRID_COLUMNS_MAX = 256, GRID_ROWS_MAX = 1 << 20, GRID_SHEETS_MAX = 1024 };
enum { GRID_SHEET_MARK = '\f', GRID_MERGE_MARK = 0x1D, GRID_BREAK_MARK = '\v' };

typedef struct {
	Str *cells;
	size_t count;
	uint64_t line;
	bool too_many; /* it has more than GRID_COLUMNS_MAX cells; the rest is dropped */
} GridRow;

typedef struct {
	Str name; /* of the sheet; "": it has none */
	GridRow *rows;
	size_t row_count, capacity, cell_count;
	Arena arena;
} Grid;

void grid_done(Grid *table);
/* Copies the cells. Rows without any content are left out. */
Status grid_add_row(Grid *table, const Str *cells, size_t count, uint64_t line, Err *err);
/* All rows of a CSV text in UTF-8. */
Status grid_read_csv(Grid *out, Str text, Err *err);

typedef struct {
	Grid *tables;
	size_t count;
} GridBook;

void grid_book_done(GridBook *book);
/* All sheets of a text as above; csv: its sheets are CSV texts without names, a form feed ends each. */
Status grid_read_book(GridBook *out, Str text, bool csv, Err *err);

/* The date "2019-03-12" of a spreadsheet's serial day, as the years 1900 to 2199 count it; false: it is none. */
bool grid_date_of_serial(uint64_t serial, bool since_1904, char out[static 11]);

static inline Str grid_cell(const GridRow *row, size_t at)
{
	return at < row->count ? row->cells[at] : (Str){NULL, 0};
}

#endif
