/* indexer/extract/biff.h - the cells of a workbook of Excel 97 to 2003 (.xls), sheet by sheet as the file has them.
 *
 *   biff_read ─▶ sheet("Sổ đến"), cell(0, 0, "Số"), cell(0, 3, "12/03/2019"), … aside("a comment"), sheet(…)
 *
 * Shapes   text is UTF-8 as a cell shows it (cell_format.h); letters of fonts of before Unicode are Unicode; rows and
 *          columns are counted from 0 and ascend but where the file is odd
 * Owns     nothing; names and text live until the handler returns
 * Errors   ST_NOT_FOUND no workbook of Excel 97 or later: another reader may know it; ST_UNSUPPORTED encrypted;
 *          ST_INVALID broken; ST_LIMIT, ST_IO, ST_NO_MEMORY; and what a handler returns
 * Threads  one at a time
 * Source   [MS-XLS]
 */
#ifndef INDEXER_EXTRACT_BIFF_H
#define INDEXER_EXTRACT_BIFF_H

#include "base/buf.h"

typedef struct {
	Status (*sheet)(void *ctx, Str name, Err *err);
	Status (*cell)(void *ctx, unsigned row, unsigned column, Str text, Err *err);
	Status (*aside)(void *ctx, Str text, Err *err); /* a comment, a box, what is printed above and below the page */
	void (*merge)(void *ctx, unsigned row, unsigned column,
		      unsigned rows); /* one for so many rows; NULL: not wanted */
} BiffHandlers;

Status biff_read(int fd, const BiffHandlers *handlers, void *ctx, Err *err);

/* The workbook on fd as text: a row is a line, its cells separated by tabs; a sheet begins with its name. */
Status biff_read_text(int fd, Buf *out, Err *err);

#endif
