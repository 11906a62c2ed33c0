/* bench/sample/office_files.h - a text as a PDF, as a scan and as a Word file; rows as a workbook.
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

/* A document of Word 97; ST_LIMIT: a text of more than some 25,000 letters. */
Status word97_write(Str text, const char *path, Err *err);
/* Rows with tabs between their cells, as one sheet of text cells. */
Status xlsx_write(Str rows, const char *path, Err *err);
/* One page that is an image of the first lines, and no text. */
Status scan_write(Str text, unsigned dpi, const char *path, Err *err);

typedef struct {
	const char *name;
	Str bytes;
} OfficeFilePart;
/* A ZIP of these parts, stored, without dates. */
Status office_zip_write(const OfficeFilePart *parts, size_t count, const char *path, Err *err);
/* Appends text with what XML would take for markup written out. */
void office_add_text(Buf *out, Str text);

#endif
