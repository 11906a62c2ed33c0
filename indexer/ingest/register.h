/* indexer/ingest/register.h - a register: a table whose rows are records and case files, with the files they name.
 *
 *   table ─▶ columns.h (headings) ─▶ row.h (a record as JSON) ─▶ delivery.h (its files) ─▶ records.h, as all records
 *
 * What does not fit is a finding of the report: a row's file that is not there, stands elsewhere or is named twice; a
 * number that stands twice; a total that differs.
 *
 * A workbook is a register where its headings leave no doubt (or --map settles them): most workbooks are documents.
 *
 * Shapes   CSV and TSV in any encoding that the decoder knows; sheets of XLSX, ODS and XLS
 * Owns     nothing; the descriptor stays the caller's
 * Errors   what ends the ingest (run.h); rows and lists that can't be taken are rejected
 * Threads  one
 */
#ifndef INDEXER_INGEST_REGISTER_H
#define INDEXER_INGEST_REGISTER_H

#include "indexer/ingest/run.h"
#include "indexer/source/bytes.h"

typedef enum {
	REGISTER_NONE,    /* no list of records: a document like any other */
	REGISTER_TAKEN,   /* its rows were added or rejected */
	REGISTER_REFUSED, /* it is a list, but what its columns mean is not known: rejected with the reason */
} RegisterOutcome;

/* The name says that it may be a register. */
bool register_is_possible(Str name);
/* dir_fd: the folder in which named files are looked for where the run has no delivery; -1: nowhere. */
Status ingest_register(IngestRun *run, const SourceFile *file, Str name, int dir_fd, RegisterOutcome *out, Err *err);

#endif
