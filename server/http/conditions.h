/* server/http/conditions.h - what the headers of a request ask for beyond its address.
 *
 *   Range: bytes=0-99 | 100- | -50       If-None-Match: "a", W/"b"       Accept-Language: en;q=0.5, vi
 *
 * Shapes   header values as they came, {NULL, 0} where there was none
 * Owns     nothing; disposition_write appends to the caller's buffer
 * Errors   none: a header that can't be read counts as not sent, as RFC 9110 asks for
 * Threads  pure
 * Source   RFC 9110 §8.8.3, §12.5.4, §13.1, §14.1
 */
#ifndef SERVER_HTTP_CONDITIONS_H
#define SERVER_HTTP_CONDITIONS_H

#include "base/buf.h"
#include "base/language.h"

typedef enum {
	RANGE_WHOLE, /* no range asked for, or none we serve (several at once, another unit) */
	RANGE_PART,
	RANGE_UNSATISFIABLE, /* 416 */
} RangeKind;

/* On RANGE_PART *first and *last are byte positions, both inclusive, below size. */
RangeKind range_parse(Str header, uint64_t size, uint64_t *first, uint64_t *last);

/* Is etag (with its quotes) in a list of entity tags? "*" has every tag. strong: weak tags (W/) match nothing. */
bool etag_list_holds(Str header, Str etag, bool strong);

/* English where it is preferred, else Vietnamese. */
Language language_preferred(Str accept_language);

/* RFC 9110 token: the form of methods and header names. */
bool is_token(Str s);

/* Appends `attachment; filename="…"; filename*=UTF-8''…` (or inline; …). */
void disposition_write(bool is_inline, Str file_name, Buf *out);

#endif
