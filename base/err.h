/* base/err.h - errors: a code to act on and a sentence for people.
 *
 * A function that can fail returns Status and takes `Err *err` last (never NULL). It calls err_set
 * once, where the failure happens; callers pass both up untouched. On failure the function's outputs
 * stay as they were. Messages name the thing (file, offset, field) and what to do about it where
 * that is not obvious. They are in English; the pages translate by code.
 *
 * Owns     the caller owns Err; no heap, no thread-local
 * Errors   none of its own
 * Threads  an Err belongs to one thread
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/linkage.h"

C_LINKAGE_BEGIN

typedef enum {
	ST_OK = 0,
	ST_INVALID, /* the input is not what it must be */
	ST_NOT_FOUND,
	ST_CONFLICT,    /* it is there already, or in another state */
	ST_LIMIT,       /* larger, longer or more than is allowed */
	ST_UNSUPPORTED, /* a kind or version this build does not handle */
	ST_FORBIDDEN,
	ST_BUSY,      /* someone else holds the lock; try again */
	ST_READ_ONLY, /* the archive takes no writes now */
	ST_NO_SPACE,
	ST_CORRUPT, /* stored bytes are not what was stored */
	ST_IO,
	ST_NO_MEMORY,
	ST_INTERNAL, /* a bug of ours */
	ST_COUNT
} Status;

typedef struct {
	Status code;
	char text[240]; /* UTF-8, cut at a character when longer */
} Err;

/* Iterators have three outcomes: the end is never taken for a failure. */
typedef enum { STEP_ITEM, STEP_END, STEP_ERROR } Step;

Status err_set(Err *err, Status code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Appends ": strerror(errno_value)"; ENOSPC/EDQUOT become ST_NO_SPACE, ENOENT ST_NOT_FOUND,
 * ENOMEM ST_NO_MEMORY, everything else ST_IO. */
Status err_errno(Err *err, int errno_value, const char *format, ...) __attribute__((format(printf, 3, 4)));
Status err_no_memory(Err *err);
/* "invalid", "not-found" …: stable, for JSON and logs. */
const char *status_name(Status status);

C_LINKAGE_END

#endif
