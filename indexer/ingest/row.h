/* indexer/ingest/row.h - one row of a register: its values by field, and the JSON that a sender would have written.
 *
 *   "01" + "/ QĐ-CCATVSTP"  -->  "number":"01/QĐ-CCATVSTP"        "12" + "3" + "2019"  -->  "issued":"2019-03-12"
 *
 * Shapes   values "" where the row has none
 * Owns     values lie in the table or in the arena that was passed
 * Errors   sticky in the Buf (out of memory); a value whose composition had no memory is ""
 * Threads  pure
 */
#ifndef INDEXER_INGEST_ROW_H
#define INDEXER_INGEST_ROW_H

#include "indexer/ingest/columns.h"

typedef struct {
	const RegisterColumns *columns;
	const GridRow *cells;
	Str values[REG_COUNT];
	Str number, issued; /* composed of their parts */
	Str case_code;
} RegisterRow;

void row_read(const RegisterColumns *columns, const GridRow *cells, Arena *arena, RegisterRow *out);
/* Case files' cells that were merged over several rows stand in the first of them only. */
void row_carry_case(RegisterRow *row, const RegisterRow *before, Arena *arena);

/* It says something of a document: not only of a case file, and not only a running number or a remark. */
bool row_has_document(const RegisterRow *row);
bool row_has_case(const RegisterRow *row);
/* Cells with content. */
size_t row_filled(const RegisterRow *row);

/* with_files: the named files stand in the JSON; else whoever asks brings them. */
void row_write_record(const RegisterRow *row, bool with_files, Buf *out);
void row_write_case(const RegisterRow *row, Arena *arena, Buf *out);

#endif
