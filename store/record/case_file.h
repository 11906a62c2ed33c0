/* store/record/case_file.h - a case file: its own metadata and its records in order of time.
 *
 * Owns     everything lives in the arena that was passed
 * Errors   ST_NOT_FOUND: neither metadata nor a record names the code; ST_CORRUPT, ST_IO, ST_NO_MEMORY
 * Threads  any
 */
#ifndef STORE_RECORD_CASE_FILE_H
#define STORE_RECORD_CASE_FILE_H

#include "store/log/store.h"

typedef struct {
	uint64_t sequence;
	char issued[11]; /* "" where it has no date */
} CaseRecord;

typedef struct {
	Str code;
	bool has_entry;
	uint64_t sequence;   /* of its own metadata, where has_entry */
	CaseRecord *records; /* by date of issue, those without one last, then in order of arrival */
	size_t record_count;
	Hash state;         /* of all leaves in it: equal while nothing in it changed */
	uint64_t newest_ms; /* when the last of them was archived */
} CaseFile;

Status case_file_read(Store *store, Str code, Arena *arena, CaseFile *out, Err *err);

#endif
