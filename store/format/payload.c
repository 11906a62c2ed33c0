/* store/format/payload.c - a payload is written by one function and read by a cursor that takes exactly what that
 * function writes: one order of members, one spelling. So a payload that was changed, or written by somebody else, is
 * refused, and no JSON tree is built for every record that is read.
 */
#include "store/format/payload.h"

#include "base/json_out.h"
#include "base/utf8.h"

#include <stdio.h>

void payload_put(const uint8_t salt[static SALT_LEN], const ObjectRef *objects, size_t count, Str metadata, Buf *out)
{
	JsonOut j;
	buf_add_zero_terminated(out, "{\"salt\":\"");
	buf_add_hex(out, salt, SALT_LEN);
	buf_add_zero_terminated(out, "\",\"objects\":");
	jout_begin(&j, out);
	jout_open(&j, '[');
	for (size_t i = 0; i < count; i++) {
		const ObjectRef *o = &objects[i];
		jout_open(&j, '{');
		jout_field_text(&j, "role", o->role);
		jout_field_str(&j, "name", o->name);
		jout_field_str(&j, "media", o->media);
		jout_field_str(&j, "from", o->from);
		jout_key(&j, "sha256");
		jout_hex(&j, o->hash.bytes, STORE_HASH_LEN);
		jout_field_u64(&j, "size", o->size_bytes);
		jout_close(&j, '}');
	}
	jout_close(&j, ']');
	if (metadata.len > 2)
		buf_add_char(out, ',');
	buf_add_str(out, str_slice(metadata, 1, metadata.len));
}

/* ---- reading: a cursor that takes exactly what payload_put writes ---------------------------------------------- */

typedef struct {
	Str rest;
	bool failed;
} Cursor;

static bool take(Cursor *c, const char *literal)
{
	size_t len = strlen(literal);
	if (c->failed || c->rest.len < len || memcmp(c->rest.ptr, literal, len) != 0)
		return false;
	c->rest = str_slice(c->rest, len, c->rest.len);
	return true;
}

static void need(Cursor *c, const char *literal)
{
	if (!take(c, literal))
		c->failed = true;
}

static void need_hex(Cursor *c, void *out, size_t len)
{
	if (c->failed || c->rest.len < 2 * len || !hex_decode(str_slice(c->rest, 0, 2 * len), out, len)) {
		c->failed = true;
		return;
	}
	c->rest = str_slice(c->rest, 2 * len, c->rest.len);
}

static uint64_t need_number(Cursor *c)
{
	size_t digits = 0;
	uint64_t value = 0;
	while (digits < c->rest.len && c->rest.ptr[digits] >= '0' && c->rest.ptr[digits] <= '9')
		digits++;
	if (c->failed || !str_to_u64(str_slice(c->rest, 0, digits), &value))
		c->failed = true;
	c->rest = str_slice(c->rest, digits, c->rest.len);
	return value;
}

/* One escape behind its backslash; returns the bytes written, 0 when it is none of the JSON writer's. */
static size_t unescape(Cursor *c, size_t *at, char out[static 4])
{
	char kind = c->rest.ptr[*at];
	uint8_t code[2];
	++*at;
	switch (kind) {
	case '"':
	case '\\':
		out[0] = kind;
		return 1;
	case 'n':
		out[0] = '\n';
		return 1;
	case 't':
		out[0] = '\t';
		return 1;
	case 'r':
		out[0] = '\r';
		return 1;
	case 'u':
		if (c->rest.len - *at < 4 || !hex_decode(str_slice(c->rest, *at, *at + 4), code, 2))
			return 0;
		*at += 4;
		return utf8_encode((uint32_t)code[0] << 8 | code[1], out);
	default:
		return 0;
	}
}

