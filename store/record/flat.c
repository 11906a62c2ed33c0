/* store/record/flat.c - the JSON is copied into the arena once; strings are views of the copy, unescaped in place and
 * ended by a zero where their closing quote was. The first thing that is not understood ends the attempt, and jansson
 * reads the record from its start.
 */
#include "store/record/flat.h"

#include "base/json_out.h"
#include "base/utf8.h"

typedef struct {
	char *at, *end;
	Arena *arena;
	bool canonical, no_memory;
} Flat;

static void skip_blanks(Flat *f)
{
	while (f->at < f->end && (*f->at == ' ' || *f->at == '\t' || *f->at == '\n' || *f->at == '\r'))
		f->at++;
}

static bool take(Flat *f, char c)
{
	skip_blanks(f);
	if (f->at >= f->end || *f->at != c)
		return false;
	f->at++;
	return true;
}

static bool is_next(Flat *f, char c)
{
	skip_blanks(f);
	return f->at < f->end && *f->at == c;
}

/* The plain escapes; \u is rare and has rules of its own. */
static char unescaped(char c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found = c ? strchr(from, c) : NULL;
	return found ? to[found - from] : 0;
}

static bool read_string(Flat *f, Str *out)
{
	if (!take(f, '"'))
		return false;
	char *start = f->at, *to = start + json_plain_run((Str){start, (size_t)(f->end - start)});
	for (f->at = to; f->at < f->end && *f->at != '"'; f->at++) {
		if ((uint8_t)*f->at < 0x20)
			return false;
		if (*f->at != '\\') {
			*to++ = *f->at;
			continue;
		}
		if (++f->at >= f->end || !(*to++ = unescaped(*f->at)))
			return false;
	}
	if (f->at >= f->end)
		return false;
	f->at++;
	*to = 0;
	*out = (Str){start, (size_t)(to - start)};
	return true;
}

static bool read_list(Flat *f, FieldValue *out)
{
	Str item, *items = NULL;
	size_t capacity = 0;
	if (!take(f, '['))
		return false;
	for (size_t seen = 0; !take(f, ']'); seen++) {
		if (seen >= RECORD_LIST_MAX || (seen && !take(f, ',')) || !read_string(f, &item))
			return false;
		if (out->count == capacity) {
			Str *larger = arena_calloc(f->arena, capacity ? 4 * capacity : 4, sizeof *larger);
			if (!larger)
				return !(f->no_memory = true);
			if (items)
				memcpy(larger, items, out->count * sizeof *items);
			items = larger;
			capacity = capacity ? 4 * capacity : 4;
		}
		if (item.len)
			items[out->count++] = item;
	}
	out->items = items;
	return true;
}

static bool read_person(Flat *f, FieldValue *out)
{
	Str name, value, *position;
	if (is_next(f, '"'))
		return read_string(f, &out->text);
	if (!take(f, '{') || is_next(f, '}'))
		return false;
	position = arena_calloc(f->arena, 1, sizeof *position);
	if (!position)
		return !(f->no_memory = true);
	do {
		if (!read_string(f, &name) || !take(f, ':') || !read_string(f, &value))
			return false;
		Str *to = str_eq(name, STR("name")) ? &out->text : str_eq(name, STR("position")) ? position : NULL;
		if (!to || to->ptr)
			return false;
		*to = value;
	} while (take(f, ','));
	out->items = position;
	out->count = position->len > 0;
	return take(f, '}');
}

static bool read_whole(Flat *f, Str *out)
{
	enum { DIGITS_MAX = 18 };
	skip_blanks(f);
	const char *start = f->at;
	while (f->at < f->end && *f->at >= '0' && *f->at <= '9')
		f->at++;
	size_t len = (size_t)(f->at - start);
	if (len == 0 || len > DIGITS_MAX || (len > 1 && *start == '0') || f->at >= f->end ||
	    (*f->at != ',' && *f->at != '}'))
		return false;
	*out = arena_copy(f->arena, (Str){start, len});
	f->no_memory |= !out->ptr;
	return true;
}

/* A value that record_write wrote: as it is, found by its brackets. */
static bool read_json(Flat *f, Str *out)
{
	int depth = 0;
	bool quoted = false;
	if (!f->canonical || f->at >= f->end || (*f->at != '{' && *f->at != '['))
		return false;
	const char *start = f->at;
	do {
		char c = *f->at++;
		if (quoted && c == '\\')
			f->at++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted)
			depth += (c == '{' || c == '[') - (c == '}' || c == ']');
	} while (depth > 0 && f->at < f->end);
	*out = (Str){start, (size_t)(f->at - start)};
	return depth == 0 && f->at < f->end; /* the record's own closing bracket must follow */
}

static bool read_value(Flat *f, RecordFieldKind kind, FieldValue *out)
{
	switch (kind) {
	case FIELD_TEXT:
	case FIELD_DATE:
		return read_string(f, &out->text);
	case FIELD_LIST:
		return read_list(f, out);
	case FIELD_PERSON:
		return read_person(f, out);
	case FIELD_WHOLE:
		return read_whole(f, &out->text);
	case FIELD_JSON:
		return read_json(f, &out->text);
	}
	return false;
}

static bool is_name(Str name, const char *of)
{
	return name.len && *of == name.ptr[0] && str_eq(name, str_from(of));
}

static bool read_member(Flat *f, uint32_t *seen, Record *record)
{
	enum { SEEN_ID = 1u << RF_COUNT, SEEN_TEXT = 2u << RF_COUNT };
	Str name;
	uint32_t mark = 0;
	int id = RF_COUNT;
	if (!read_string(f, &name) || !take(f, ':'))
		return false;
	if (str_eq(name, STR("id")))
		mark = SEEN_ID;
	else if (str_eq(name, STR("text")))
		mark = SEEN_TEXT;
	else
		for (id = 0; id < RF_COUNT && !is_name(name, record_fields[id].name); id++)
			;
	mark = mark ? mark : id < RF_COUNT ? 1u << id : 0;
	if (!mark || (*seen & mark))
		return false;
	*seen |= mark;
	if (mark == SEEN_ID)
		return read_string(f, &record->id);
	if (mark == SEEN_TEXT)
		return record->has_text = read_string(f, &record->text);
	return read_value(f, record_fields[id].kind, &record->fields[id]);
}

FlatResult record_read_flat(Str json, bool canonical, Arena *arena, Record *out)
{
	_Static_assert(RF_COUNT + 2 <= 32, "one bit for each member");
	uint32_t seen = 0;
	Record record = {0};
	if (!utf8_is_valid(json))
		return FLAT_OTHER_SHAPE;
	Str copy = arena_copy(arena, json);
	if (!copy.ptr)
		return FLAT_NO_MEMORY;
	Flat f = {.at = (char *)(uintptr_t)copy.ptr, .arena = arena, .canonical = canonical};
	f.end = f.at + copy.len;
	bool fits = take(&f, '{');
	if (fits && !take(&f, '}')) {
		do
			fits = read_member(&f, &seen, &record);
		while (fits && take(&f, ','));
		fits = fits && take(&f, '}');
	}
	skip_blanks(&f);
	if (f.no_memory)
		return FLAT_NO_MEMORY;
	if (!fits || f.at < f.end)
		return FLAT_OTHER_SHAPE;
	*out = record;
	return FLAT_READ;
}
