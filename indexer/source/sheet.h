/* indexer/source/sheet.h - the sheets of a workbook (XLSX, ODS) as tables of cells.
 *
 * A cell is the text that a reader sees: shared strings, numbers as they stand, dates as "2019-03-12". What was merged
 * over several rows stands in each of them.
 *
 * Units    bytes
 * Owns     the tables are the caller's, each until grid_done
 * Errors   ST_INVALID a broken package or broken XML; ST_LIMIT; ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef INDEXER_SOURCE_SHEET_H
#define INDEXER_SOURCE_SHEET_H

#include "indexer/source/bytes.h"
#include "indexer/source/grid.h"

enum { SHEETS_MAX = 32 };

/* format: a name of format.h. */
bool sheets_are_possible(Str format);
Status sheets_read(const SourceFile *file, Str format, Grid out[static SHEETS_MAX], size_t *count_out, Err *err);

#endif
