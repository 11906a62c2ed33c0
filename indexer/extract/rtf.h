/* indexer/extract/rtf.h - the text of an RTF document.
 *
 * Shapes   text out is UTF-8, one line a paragraph, table rows as lines.h says; headers, footers, notes and text boxes
 *          stand on lines of their own, where the file has them; hidden and deleted text is left out
 * Owns     nothing
 * Errors   ST_INVALID no RTF; ST_LIMIT larger than EXTRACT_DECODE_MAX, or groups nested too deep; ST_NO_MEMORY
 * Threads  for the extracting process, which has one
 */
#ifndef INDEXER_EXTRACT_RTF_H
#define INDEXER_EXTRACT_RTF_H

#include "base/buf.h"

/* Reads the document on fd, appends its text. */
Status rtf_read(int fd, Buf *out, Err *err);

#endif
