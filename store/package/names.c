/* store/package/names.c - a name is built character by character from those that may stand in it; a file's name comes
 * from its role, never from its sender. */
#include "store/package/names.h"

#include "base/utf8.h"

#include <stdio.h>

enum { NAME_CHARS_MAX = 60 };

/* Letters and digits of the Latin script, composed: a name of these is NFC whatever follows what. */
static bool is_name_char(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
	       (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) || (c >= 0x1E00 && c <= 0x1EF9);
}

static bool is_combining(uint32_t c)
{
	return c >= 0x300 && c <= 0x36F;
}

/* A part of a file name with nothing in it that a file system refuses; each run of other characters becomes one '-'. */
Str package_safe_name(Str s, Arena *arena)
{
	Buf out = {0};
	size_t chars = 0;
	bool gap = false;
	while (s.len && chars < NAME_CHARS_MAX) {
		uint32_t c = 0;
		size_t width = utf8_decode(s.ptr, s.len, &c);
		if (width && is_name_char(c) && !(c == '.' && out.len == 0)) {
			if (gap && out.len)
				buf_add_char(&out, '-');
			gap = false;
			buf_add(&out, s.ptr, width);
			chars++;
		} else if (!width || !is_combining(c)) {
			gap = true;
		}
		s = str_slice(s, width ? width : 1, s.len);
	}
	while (out.len && out.data[out.len - 1] == '.')
		out.len--;
	Str name = out.len ? arena_copy(arena, buf_str(&out)) : STR("khong-ten");
	buf_done(&out);
	return name;
}

static const char *ending_of(const ObjectRef *object, char out[static 8])
{
	static const struct {
		const char *media, *ending;
	} known[] = {
		{"application/pdf", "pdf"}, {"text/plain", "txt"},     {"text/html", "html"},
		{"image/jpeg", "jpg"},      {"image/png", "png"},      {"image/tiff", "tif"},
		{"application/xml", "xml"}, {"message/rfc822", "eml"},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq_nocase(object->media, str_from(known[i].media)))
			return known[i].ending;
	size_t len = 0;
	for (Str name = object->name; len < 6 && len < name.len; len++) {
		char c = name.ptr[name.len - 1 - len];
		if (c == '.') {
			for (size_t i = 0; i < len; i++)
				out[i] = (char)(name.ptr[name.len - len + i] | 0x20);
			out[len] = 0;
			return len ? out : "bin";
		}
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			break;
	}
	return "bin";
}

void package_object_name(const Entry *entry, size_t number, char out[static PACKAGE_OBJECT_NAME_BYTES])
{
	static const struct {
		const char *role, *name;
	} names[] = {{"original", "goc"}, {"text", "noi-dung"}, {"attachment", "dinh-kem"}, {"envelope", "phong-bi"}};
	const ObjectRef *object = &entry->objects[number];
	const char *name = "tep";
	char ending[8];
	size_t place = 1;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(object->role, names[i].role) == 0)
			name = names[i].name;
	for (size_t i = 0; i < number; i++)
		place += strcmp(entry->objects[i].role, object->role) == 0;
	const char *dot = strcmp(object->role, "text") == 0 ? "txt" : ending_of(object, ending);
	if (place == 1)
		snprintf(out, PACKAGE_OBJECT_NAME_BYTES, "%s.%s", name, dot);
	else
		snprintf(out, PACKAGE_OBJECT_NAME_BYTES, "%s-%zu.%s", name, place, dot);
}
