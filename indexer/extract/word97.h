/* indexer/extract/word97.h - the text of a document of Word 97 to 2003 (.doc).
 *
 * A text is a list of pieces, each a stretch of the file, in one byte or two a character; what is edited and saved
 * quickly stands anywhere in the file. The texts of the document, its notes, headers and boxes follow one another.
 *
 * Shapes   text out is UTF-8, one line a paragraph, table rows as lines.h says: headers, the text, boxes, footnotes,
 *          endnotes, comments, footers; letters of fonts of before Unicode are Unicode; hidden and deleted text and the
 *          instructions of fields are left out
 * Owns     nothing
 * Errors   ST_NOT_FOUND no document of Word 97 or later, or one whose list of pieces is broken: another reader may know
 *          it; ST_UNSUPPORTED encrypted; ST_LIMIT larger than limits.h allows; ST_IO, ST_NO_MEMORY
 * Threads  for the extracting process, which has one
 * Source   [MS-DOC]: Fib, Clx, PlcPcd, Plcfhdd
 */
#ifndef INDEXER_EXTRACT_WORD97_H
#define INDEXER_EXTRACT_WORD97_H

#include "base/buf.h"

/* Reads the document on fd, appends its text. */
Status word97_read(int fd, Buf *out, Err *err);

#endif
