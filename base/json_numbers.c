/* base/json_numbers.c - one pass from token to token; strings are jumped over. U+0001 stands in JSON only as an escape,
 * which has one spelling: a string begins with it, or it does not. */
#include "base/json_numbers.h"

#include "base/json_out.h"

enum { EXACT_DIGITS = 18, MARK = 1 };
static const Str escaped_mark = {"\\u0001", 6};

static size_t digits_at(Str s, size_t at)
{
	size_t start = at;
	while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9')
		at++;
	return at - start;
}

/* Length of the number at `at`, 0 if it is none; *exact_out: the library keeps it as it is. */
static size_t number_at(Str s, size_t at, bool *exact_out)
{
	size_t start = at, minus = at < s.len && s.ptr[at] == '-';
	at += minus;
	size_t whole = digits_at(s, at);
	if (whole == 0 || (whole > 1 && s.ptr[at] == '0'))
		return 0;
	*exact_out = whole <= EXACT_DIGITS && !(minus && s.ptr[at] == '0');
	at += whole;
	if (at < s.len && s.ptr[at] == '.') {
		size_t fraction = digits_at(s, at + 1);
		if (fraction == 0)
			return 0;
		at += 1 + fraction;
		*exact_out = false;
	}
	if (at < s.len && (s.ptr[at] | 0x20) == 'e') {
		size_t sign = at + 1 < s.len && (s.ptr[at + 1] == '-' || s.ptr[at + 1] == '+');
		size_t exponent = digits_at(s, at + 1 + sign);
		if (exponent == 0)
			return 0;
		at += 1 + sign + exponent;
		*exact_out = false;
	}
	bool ends = at == s.len || (s.ptr[at] && strchr(",]} \t\r\n", s.ptr[at]));
	return ends ? at - start : 0;
}

/* Offset behind the string that opens at `at`; the end of the text if it does not end. */
static size_t string_end(Str s, size_t at)
{
	for (at++; at < s.len; at++) {
		at += json_plain_run(str_slice(s, at, s.len));
		if (at >= s.len || s.ptr[at] == '"')
			break;
		at += s.ptr[at] == '\\';
	}
	return at < s.len ? at + 1 : s.len;
}

/* Behind the quote of the string at `at`: it begins with the mark. */
static bool is_marked(Str json, size_t at)
{
	return str_starts(str_slice(json, at + 1, json.len), escaped_mark);
}

bool json_numbers_guard(Str json, Buf *out)
{
	size_t begin = out->len, copied = 0;
	bool any = false;
	for (size_t at = 0; at < json.len;) {
		char c = json.ptr[at];
		if (c == '"') {
			if (is_marked(json, at)) {
				buf_add(out, json.ptr + copied, at + 1 - copied);
				buf_add_str(out, escaped_mark);
				copied = at + 1;
			}
			at = string_end(json, at);
			continue;
		}
		if (c != '-' && (c < '0' || c > '9')) {
			at++;
			continue;
		}
		bool exact = true;
		size_t len = number_at(json, at, &exact);
		if (len && !exact) {
			buf_add(out, json.ptr + copied, at - copied);
			buf_add_char(out, '"');
			buf_add_str(out, escaped_mark);
			buf_add(out, json.ptr + at, len);
			buf_add_char(out, '"');
			copied = at + len;
			any = true;
		}
		at += len ? len : 1;
		while (!len && at < json.len && json.ptr[at] && strchr("0123456789+-.eE", json.ptr[at]))
			at++; /* what is no number has none in it */
	}
	if (any)
		buf_add(out, json.ptr + copied, json.len - copied);
	else
		out->len = begin;
	return any;
}

void json_numbers_restore(Str json, Buf *out)
{
	size_t copied = 0;
	for (size_t at = 0; at < json.len;) {
		if (json.ptr[at] != '"') {
			at++;
			continue;
		}
		size_t end = string_end(json, at);
		if (is_marked(json, at)) {
			bool is_string = is_marked(json, at + escaped_mark.len);
			buf_add(out, json.ptr + copied, at + is_string - copied);
			copied = at + 1 + escaped_mark.len;
			if (!is_string) { /* without its closing quote */
				buf_add(out, json.ptr + copied, end - 1 - copied);
				copied = end;
			}
		}
		at = end;
	}
	buf_add(out, json.ptr + copied, json.len - copied);
}

Str json_number_of(Str string)
{
	bool is_number = string.len > 1 && string.ptr[0] == MARK && string.ptr[1] != MARK;
	return is_number ? str_slice(string, 1, string.len) : (Str){NULL, 0};
}

Str json_string_of(Str string)
{
	bool is_doubled = string.len > 1 && string.ptr[0] == MARK && string.ptr[1] == MARK;
	return is_doubled ? str_slice(string, 1, string.len) : string;
}
