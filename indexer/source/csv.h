/* indexer/source/csv.h - rows of a CSV text: RFC 4180, with comma, semicolon or tab between cells.
 *
 * Shapes   a cell is what stands between two separators, without its quotes and the blanks around it; within quotes
 *          separators and line breaks are part of it, and a doubled quote is one
 * Owns     a CsvReader borrows the text and owns the cells of the row at hand until csv_next or csv_done
 * Errors   ST_NO_MEMORY; no text is so broken that it is refused: quotes that never end reach to its end
 * Threads  one at a time
 */
#ifndef INDEXER_SOURCE_CSV_H
#define INDEXER_SOURCE_CSV_H

#include "base/buf.h"

enum { CSV_CELLS_MAX = 128 };

typedef struct {
	Str left; /* of the text */
	char separator;
	uint64_t line; /* where the row at hand begins, from 1 */
	uint64_t next_line;
	Buf cells;                  /* one after another … */
	size_t ends[CSV_CELLS_MAX]; /* … and where each ends */
	size_t count;
	bool too_many; /* the row has more than CSV_CELLS_MAX cells; the rest is dropped */
} CsvReader;

/* The separator is the one that a first line "sep=;" names; else the one that most of the first records have equally
 * often. */
void csv_begin(CsvReader *reader, Str text);
void csv_done(CsvReader *reader);
Step csv_next(CsvReader *reader, Err *err);
Str csv_cell(const CsvReader *reader, size_t at); /* "" behind the last one */

#endif
