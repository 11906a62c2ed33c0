/* indexer/extract/workbook.h - the text of an XLSX workbook: its sheets in their order, row by row.
 *
 * Shapes   text out is UTF-8: a row is a line, its cells separated by tabs, each as cell_format.h shows it; a sheet
 *          that has a name of its own begins with it; what stands above and below the printed page comes before the
 *          rows, comments and boxes after them
 * Owns     nothing
 * Errors   those of xml_events.h; ST_INVALID there is no sheet
 * Threads  for the extracting process, which has one
 */
#ifndef INDEXER_EXTRACT_WORKBOOK_H
#define INDEXER_EXTRACT_WORKBOOK_H

#include "indexer/extract/office_parts.h"
#include "indexer/extract/sheet_writer.h"

/* part: the workbook's own part. */
Status workbook_text(OfficeParts *parts, Str part, Buf *out, Err *err);
/* Its cells alone, each where it stands. */
Status workbook_cells(OfficeParts *parts, Str part, SheetWriter *sheets, Err *err);

#endif
