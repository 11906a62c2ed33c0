/* indexer/source/json.c - cuts the long text out of a line of JSON, so that the parser of records sees a short one. The
 * scanner walks from string to string: only there can a bracket or a quote mean something else.
 *
 * A scanner of ours beside jansson, because most bytes of an ingest go through here: it finds the end of a text many
 * bytes at a time, where a parser builds a value out of every one. */
#include "indexer/source/json.h"

#include "base/json_numbers.h"
#include "base/json_out.h"
#include "base/utf8.h"

#include <jansson.h>
#include <stdlib.h>

void json_reader_done(JsonReader *reader)
{
	buf_done(&reader->text);
	buf_done(&reader->rest);
}

/* ---- finding the text ------------------------------------------------------------------------------------------ */

/* Offset of the first byte at or after `at` that a JSON string can't hold as it is; s.len if there is none. */
static size_t plain_until(Str s, size_t at)
{
	return at >= s.len ? s.len : at + json_plain_run(str_slice(s, at, s.len));
}

/* Offset behind the closing quote of the string that opens at `at`; 0 if it does not end. */
static size_t string_end(Str s, size_t at)
{
	for (at++; (at = plain_until(s, at)) < s.len; at++) {
		if (s.ptr[at] == '"')
			return at + 1;
		if (s.ptr[at] == '\\' && ++at >= s.len)
			return 0;
	}
	return 0;
}

static size_t skip_blanks(Str s, size_t at)
{
	while (at < s.len && (s.ptr[at] == ' ' || s.ptr[at] == '\t' || s.ptr[at] == '\r' || s.ptr[at] == '\n'))
		at++;
	return at;
}

/* Where the value of the outermost member "text" opens, if it is a string; 0 where there is none. */
static size_t find_text(Str s)
{
	int depth = 0;
	for (size_t at = 0; at < s.len;) {
		char c = s.ptr[at];
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		if (c != '"') {
			at++;
			continue;
		}
		size_t end = string_end(s, at);
		if (end == 0)
			return 0;
		if (depth == 1 && str_eq(str_slice(s, at, end), STR("\"text\""))) {
			size_t colon = skip_blanks(s, end);
			size_t value = skip_blanks(s, colon + 1);
			if (colon < s.len && s.ptr[colon] == ':' && value < s.len && s.ptr[value] == '"')
				return value;
		}
		at = end;
	}
	return 0;
}

/* ---- unescaping ------------------------------------------------------------------------------------------------ */

static bool read_hex4(Str s, size_t at, uint32_t *out)
{
	uint8_t bytes[2];
	if (!hex_decode(str_slice(s, at, at + 4), bytes, 2))
		return false;
	*out = (uint32_t)bytes[0] << 8 | bytes[1];
	return true;
}

/* The escape \uXXXX (or a pair of them) at `at`; returns its length, 0 if it is broken. */
static size_t unescape_unicode(Str s, size_t at, Buf *out)
{
	uint32_t c, low;
	char utf8[4];
	size_t len = 6;
	if (!read_hex4(s, at + 2, &c) || (c >= 0xDC00 && c <= 0xDFFF))
		return 0;
	if (c >= 0xD800 && c <= 0xDBFF) {
		if (!str_eq(str_slice(s, at + 6, at + 8), STR("\\u")) || !read_hex4(s, at + 8, &low) || low < 0xDC00 ||
		    low > 0xDFFF)
			return 0;
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
		len = 12;
	}
	buf_add(out, utf8, utf8_encode(c, utf8));
	return len;
}

static size_t unescape(Str s, size_t at, Buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	if (at + 1 >= s.len)
		return 0;
	if (s.ptr[at + 1] == 'u')
		return unescape_unicode(s, at, out);
	const char *found = s.ptr[at + 1] ? strchr(from, s.ptr[at + 1]) : NULL;
	if (!found)
		return 0;
	buf_add_char(out, to[found - from]);
	return 2;
}

/* Reads the string that opens at `at` into out; returns the offset behind it, 0 if it is no valid JSON string. */
static size_t read_string(Str s, size_t at, Buf *out)
{
	for (at++;;) {
		size_t plain = plain_until(s, at);
		buf_add(out, s.ptr + at, plain - at);
		at = plain;
		if (at >= s.len || (uint8_t)s.ptr[at] < 0x20)
			return 0;
		if (s.ptr[at] == '"')
			return buf_ok(out) && utf8_is_valid(buf_str(out)) ? at + 1 : 0;
		size_t len = unescape(s, at, out);
		if (len == 0)
			return 0;
		at += len;
	}
}

Status json_reader_parse(JsonReader *reader, Str line, Arena *arena, Record *out, Err *err)
{
	size_t start = find_text(line);
	if (start == 0)
		return record_parse(line, arena, out, err);
	buf_clear(&reader->text);
	buf_clear(&reader->rest);
	size_t end = buf_reserve(&reader->text, line.len - start) ? read_string(line, start, &reader->text) : 0;
	if (end == 0)
		return record_parse(line, arena, out, err);
	buf_add(&reader->rest, line.ptr, start);
	buf_add_str(&reader->rest, STR("\"\""));
	buf_add(&reader->rest, line.ptr + end, line.len - end);
	if (!buf_ok(&reader->rest))
		return err_no_memory(err);
	Err short_err; /* its byte offsets would be those of the shortened line */
	if (record_parse(buf_str(&reader->rest), arena, out, &short_err) != ST_OK)
		return record_parse(line, arena, out, err);
	out->text = buf_str(&reader->text);
	return ST_OK;
}

