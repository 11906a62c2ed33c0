/* indexer/extract/pdf_attached.h - files that are embedded in a PDF, by poppler's pdfdetach in an extracting process.
 *
 * They are named only: pdfdetach writes what it takes out to a file, and the process may make none.
 *
 * Owns     Bufs are the caller's
 * Errors   ST_BUSY the deadline passed; ST_IO, ST_NO_MEMORY; ST_INVALID pdfdetach can't read the PDF
 * Threads  safe
 */
#ifndef INDEXER_EXTRACT_PDF_ATTACHED_H
#define INDEXER_EXTRACT_PDF_ATTACHED_H

#include "base/buf.h"
#include "base/deadline.h"
#include "indexer/extract/limits.h"
#include "indexer/source/bytes.h"

/* Appends their names, a line each. Nothing where the PDF does not speak of such files. */
Status pdf_attached_list(const SourceFile *pdf, const ExtractLimits *limits, const Deadline *until, Buf *names,
			 Err *err);
#endif
