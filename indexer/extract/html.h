/* indexer/extract/html.h - the text of an HTML page: blocks become lines, scripts and styles are dropped.
 *
 * Shapes   text out is UTF-8, one line a block, table rows as lines.h says
 * Owns     nothing
 * Errors   ST_LIMIT larger than EXTRACT_DECODE_MAX, or more attributes than limits.h allows; ST_IO, ST_NO_MEMORY; no
 *          page is so broken that it is refused
 * Threads  for the extracting process, which has one
 */
#ifndef INDEXER_EXTRACT_HTML_H
#define INDEXER_EXTRACT_HTML_H

#include "base/buf.h"

/* Reads the page on fd, appends its text. */
Status html_read(int fd, Buf *out, Err *err);
Status html_read_text(Str html, Buf *out, Err *err);
/* The same of a page in an MHTML file (RFC 2557). ST_INVALID, ST_UNSUPPORTED: as mail.h says. */
Status mhtml_read(int fd, Buf *out, Err *err);

#endif
