/* server/http/problem.h - how a failure looks over HTTP: one code, one sentence in each language.
 *
 *   ST_NOT_FOUND  ->  404 {"type":"urn:hoso:problem:not-found","title":…,"status":404,"detail":…,"request_id":…}
 *
 * The cause as the code reported it (English, may name files) goes to clients only where the request itself was
 * wrong; of our own failures they get the sentence and the request id, the log has the rest.
 *
 * Threads  pure
 * Source   RFC 9457
 */
#ifndef SERVER_HTTP_PROBLEM_H
#define SERVER_HTTP_PROBLEM_H

#include "base/buf.h"

/* The HTTP code of a failure. ST_LIMIT is 413 with a body, 400 without. */
unsigned problem_http(Status status, bool has_body);
/* Appends the problem as JSON. http: from problem_http, or one that only HTTP knows (405, 414, 416, 431 …). */
void problem_write(unsigned http, const Err *err, bool english, Str request_id, Buf *out);
/* May err->text be shown to the client? */
bool problem_is_clients(unsigned http);

#endif
