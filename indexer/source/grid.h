/* indexer/source/grid.h - a sheet of cells: what a CSV text or one sheet of a workbook holds, row by row.
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

enum { GRID_CELLS_MAX = 8 << 20, GRID_COLUMNS_MAX = 256 };

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

/* The date "2019-03-12" of a spreadsheet's serial day, as the years 1900 to 2199 count it; false: it is none. */
bool grid_date_of_serial(uint64_t serial, bool since_1904, char out[static 11]);

static inline Str grid_cell(const GridRow *row, size_t at)
{
	return at < row->count ? row->cells[at] : (Str){NULL, 0};
}

#endif
