/* base/json_out.c - one flag remembers whether the next value needs a comma. Strings are copied in runs that need no
 * escape, found eight bytes at a time; only what lies between the runs is looked at byte by byte. Why not jansson:
 * docs/decisions/0016.
 */
#include "base/json_out.h"

#include "base/utf8.h"

#include <math.h>

/* Does the word hold a byte below 0x20, a quote or a backslash? True by mistake for some bytes above 0x7F next to one;
 * the caller then looks byte by byte. */
static bool has_special(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101u, tops = ones * 0x80;
	uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';
	return (((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & tops;
}

size_t json_plain_run(Str s)
{
	size_t at = 0;
	while (s.len - at >= 8) {
		uint64_t word;
		memcpy(&word, s.ptr + at, 8);
		if (has_special(word))
			break;
		at += 8;
	}
	while (at < s.len && (uint8_t)s.ptr[at] >= 0x20 && s.ptr[at] != '"' && s.ptr[at] != '\\')
		at++;
	return at;
}

static void value_begins(JsonOut *j)
{
	if (j->need_comma)
		buf_add_char(j->out, ',');
	j->need_comma = true;
}

void jout_open(JsonOut *j, char bracket)
{
	value_begins(j);
	buf_add_char(j->out, bracket);
	j->need_comma = false;
}

void jout_close(JsonOut *j, char bracket)
{
	buf_add_char(j->out, bracket);
	j->need_comma = true;
}

static void add_escaped(const JsonOut *j, Str s)
{
	Buf *out = j->out;
	uint32_t mark;
	static const char replacement[] = "\xEF\xBF\xBD";
	size_t plain = 0, i = 0;
	while (i < s.len) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (c >= 0x20 && c != '"' && c != '\\' && c < 0x7F) {
			i++;
			continue;
		}
		size_t width = c >= 0x80 ? utf8_valid_width(s.ptr + i, s.len - i) : 0;
		bool is_mark =
			width && j->escapes_marks && utf8_decode(s.ptr + i, s.len - i, &mark) && utf8_steers(mark);
		if (width && !is_mark) {
			i += width;
			continue;
		}
		buf_add(out, s.ptr + plain, i - plain);
		if (c == '"' || c == '\\') {
			buf_add_char(out, '\\');
			buf_add_char(out, (char)c);
		} else if (c == '\n') {
			buf_add(out, "\\n", 2);
		} else if (c == '\t') {
			buf_add(out, "\\t", 2);
		} else if (c == '\r') {
			buf_add(out, "\\r", 2);
		} else if (c < 0x80 || is_mark) {
			buf_printf(out, "\\u%04x", is_mark ? (unsigned)mark : c);
			i += is_mark ? width - 1 : 0;
		} else {
			buf_add(out, replacement, 3);
		}
		plain = ++i;
	}
	if (plain < s.len) /* the empty string has no bytes to point behind */
		buf_add(out, s.ptr + plain, s.len - plain);
}

void jout_str(JsonOut *j, Str value)
{
	value_begins(j);
	buf_add_char(j->out, '"');
	add_escaped(j, value);
	buf_add_char(j->out, '"');
}

void jout_key_str(JsonOut *j, Str key)
{
	jout_str(j, key);
	buf_add_char(j->out, ':');
	j->need_comma = false;
}

void jout_key(JsonOut *j, const char *key)
{
	jout_key_str(j, str_from(key));
}

void jout_text(JsonOut *j, const char *zero_terminated)
{
	if (zero_terminated)
		jout_str(j, str_from(zero_terminated));
	else
		jout_null(j);
}

void jout_u64(JsonOut *j, uint64_t value)
{
	value_begins(j);
	buf_add_u64(j->out, value);
}

void jout_double(JsonOut *j, double value, int decimals)
{
	if (!isfinite(value)) {
		jout_null(j);
		return;
	}
	value_begins(j);
	buf_printf(j->out, "%.*f", decimals, value);
}

void jout_bool(JsonOut *j, bool value)
{
	jout_raw(j, value ? STR("true") : STR("false"));
}

void jout_null(JsonOut *j)
{
	jout_raw(j, STR("null"));
}

void jout_raw(JsonOut *j, Str json)
{
	value_begins(j);
	buf_add_str(j->out, json);
}

void jout_hex(JsonOut *j, const void *bytes, size_t len)
{
	value_begins(j);
	buf_add_char(j->out, '"');
	buf_add_hex(j->out, bytes, len);
	buf_add_char(j->out, '"');
}

void jout_base64(JsonOut *j, const void *bytes, size_t len)
{
	value_begins(j);
	buf_add_char(j->out, '"');
	buf_add_base64(j->out, bytes, len);
	buf_add_char(j->out, '"');
}

void jout_field_str(JsonOut *j, const char *key, Str value)
{
	jout_key(j, key);
	jout_str(j, value);
}

void jout_field_text(JsonOut *j, const char *key, const char *value)
{
	jout_key(j, key);
	jout_text(j, value);
}

void jout_field_u64(JsonOut *j, const char *key, uint64_t value)
{
	jout_key(j, key);
	jout_u64(j, value);
}

void jout_field_bool(JsonOut *j, const char *key, bool value)
{
	jout_key(j, key);
	jout_bool(j, value);
}
