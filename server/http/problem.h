/* server/http/problem.h - how a failure looks over HTTP: the one table of problem codes, with their sentences in both
 * languages.
 *
 *   ST_NOT_FOUND  ->  404 {"type":"urn:hoso:problem:not-found","code":"not-found","title":…,"status":404,"detail":…,
 *                          "cause":…,"request_id":…}
 *
 * Programs compare `code`; title and detail are for people, in the language asked for. `cause` is what the code
 * reported (English, names the parameter or the file). Clients get it only where the request itself was wrong; of our
 * own failures they get the sentences and the request id, and the log has the rest.
 *
 * Shapes   a code once given out keeps its meaning; every http of the table stands there once, but 503:
 *          busy passes, damaged does not
 * Owns     nothing; the rows are constants
 * Errors   sticky in out (out of memory)
 * Threads  pure
 * Source   RFC 9457
 */
#ifndef SERVER_HTTP_PROBLEM_H
#define SERVER_HTTP_PROBLEM_H

#include "base/buf.h"
#include "base/language.h"

typedef struct {
	unsigned http;
	const char *code;
	const char *title[LANGUAGE_COUNT], *detail[LANGUAGE_COUNT];
} Problem;

extern const Problem problems[];
extern const size_t problem_count;

/* The HTTP code of a failure. ST_LIMIT is 413 with a body, 400 without. */
unsigned problem_http(Status status, bool has_body);
/* Appends the problem as JSON. http: from problem_http, or one that only HTTP knows (405, 414, 416, 431 …). */
void problem_write(unsigned http, const Err *err, Language language, Str request_id, Buf *out);
/* May err->text be shown to the client? */
bool problem_is_clients(unsigned http);

#endif
