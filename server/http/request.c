/* server/http/request.c - parameters of a request. That each is known and given once was checked before (route.c,
 * url.c). */
#include "server/http/request.h"

#include <inttypes.h>

Str request_parameter(const Request *r, const char *name)
{
	return url_parameter(&r->url, name);
}

Status request_number(const Request *r, const char *name, uint64_t fallback, uint64_t least, uint64_t most,
		      uint64_t *out, Err *err)
{
	Str text = request_parameter(r, name);
	uint64_t value = fallback;
	if (text.len && !str_to_u64(text, &value))
		return err_set(err, ST_INVALID, "'%s' is not a whole number", name);
	if (text.len && (value < least || value > most))
		return err_set(err, ST_INVALID, "'%s' must be from %" PRIu64 " to %" PRIu64, name, least, most);
	*out = value;
	return ST_OK;
}

bool request_media_is(const Request *r, const char *media)
{
	return str_eq_nocase(r->media, str_from(media));
}

Str request_body(const Request *r)
{
	return body_bytes(&r->body);
}

int request_take_file(Request *r)
{
	return body_take_file(&r->body);
}
