/* indexer/extract/open_sheets.h - the cells of an OpenDocument spreadsheet.
 *
 * Owns     nothing
 * Errors   those of xml_events.h and sheet_writer.h; ST_INVALID there is no sheet
 * Threads  for the extracting process, which has one
 */
#ifndef INDEXER_EXTRACT_OPEN_SHEETS_H
#define INDEXER_EXTRACT_OPEN_SHEETS_H

#include "indexer/extract/sheet_writer.h"

/* content: the part content.xml. */
Status open_sheets_read(Str content, SheetWriter *sheets, Err *err);

#endif
