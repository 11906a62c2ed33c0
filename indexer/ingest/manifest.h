/* indexer/ingest/manifest.h - a CSV manifest: one record a row, its files in a column.
 *
 *   file;Số ký hiệu;Loại văn bản;issued          the first row names the fields: their JSON names, or their Vietnamese
 *   scan/15-qd.pdf;15/2019/QĐ-UBND;…;12/3/2019   or English labels, with or without accents; others go to "extra"
 *
 * Files and lists are separated by "|" within a cell. A row becomes JSON and takes the way of all records.
 *
 * Shapes   bytes in any encoding that the decoder knows; rows as csv.h reads them
 * Owns     an IngestManifest owns all it hands out; a row lives until the next one
 * Errors   ST_NO_MEMORY, and those of encoding_decode
 * Threads  one at a time
 */
#ifndef INDEXER_INGEST_MANIFEST_H
#define INDEXER_INGEST_MANIFEST_H

#include "indexer/ingest/run.h"
#include "indexer/source/csv.h"

typedef struct IngestColumn IngestColumn;

typedef struct {
	CsvReader csv;
	IngestColumn *columns;
	size_t column_count;
	Arena arena;    /* the columns */
	Buf text, json; /* the whole in UTF-8; the row at hand */
} IngestManifest;

typedef struct {
	Str json;      /* a record as a sender would give it */
	uint64_t line; /* where the row begins, from 1 */
	bool too_many; /* more cells than the first row has: there is no JSON */
} IngestManifestRow;

/* *is_manifest_out false: the first row names no field that we know, or neither a file nor a text. */
Status ingest_manifest_open(IngestManifest *out, Str csv, bool *is_manifest_out, Err *err);
void ingest_manifest_done(IngestManifest *manifest);
/* Empty rows are passed over. */
Step ingest_manifest_next(IngestManifest *manifest, IngestManifestRow *out, Err *err);

/* Adds every row, if it is a manifest. */
Status ingest_manifest(IngestRun *run, Str csv, Str name, int dir_fd, bool *is_manifest_out, Err *err);

#endif
