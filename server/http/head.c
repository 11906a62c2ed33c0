/* server/http/head.c - the strict check of a request's head.
 *
 * libmicrohttpd 0.9.75 lets through what two servers in a row would read differently (two lengths, a length beside
 * chunks, "Transfer-Encoding :", two hosts), so all of it is refused here and the connection is closed: behind such
 * a head nobody can say where the next request begins.
 */
#include "server/http/head.h"

#include "server/http/conditions.h"
#include "server/http/origin.h"

#include <stdio.h>

typedef struct {
	Exchange *x;
	size_t bytes, count, hosts, lengths, encodings, origins;
	Str host, fetch_site, origin;
	Status status;
} HeadCheck;

static Status refuse(HeadCheck *check, const char *why)
{
	check->x->must_close = true;
	return err_set(&check->x->err, ST_INVALID, "%s", why);
}

static Status check_value(HeadCheck *check, Str value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.ptr[i];
		if ((c < 0x20 && c != '\t') || c == 0x7F)
			return refuse(check, "a header holds a control character");
	}
	return ST_OK;
}

static Status read_length(HeadCheck *check, Str value)
{
	if (!str_to_u64(value, &check->x->content_length))
		return refuse(check, "Content-Length is not a number");
	check->x->has_body = check->x->content_length > 0;
	return ST_OK;
}

static Status read_encoding(HeadCheck *check, Str value)
{
	if (!str_eq_nocase(value, STR("chunked")))
		return refuse(check, "Transfer-Encoding other than chunked");
	check->x->has_body = check->x->chunked = true;
	return ST_OK;
}

static Status take_origin(HeadCheck *check, Str value)
{
	check->origin = value;
	return check->origins++ ? refuse(check, "more than one Origin") : ST_OK;
}

static Status take_header(HeadCheck *check, Str name, Str value)
{
	Request *r = &check->x->request;
	if (str_eq_nocase(name, STR("host"))) {
		check->host = value;
		return check->hosts++ ? refuse(check, "more than one Host") : ST_OK;
	}
	if (str_eq_nocase(name, STR("content-length")))
		return check->lengths++ ? refuse(check, "more than one Content-Length") : read_length(check, value);
	if (str_eq_nocase(name, STR("transfer-encoding")))
		return check->encodings++ ? refuse(check, "more than one Transfer-Encoding")
					  : read_encoding(check, value);
	if (str_eq_nocase(name, STR("content-type")))
		r->media = str_trim(str_slice(
			value, 0, str_find_char(value, ';') < 0 ? value.len : (size_t)str_find_char(value, ';')));
	else if (str_eq_nocase(name, STR("accept-language")))
		r->language = language_preferred(value);
	else if (str_eq_nocase(name, STR("if-match")))
		r->if_match = value;
	else if (str_eq_nocase(name, STR("if-none-match")))
		r->if_none_match = value;
	else if (str_eq_nocase(name, STR("if-range")))
		r->if_range = value;
	else if (str_eq_nocase(name, STR("range")))
		r->range = value;
	else if (str_eq_nocase(name, STR("sec-fetch-site")))
		check->fetch_site = value;
	else if (str_eq_nocase(name, STR("origin")))
		return take_origin(check, value);
	return ST_OK;
}

static enum MHD_Result check_header(void *ctx, enum MHD_ValueKind kind, const char *name, size_t name_len,
				    const char *value, size_t value_len)
{
	HeadCheck *check = ctx;
	Str n = {name, name_len}, v = {value, value_len};
	(void)kind;
	check->bytes += name_len + value_len;
	check->count++;
	if (check->bytes > REQUEST_HEADERS_MAX || check->count > REQUEST_HEADER_COUNT_MAX) {
		check->x->http = 431;
		check->x->must_close = true;
		check->status = err_set(&check->x->err, ST_LIMIT, "headers have at most %d bytes and %d lines",
					REQUEST_HEADERS_MAX, REQUEST_HEADER_COUNT_MAX);
	} else if (!is_token(n)) {
		check->status = refuse(check, "a header's name is no token");
	} else if ((check->status = check_value(check, v)) == ST_OK) {
		check->status = take_header(check, n, v);
	}
	return check->status == ST_OK ? MHD_YES : MHD_NO;
}

/* A target in absolute form names the host itself, and then Host does not count. */
static Status check_host(HeadCheck *check)
{
	Str authority = url_authority(check->x->target);
	if (authority.ptr)
		check->host = authority;
	if (host_is_ours(check->host, str_from(check->x->request.service->hosts)))
		return ST_OK;
	check->x->must_close = true;
	return err_set(&check->x->err, ST_FORBIDDEN, "this server does not answer for the host '%.*s' (serve --host)",
		       STR_ARG(str_slice(check->host, 0, 80)));
}

/* Browsers say with every write where its page came from; programs say nothing. */
static Status check_origin(HeadCheck *check)
{
	Str site = check->fetch_site, names = str_from(check->x->request.service->hosts);
	if ((site.len && !str_eq_nocase(site, STR("same-origin")) && !str_eq_nocase(site, STR("none"))) ||
	    (check->origins && !origin_is_ours(check->origin, check->host, names)))
		return err_set(&check->x->err, ST_FORBIDDEN, "a page of another site may not change the archive");
	return ST_OK;
}

static Status check_framing(HeadCheck *check, const char *version)
{
	bool is_1_1 = strcmp(version, "HTTP/1.1") == 0;
	if (!is_1_1 && strcmp(version, "HTTP/1.0") != 0)
		return refuse(check, "neither HTTP/1.1 nor HTTP/1.0");
	if (check->lengths && check->encodings)
		return refuse(check, "both Content-Length and Transfer-Encoding");
	if (check->encodings && !is_1_1)
		return refuse(check, "Transfer-Encoding in HTTP/1.0");
	if (check->hosts != 1 && (is_1_1 || check->hosts))
		return refuse(check, "exactly one Host is needed");
	return check->hosts || url_authority(check->x->target).ptr ? check_host(check) : ST_OK;
}

Status head_check(Exchange *x, struct MHD_Connection *connection, const char *version)
{
	HeadCheck check = {.x = x};
	bool changes = !str_eq(x->method, STR("GET")) && !str_eq(x->method, STR("HEAD"));
	MHD_get_connection_values_n(connection, MHD_HEADER_KIND, check_header, &check);
	if (check.status == ST_OK)
		check.status = check_framing(&check, version);
	if (check.status == ST_OK && changes)
		check.status = check_origin(&check);
	return check.status;
}
