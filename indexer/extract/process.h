/* indexer/extract/process.h - one extracting process for one document: collects what it writes, within limits.
 *
 *   text on standard output · how a failure is explained on standard error · the verdict on descriptor 3, from the
 *   fork server alone (fork_loop.c): without it a result is none
 *
 * Owns     a ProcessResult owns its output until process_result_done
 * Errors   ST_NO_MEMORY; ST_IO when no process can be started; how a process that was started ended is in its result
 * Threads  safe
 */
#ifndef INDEXER_EXTRACT_PROCESS_H
#define INDEXER_EXTRACT_PROCESS_H

#include "base/buf.h"
#include "base/deadline.h"
#include "indexer/extract/limits.h"

typedef enum {
	PROCESS_ENDED,
	PROCESS_KILLED_TIME,   /* by limits->wall_ms */
	PROCESS_KILLED_OUTPUT, /* by limits->text_bytes */
	PROCESS_GIVEN_UP,      /* the deadline passed: nothing is known of the document */
	PROCESS_DIED,
	PROCESS_SILENT /* gone without its verdict: whatever it wrote may be a part only */
} ProcessEnd;

/* How the reader ended, told by the fork server on a descriptor that the reader does not have. */
typedef struct {
	uint32_t magic;
	int32_t signal; /* 0: none, see code */
	int32_t code;
} ExtractVerdict;
enum {
	EXTRACT_VERDICT_FD = 3,
	EXTRACT_VERDICT_MAGIC = 0x54584554,
	EXTRACT_READ = 64,     /* a reader of ours read the whole document; programs end with 0 … */
	EXTRACT_NOT_MINE = 65, /* … or does not know it: another one may */
};

typedef struct ProcessResult {
	Buf out;           /* standard output, at most limits->text_bytes */
	char message[512]; /* how standard error begins */
	ProcessEnd end;
	int code; /* of PROCESS_ENDED: exit code; of PROCESS_DIED: the signal */
} ProcessResult;

void process_result_done(ProcessResult *result);
/* word: what the process is told to do (readers.h). stdin_fd -1: nothing. */
Status process_extract(const char *word, int stdin_fd, const ExtractLimits *limits, const Deadline *until,
		       ProcessResult *out, Err *err);

/* A process that is talked to: it reads from in_fd and answers on out_fd until process_talk_end. ExtractLimits' time of
 * the clock and text are for whoever talks. */
typedef struct {
	int in_fd; /* a socket */
	int out_fd, message_fd, verdict_fd;
} ProcessTalk;
Status process_talk_begin(const char *word, const ExtractLimits *limits, ProcessTalk *out, Err *err);
void process_talk_kill(ProcessTalk *talk); /* at once; process_talk_end is still to be called */
void process_talk_end(ProcessTalk *talk);  /* its input ends; soon after it is killed */

#endif
