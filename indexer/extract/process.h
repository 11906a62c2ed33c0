/* indexer/extract/process.h - starts the extractor for one document and collects what it says, within limits.
 *
 * Owns     ProcessResult until process_result_done
 * Errors   ST_NO_MEMORY; ST_IO when no process can be started
 * Threads  safe
 */
#ifndef INDEXER_EXTRACT_PROCESS_H
#define INDEXER_EXTRACT_PROCESS_H

#include "indexer/extract/extract.h"

typedef enum { PROCESS_ENDED, PROCESS_KILLED_TIME, PROCESS_KILLED_OUTPUT, PROCESS_DIED } ProcessEnd;

typedef struct {
	Buf out;           /* standard output, at most limits->text_bytes */
	char message[512]; /* how standard error begins */
	ProcessEnd end;
	int code; /* exit code, or the signal for PROCESS_DIED */
} ProcessResult;

void process_result_done(ProcessResult *result);
/* stdin_fd -1: nothing. */
Status process_extract(const char *kind, int stdin_fd, const ExtractLimits *limits, ProcessResult *out, Err *err);

#endif
