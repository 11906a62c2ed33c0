/* server/http/url.c - first the raw target is checked byte by byte, then it is cut at '?', '/' and '&', and only then
 * each piece is decoded and checked again. What was decoded is never cut or decoded a second time. */
#include "server/http/url.h"

#include "base/utf8.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7F;
}

typedef enum { PART_OF_PATH, NAME, VALUE } UrlPart;

/* In a query "+" is a blank, and so is a tab or line end of what was pasted for a value. */
static Status decode(Str raw, UrlPart part, Arena *arena, Str *out, Err *err)
{
	char *bytes = arena_alloc(arena, raw.len + 1);
	size_t len = 0;
	if (!bytes)
		return err_no_memory(err);
	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.ptr[i];
		if (c == '%') {
			int high = raw.len - i > 2 ? hex_digit(raw.ptr[i + 1]) : -1;
			int low = high >= 0 ? hex_digit(raw.ptr[i + 2]) : -1;
			if (low < 0)
				return err_set(err, ST_INVALID,
					       "the address has a '%%' that no two hexadecimal digits follow");
			c = (char)(high << 4 | low);
			i += 2;
			if (part == VALUE && (c == '\t' || c == '\n' || c == '\r'))
				c = ' ';
		} else if (c == '+' && part != PART_OF_PATH) {
			c = ' ';
		}
		if (is_control((unsigned char)c))
			return err_set(err, ST_INVALID, "the address holds the control character %02x",
				       (unsigned char)c);
		bytes[len++] = c;
	}
	bytes[len] = 0;
	if (!utf8_is_valid((Str){bytes, len}))
		return err_set(err, ST_INVALID, "the address is not UTF-8");
	*out = (Str){bytes, len};
	return ST_OK;
}

static Status check_raw(Str target, Err *err)
{
	if (target.len > URL_MAX)
		return err_set(err, ST_LIMIT, "the address has %zu bytes; at most %d", target.len, URL_MAX);
	if (target.len == 0 || target.ptr[0] != '/')
		return err_set(err, ST_INVALID, "the address is not an absolute path");
	for (size_t i = 0; i < target.len; i++) {
		unsigned char c = (unsigned char)target.ptr[i];
		if (is_control(c) || c == ' ' || c == '#' || c == '\\')
			return err_set(err, ST_INVALID, "the address holds the byte %02x, which must be escaped", c);
	}
	return ST_OK;
}

static Status parse_path(Str path, Arena *arena, Url *url, Err *err)
{
	Str rest = str_slice(path, 1, path.len), raw;
	if (rest.len == 0)
		return ST_OK;
	if (rest.len > 1 && rest.ptr[rest.len - 1] == '/')
		return err_set(err, ST_NOT_FOUND, "there is nothing at an address that ends in a slash");
	while (str_split(&rest, '/', &raw)) {
		Str part;
		if (raw.len == 0)
			return err_set(err, ST_INVALID, "the path has an empty part (\"//\")");
		if (url->part_count == URL_PARTS_MAX)
			return err_set(err, ST_NOT_FOUND, "the path has more than %d parts", URL_PARTS_MAX);
		Status st = decode(raw, PART_OF_PATH, arena, &part, err);
		if (st != ST_OK)
			return st;
		if (str_eq(part, STR(".")) || str_eq(part, STR("..")))
			return err_set(err, ST_INVALID, "the path has a part \"%.*s\"", STR_ARG(part));
		if (str_find_char(raw, '%') >= 0)
			url->escaped |= 1u << url->part_count;
		url->parts[url->part_count++] = part;
	}
	return ST_OK;
}

static Status parse_query(Str query, Arena *arena, Url *url, Err *err)
{
	Str pair;
	url->parameters = arena_calloc(arena, URL_PARAMETERS_MAX, sizeof *url->parameters);
	if (!url->parameters)
		return err_no_memory(err);
	while (str_split(&query, '&', &pair)) {
		ptrdiff_t equals = str_find_char(pair, '=');
		UrlParameter *p = &url->parameters[url->parameter_count];
		if (pair.len == 0)
			continue;
		if (url->parameter_count == URL_PARAMETERS_MAX)
			return err_set(err, ST_LIMIT, "more than %d parameters", URL_PARAMETERS_MAX);
		Status st =
			decode(str_slice(pair, 0, equals < 0 ? pair.len : (size_t)equals), NAME, arena, &p->name, err);
		if (st == ST_OK)
			st = decode(equals < 0 ? (Str){"", 0} : str_slice(pair, (size_t)equals + 1, pair.len), VALUE,
				    arena, &p->value, err);
		if (st != ST_OK)
			return st;
		for (size_t i = 0; i < url->parameter_count; i++)
			if (str_eq(url->parameters[i].name, p->name))
				return err_set(err, ST_INVALID, "the parameter '%.*s' is given twice",
					       STR_ARG(str_slice(p->name, 0, utf8_cut(p->name, 60))));
		url->parameter_count++;
	}
	return ST_OK;
}

Str url_authority(Str target)
{
	Str scheme = STR("http://");
	if (!str_starts(target, scheme))
		return (Str){NULL, 0};
	size_t end = scheme.len;
	while (end < target.len && target.ptr[end] != '/' && target.ptr[end] != '?')
		end++;
	return str_slice(target, scheme.len, end);
}

/* From its path on; "http://host" alone asks for "/". */
static Str without_authority(Str target)
{
	Str authority = url_authority(target);
	if (!authority.ptr)
		return target;
	size_t end = (size_t)(authority.ptr + authority.len - target.ptr);
	return end == target.len ? STR("/") : str_slice(target, end, target.len);
}

Status url_parse(Str target, Arena *arena, Url *out, Err *err)
{
	Url url = {0};
	target = without_authority(target);
	Status st = check_raw(target, err);
	if (st != ST_OK)
		return st;
	ptrdiff_t mark = str_find_char(target, '?');
	st = parse_path(str_slice(target, 0, mark < 0 ? target.len : (size_t)mark), arena, &url, err);
	if (st == ST_OK && mark >= 0)
		st = parse_query(str_slice(target, (size_t)mark + 1, target.len), arena, &url, err);
	if (st == ST_OK)
		*out = url;
	return st;
}

Str url_parameter(const Url *url, const char *name)
{
	for (size_t i = 0; i < url->parameter_count; i++)
		if (str_eq(url->parameters[i].name, str_from(name)))
			return url->parameters[i].value;
	return (Str){NULL, 0};
}

void url_escape(Str s, Buf *out)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
			     c == '.' || c == '_' || c == '~';
		if (plain) {
			buf_add_char(out, (char)c);
			continue;
		}
		buf_add_char(out, '%');
		buf_add_char(out, digits[c >> 4]);
		buf_add_char(out, digits[c & 15]);
	}
}
