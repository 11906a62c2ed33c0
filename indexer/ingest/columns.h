/* indexer/ingest/columns.h - where a register's headings stand, and what each column is.
 *
 *   DANH MỤC VĂN BẢN                    a title, passed over
 *   Số ký hiệu | Ngày văn bản  |  …     headings, in one row or in two
 *              | Ngày | Tháng | …
 *   (1)        | (2)  | (3)   |         numbers of the columns, passed over
 *
 * A heading that stands twice is the case file's first and the document's then.
 *
 * Owns     everything lies in the arena that was passed; titles too
 * Errors   ST_INVALID a mapping that names no field or no column; ST_NO_MEMORY
 * Threads  pure
 */
#ifndef INDEXER_INGEST_COLUMNS_H
#define INDEXER_INGEST_COLUMNS_H

#include "indexer/ingest/headings.h"
#include "indexer/source/grid.h"

typedef struct {
	RegisterField field;
	Str title;       /* of an unknown column: unlike that of any other */
	const char *how; /* "heading" "slip" "position" "map" "unknown" */
} RegisterColumn;

typedef struct {
	RegisterColumn *columns;
	size_t count;
	size_t heading_row; /* index into the table's rows */
	size_t first_row;   /* of the records */
	size_t known;       /* different fields that were found */
	bool understood;    /* they suffice for records or case files */
} RegisterColumns;

/* maps: "Cột=field". */
Status columns_find(const Grid *table, const Str *maps, size_t map_count, Arena *arena, RegisterColumns *out, Err *err);
bool columns_have(const RegisterColumns *columns, RegisterField field);
/* "A", "B" … "AA"; for messages. */
void column_letters(size_t at, char out[static 4]);

#endif