/* ---- members --------------------------------------------------------------------------------------------------- */

/* An object and a value as a list of the two: numbers of both are guarded together (json_numbers.h). */
typedef struct {
	json_t *both, *object, *value;
	bool guarded;
} Pair;

static Pair load_pair(Str object, Str value)
{
	Pair p = {0};
	Buf text = {0}, guarded = {0};
	buf_add_char(&text, '[');
	buf_add_str(&text, object.len ? object : STR("{}"));
	buf_add_char(&text, ',');
	buf_add_str(&text, value);
	buf_add_char(&text, ']');
	p.guarded = json_numbers_guard(buf_str(&text), &guarded);
	Str json = p.guarded ? buf_str(&guarded) : buf_str(&text);
	if (buf_ok(&text) && buf_ok(&guarded))
		p.both = json_loadb(json.ptr, json.len, 0, NULL);
	if (json_array_size(p.both) == 2) {
		p.object = json_array_get(p.both, 0);
		p.value = json_array_get(p.both, 1);
	}
	buf_done(&text);
	buf_done(&guarded);
	return p;
}

/* In the arena; ptr NULL: out of memory. */
static Str dump(const json_t *value, bool guarded, Arena *arena)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
	Buf restored = {0};
	Str kept = {NULL, 0};
	if (text && guarded)
		json_numbers_restore(str_from(text), &restored);
	if (text && buf_ok(&restored))
		kept = arena_copy(arena, guarded ? buf_str(&restored) : str_from(text));
	buf_done(&restored);
	free(text);
	return kept;
}

static Status set_member(Str object, const char *name, Str value, bool appends, Arena *arena, Str *out, Err *err)
{
	Pair p = load_pair(object, value);
	Str kept = {NULL, 0};
	Status st = ST_OK;
	if (!json_is_object(p.object) || !p.value) {
		json_decref(p.both);
		return err_set(err, ST_INVALID, "\"%s\" can't be set: the object or the value is broken JSON", name);
	}
	json_t *list = appends ? json_object_get(p.object, name) : NULL;
	bool ok = true;
	if (appends && !json_is_array(list)) {
		list = json_array();
		ok = json_object_set_new(p.object, name, list) == 0;
	}
	ok = ok && (appends ? json_array_append(list, p.value) : json_object_set(p.object, name, p.value)) == 0;
	if (ok)
		kept = dump(p.object, p.guarded, arena);
	json_decref(p.both);
	if (!kept.ptr)
		st = err_no_memory(err);
	else
		*out = kept;
	return st;
}

Status json_set_member(Str object, const char *name, Str value, Arena *arena, Str *out, Err *err)
{
	return set_member(object, name, value, false, arena, out, err);
}

Status json_append_member(Str object, const char *name, Str value, Arena *arena, Str *out, Err *err)
{
	return set_member(object, name, value, true, arena, out, err);
}

/* Merges patch into object. False: memory is out, or one is nested too deep. */
static bool merge_into(json_t *object, json_t *patch, unsigned depth)
{
	enum { DEPTH_MAX = 64 };
	const char *name;
	json_t *value;
	bool ok = depth < DEPTH_MAX;
	json_object_foreach(patch, name, value)
	{
		json_t *inner = json_object_get(object, name);
		if (!ok)
			break;
		if (json_is_null(value)) {
			json_object_del(object, name);
		} else if (json_is_object(value)) {
			if (!json_is_object(inner))
				ok = json_object_set_new(object, name, json_object()) == 0;
			ok = ok && merge_into(json_object_get(object, name), value, depth + 1);
		} else {
			ok = json_object_set(object, name, value) == 0;
		}
	}
	return ok;
}

Status json_merge_patch(Str object, Str patch, Arena *arena, Str *out, Err *err)
{
	Pair p = load_pair(object, patch);
	Str kept = {NULL, 0};
	bool are_objects = json_is_object(p.object) && json_is_object(p.value);
	if (are_objects && merge_into(p.object, p.value, 0))
		kept = dump(p.object, p.guarded, arena);
	json_decref(p.both);
	if (!are_objects)
		return err_set(err, ST_INVALID,
			       "the changes must be a JSON object, such as {\"subject\":\"…\",\"due\":null}");
	if (!kept.ptr)
		return err_no_memory(err);
	*out = kept;
	return ST_OK;
}

Status json_get_text(Str object, const char *outer, const char *inner, Arena *arena, Str *out, Err *err)
{
	json_t *parsed = object.len ? json_loadb(object.ptr, object.len, 0, NULL) : NULL;
	const json_t *value = json_object_get(json_object_get(parsed, outer), inner);
	Str found = json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)} : STR("");
	Str kept = arena_copy(arena, found);
	json_decref(parsed);
	if (!kept.ptr)
		return err_no_memory(err);
	*out = kept;
	return ST_OK;
}

uint64_t json_get_whole(Str object, const char *outer, const char *inner)
{
	json_t *parsed = object.len ? json_loadb(object.ptr, object.len, 0, NULL) : NULL;
	json_int_t value = json_integer_value(json_object_get(json_object_get(parsed, outer), inner));
	json_decref(parsed);
	return value > 0 ? (uint64_t)value : 0;
}
