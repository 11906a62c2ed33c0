/* bench/sample/office_files.h - a text as a PDF and as a Word file.
 *
 * Owns     nothing is kept
 * Errors   ST_IO, ST_NO_MEMORY, ST_INTERNAL (with cairo's own message)
 * Threads  safe; each call writes a file of its own
 */
#ifndef BENCH_SAMPLE_OFFICE_FILES_H
#define BENCH_SAMPLE_OFFICE_FILES_H

#include "base/buf.h"

/* A4 pages with an embedded font; the text can be selected and extracted. */
Status pdf_write(Str text, const char *title, const char *path, Err *err);
/* A ZIP of three parts, stored: the smallest .docx that word processors open. */
Status docx_write(Str text, const char *path, Err *err);

#endif