static Str need_string(Cursor *c, Arena *arena)
{
	need(c, "\"");
	const char *quote = c->failed ? NULL : memchr(c->rest.ptr, '"', c->rest.len);
	if (!quote) {
		c->failed = true;
		return (Str){NULL, 0};
	}
	size_t plain = (size_t)(quote - c->rest.ptr);
	if (!memchr(c->rest.ptr, '\\', plain)) {
		Str s = str_slice(c->rest, 0, plain);
		c->rest = str_slice(c->rest, plain + 1, c->rest.len);
		return s;
	}
	size_t at = 0, len = 0, room = 0;
	while (room < c->rest.len && c->rest.ptr[room] != '"')
		room += c->rest.ptr[room] == '\\' ? 2 : 1;
	char *out = arena_alloc(arena, room + 4);
	if (!out) {
		c->failed = true;
		return (Str){NULL, 0};
	}
	while (at < c->rest.len && c->rest.ptr[at] != '"') {
		if (c->rest.ptr[at] != '\\') {
			out[len++] = c->rest.ptr[at++];
			continue;
		}
		size_t put = ++at < c->rest.len ? unescape(c, &at, out + len) : 0;
		if (!put) {
			c->failed = true;
			return (Str){NULL, 0};
		}
		len += put;
	}
	c->rest = str_slice(c->rest, at, c->rest.len);
	need(c, "\"");
	return (Str){out, len};
}

Status payload_salt(Str payload, uint8_t out[static SALT_LEN], Err *err)
{
	Cursor c = {.rest = payload};
	need(&c, "{\"salt\":\"");
	need_hex(&c, out, SALT_LEN);
	return c.failed ? err_set(err, ST_CORRUPT, "a payload without salt") : ST_OK;
}

static void need_object(Cursor *c, Arena *arena, ObjectRef *o)
{
	need(c, "{\"role\":");
	Str role = need_string(c, arena);
	if (role.len >= sizeof o->role) {
		c->failed = true;
		return;
	}
	snprintf(o->role, sizeof o->role, "%.*s", STR_ARG(role));
	need(c, ",\"name\":");
	o->name = need_string(c, arena);
	need(c, ",\"media\":");
	o->media = need_string(c, arena);
	need(c, ",\"from\":");
	o->from = need_string(c, arena);
	need(c, ",\"sha256\":\"");
	need_hex(c, o->hash.bytes, STORE_HASH_LEN);
	need(c, "\",\"size\":");
	o->size_bytes = need_number(c);
	need(c, "}");
}

Status payload_get(Str payload, Arena *arena, const ObjectRef **objects_out, size_t *count_out, Str *metadata_out,
		   Err *err)
{
	uint8_t salt[SALT_LEN];
	Cursor c = {.rest = payload};
	ObjectRef *objects = NULL;
	size_t count = 0, room = 0;
	need(&c, "{\"salt\":\"");
	need_hex(&c, salt, SALT_LEN);
	need(&c, "\",\"objects\":[");
	while (!c.failed && !take(&c, "]")) {
		if (count)
			need(&c, ",");
		if (count == STORE_OBJECTS_MAX)
			return err_set(err, ST_CORRUPT, "a payload with more than %d objects", STORE_OBJECTS_MAX);
		if (count == room) {
			ObjectRef *bigger = arena_calloc(arena, room ? room * 4 : 4, sizeof *bigger);
			if (!bigger)
				return err_no_memory(err);
			if (count)
				memcpy(bigger, objects, count * sizeof *bigger);
			objects = bigger;
			room = room ? room * 4 : 4;
		}
		need_object(&c, arena, &objects[count++]);
	}
	bool more = take(&c, ",");
	if (c.failed || c.rest.len == 0 || (!more && c.rest.ptr[0] != '}'))
		return err_set(err, ST_CORRUPT, "a payload that does not have the form of one");
	char *metadata = arena_alloc(arena, c.rest.len + 1);
	if (!metadata)
		return err_no_memory(err);
	metadata[0] = '{';
	memcpy(metadata + 1, c.rest.ptr, c.rest.len);
	*metadata_out = (Str){metadata, c.rest.len + 1};
	*objects_out = objects;
	*count_out = count;
	return ST_OK;
}
