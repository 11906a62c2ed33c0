/* indexer/extract/sheet_writer.h - the cells of a workbook's sheets as the extracting process hands them on; the shape
 * of the text, and who reads it, is indexer/source/grid.h.
 *
 *   sheet_begin → sheet_cell, sheet_merge … → sheet_end → next sheet
 *
 * Units    rows from 1, columns from 0
 * Owns     sheet_writer_done gives back what it holds; the Buf is the caller's
 * Errors   sheet_end: ST_INVALID cells that do not come in order; ST_LIMIT more rows, cells or merged cells than
 *          grid.h allows; ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_EXTRACT_SHEET_WRITER_H
#define INDEXER_EXTRACT_SHEET_WRITER_H

#include "base/buf.h"

typedef struct {
	Buf *out;
	Buf merges;
	uint64_t row;    /* the line at hand */
	uint64_t column; /* the cell at hand */
	uint64_t cells, merge_count;
	Err problem;
} SheetWriter;

void sheet_begin(SheetWriter *w, Str name);
/* Empty cells need not come. */
void sheet_cell(SheetWriter *w, uint64_t row, uint64_t column, Str value);
/* That cell stands for so many rows. */
void sheet_merge(SheetWriter *w, uint64_t row, uint64_t column, uint64_t rows);
Status sheet_end(SheetWriter *w, Err *err);
void sheet_writer_done(SheetWriter *w);

/* "C7" → column 2, row 7; false: it is no reference. */
bool sheet_reference(Str reference, uint64_t *column_out, uint64_t *row_out);

#endif
