/* server/http/conditions.c - each header is read by hand: they are short lists, and every rule of RFC 9110 that we
 * follow fits in a line. One range is served; several at once are answered with the whole, as the RFC allows. */
#include "server/http/conditions.h"

#include "base/utf8.h"

RangeKind range_parse(Str header, uint64_t size, uint64_t *first, uint64_t *last)
{
	Str unit = STR("bytes="), from, to;
	uint64_t a, b = 0;
	if (header.len < unit.len || !str_eq_nocase(str_slice(header, 0, unit.len), unit))
		return RANGE_WHOLE;
	to = str_trim(str_slice(header, unit.len, header.len));
	if (!to.ptr || str_find_char(to, ',') >= 0 || !str_split(&to, '-', &from) || !to.ptr)
		return RANGE_WHOLE;
	if (from.len == 0) { /* the last b bytes */
		if (!str_to_u64(to, &b))
			return RANGE_WHOLE;
		if (b == 0 || size == 0)
			return RANGE_UNSATISFIABLE;
		*first = b < size ? size - b : 0;
		*last = size - 1;
		return RANGE_PART;
	}
	if (!str_to_u64(from, &a) || (to.len && (!str_to_u64(to, &b) || b < a)))
		return RANGE_WHOLE;
	if (a >= size)
		return RANGE_UNSATISFIABLE;
	*first = a;
	*last = to.len && b < size ? b : size - 1;
	return RANGE_PART;
}

bool etag_list_holds(Str header, Str etag, bool strong)
{
	Str rest = header, tag;
	if (!header.ptr)
		return false;
	if (str_eq(str_trim(header), STR("*")))
		return true;
	/* Our own tags hold no comma, so a foreign one that does can't match by parts. */
	while (str_split(&rest, ',', &tag)) {
		tag = str_trim(tag);
		bool weak = str_starts(tag, STR("W/"));
		if (weak && strong)
			continue;
		if (str_eq(weak ? str_slice(tag, 2, tag.len) : tag, etag))
			return true;
	}
	return false;
}

/* "q=0.85" as 850; 1000 without one; 0 for what can't be read. */
static unsigned read_quality(Str parameters)
{
	Str part;
	while (str_split(&parameters, ';', &part)) {
		part = str_trim(part);
		if (!str_starts(part, STR("q=")) || part.len < 3)
			continue;
		unsigned value = part.ptr[2] == '1' ? 1000 : 0, scale = 100;
		for (size_t i = 4; i < part.len && i < 7 && value < 1000; i++, scale /= 10) {
			if (part.ptr[i] < '0' || part.ptr[i] > '9')
				return 0;
			value += (unsigned)(part.ptr[i] - '0') * scale;
		}
		return value;
	}
	return 1000;
}

Language language_preferred(Str accept_language)
{
	unsigned english = 0, vietnamese = 0;
	Str rest = accept_language, item, tag;
	while (str_split(&rest, ',', &item)) {
		Str parameters = str_trim(item);
		if (!str_split(&parameters, ';', &tag))
			continue;
		tag = str_trim(tag);
		unsigned quality = read_quality(parameters);
		Str primary = str_slice(tag, 0, 2);
		bool whole = tag.len == 2 || (tag.len > 2 && tag.ptr[2] == '-');
		if (whole && str_eq_nocase(primary, STR("en")) && quality > english)
			english = quality;
		else if (((whole && str_eq_nocase(primary, STR("vi"))) || str_eq(tag, STR("*"))) &&
			 quality > vietnamese)
			vietnamese = quality;
	}
	return english > vietnamese ? LANGUAGE_EN : LANGUAGE_VI;
}

bool is_token(Str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!letter && (c == 0 || !strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return s.len > 0;
}

static bool is_plain_name_char(unsigned char c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '/' && c != '%' && c != ';';
}

/* Each character that would steer a terminal or turn the name around becomes '_'. */
static void replace_marks(Str name, Buf *out)
{
	uint32_t c;
	for (size_t at = 0, width; at < name.len; at += width) {
		width = utf8_decode(name.ptr + at, name.len - at, &c);
		if (!width || utf8_steers(c))
			buf_add_char(out, '_');
		else
			buf_add(out, name.ptr + at, width);
		width += width == 0;
	}
}

static void write_disposition(bool is_inline, Str file_name, Buf *out)
{
	bool plain = true;
	buf_add_zero_terminated(out, is_inline ? "inline; filename=\"" : "attachment; filename=\"");
	for (size_t i = 0; i < file_name.len; i++) {
		unsigned char c = (unsigned char)file_name.ptr[i];
		if (is_plain_name_char(c)) {
			buf_add_char(out, (char)c);
			continue;
		}
		plain = false;
		if ((c & 0xC0) != 0x80)
			buf_add_char(out, '_');
	}
	buf_add_char(out, '"');
	if (plain)
		return;
	buf_add_zero_terminated(out, "; filename*=UTF-8''");
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < file_name.len; i++) {
		unsigned char c = (unsigned char)file_name.ptr[i];
		bool attr = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
			    c == '.' || c == '_';
		if (attr) {
			buf_add_char(out, (char)c);
		} else if (c == '/' || c == '\\') {
			buf_add_char(out, '_');
		} else {
			buf_add_char(out, '%');
			buf_add_char(out, digits[c >> 4]);
			buf_add_char(out, digits[c & 15]);
		}
	}
}

void disposition_write(bool is_inline, Str file_name, Buf *out)
{
	Buf name = {0};
	replace_marks(file_name, &name);
	write_disposition(is_inline, buf_str(&name), out);
	buf_done(&name);
}
