/* indexer/extract/office.h - the text of office documents that are zips of XML: Word, Excel and PowerPoint of 2007 and
 * later, and OpenDocument.
 *
 * What a document is stands in it, not in its name: a workbook that is called .docx is read as a workbook.
 *
 * Shapes   text out is UTF-8, one line a paragraph, table rows as lines.h says
 * Owns     nothing
 * Errors   ST_INVALID no such document, or broken; ST_LIMIT more of something than limits.h allows; ST_UNSUPPORTED
 *          encrypted, or with a document type of its own; ST_NO_MEMORY
 * Threads  for the extracting process, which has one
 */
#ifndef INDEXER_EXTRACT_OFFICE_H
#define INDEXER_EXTRACT_OFFICE_H

#include "base/buf.h"

/* Reads the document on fd, appends its text. */
Status office_read(int fd, Buf *out, Err *err);
/* The same of a document that is one XML file: of Word and Excel 2003, flat OPC, flat OpenDocument. */
Status office_flat_read(int fd, Buf *out, Err *err);
/* The cells of a workbook (Excel of 2007 and later, OpenDocument), as indexer/source/grid.h has sheets. */
Status office_read_sheets(int fd, Buf *out, Err *err);

#endif
