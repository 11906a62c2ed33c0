/* server/http/body.h - the body of a request while it comes in: short ones in memory, long ones in an unnamed file in
 * the archive's directory, which is gone with its descriptor however the process ends.
 *
 *   body_begin → body_add … → body_end → body_bytes / body_take_file → body_done
 *
 * Units    bytes
 * Owns     its memory, file and mapping, until body_done; the file until body_take_file
 * Errors   ST_NO_SPACE, ST_BUSY (budget.h), ST_IO, ST_NO_MEMORY
 * Threads  one at a time
 */
#ifndef SERVER_HTTP_BODY_H
#define SERVER_HTTP_BODY_H

#include "base/buf.h"
#include "server/http/budget.h"

enum { BODY_MEMORY_MAX = 64 * 1024, BODY_CHUNKED_STEP = 1 << 20 };

typedef struct {
	Budget *budget;    /* NULL: no body was begun */
	uint64_t len;      /* received so far */
	Buf memory;        /* of a short one */
	int fd;            /* of a long one; -1: none */
	void *map;         /* of a long one, from body_end on */
	uint64_t promised; /* of disk, not yet written */
	uint64_t held;     /* of memory */
} Body;

/* expected: Content-Length; 0 where nobody knows (then room is promised step by step). */
Status body_begin(Body *out, Budget *budget, uint64_t expected, Err *err);
Status body_add(Body *body, const char *bytes, size_t len, Err *err);
/* All of it is there. as_file: whoever takes it wants a descriptor, else a view of the bytes. */
Status body_end(Body *body, bool as_file, Err *err);
Str body_bytes(const Body *body);
/* The descriptor, at its start, from a body that ended as a file; the caller closes it. */
int body_take_file(Body *body);
void body_done(Body *body); /* {0} is fine */

#endif
