/* server/http/url.h - the one strict reader of request targets; libmicrohttpd decodes nothing for us.
 *
 *   "/v1/records/a%2Fb/text?q=ch%C3%ADnh+quy%E1%BB%81n"
 *      parts: "v1" "records" "a/b" "text"        parameters: q = "chính quyền"
 *
 * A path is cut at '/' before it is decoded, so an encoded slash is a character of a part and never a separator.
 * A target in absolute form ("http://host/path", as sent to a proxy) is read from its path on.
 * Refused: what is not an absolute path, a slash at the end, empty parts ("//"), "." and "..", broken escapes, %00 and
 * every other control character, bytes that are not UTF-8, '#' and '\'. UTF-8 that was not escaped is read as it is.
 * Escaped tabs and line ends in the value of a parameter are blanks: they come with what is pasted into a search box.
 *
 * Shapes   target: one line without blanks, at most URL_MAX bytes
 * Owns     results live in the arena that was passed
 * Errors   ST_INVALID says what is wrong, ST_LIMIT too long or too many, ST_NO_MEMORY
 * Threads  pure
 * Source   RFC 3986, RFC 9112 §3.2.2 (absolute form); form encoding ("+" is a blank) in the query only
 */
#ifndef SERVER_HTTP_URL_H
#define SERVER_HTTP_URL_H

#include "base/arena.h"
#include "base/buf.h"

enum {
	URL_MAX = 4096,
	URL_PARTS_MAX = 8,
	URL_PARAMETERS_MAX = 32,
};

typedef struct {
	Str name, value;
} UrlParameter;

typedef struct {
	Str parts[URL_PARTS_MAX]; /* "/" has none */
	size_t part_count;
	unsigned escaped;         /* bit i: part i was written with '%' */
	UrlParameter *parameters; /* in order; each name once */
	size_t parameter_count;
} Url;

/* The host and port of a target in absolute form, which take Host's place; {NULL, 0}: it has none. */
Str url_authority(Str target);
Status url_parse(Str target, Arena *arena, Url *out, Err *err);
/* The parameter's value; {NULL, 0} where it was not given. */
Str url_parameter(const Url *url, const char *name);
/* Appends s with everything but letters, digits and "-._~" escaped. */
void url_escape(Str s, Buf *out);

#endif
