/* indexer/extract/biff_sheets.h - the sheets of a workbook of Excel 97 to 2003 as rows of cells, for registers.
 *
 * Shapes   as sheet_writer.h hands them on
 * Owns     nothing
 * Errors   those of biff.h and sheet_writer.h
 * Threads  for the extracting process, which has one
 */
#ifndef INDEXER_EXTRACT_BIFF_SHEETS_H
#define INDEXER_EXTRACT_BIFF_SHEETS_H

#include "base/buf.h"

/* Reads the workbook on fd, appends its sheets. */
Status biff_read_sheets(int fd, Buf *out, Err *err);

#endif
