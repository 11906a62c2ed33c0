/* tokenizer/entities.c - looks for '&' and '\\'; what follows is read as a number, a name of HTML 4 or four hexadecimal
 * digits, and replaced only if it gives a letter or a combining mark above U+007F. */
#include "tokenizer/entities.h"
#include "tokenizer/letter.h"

/* Named entities of HTML 4 that are Vietnamese letters: a base letter and what stands above it. */
static uint32_t named(Str name)
{
	static const struct {
		const char *suffix;
		Mark mark;
	} marks[] = {{"grave", MARK_GRAVE}, {"acute", MARK_ACUTE}, {"circ", MARK_CIRCUMFLEX}, {"tilde", MARK_TILDE}};
	if (str_eq(name, STR("ETH")))
		return 0x110;
	if (str_eq(name, STR("eth")))
		return 0x111;
	Letter letter = name.len > 4 ? letter_ascii[(uint8_t)name.ptr[0]] : 0;
	for (size_t i = 0; letter && i < sizeof marks / sizeof marks[0]; i++)
		if (str_eq(str_slice(name, 1, name.len), str_from(marks[i].suffix))) {
			uint32_t c = letter_code_point(letter_with_mark(letter, marks[i].mark));
			return c >= 0x80 ? c : 0;
		}
	return 0;
}

static uint32_t number(Str digits, unsigned radix)
{
	uint32_t value = 0;
	if (digits.len == 0 || digits.len > 7)
		return 0;
	for (size_t i = 0; i < digits.len; i++) {
		char c = digits.ptr[i];
		unsigned digit = c >= '0' && c <= '9'                 ? (unsigned)(c - '0')
				 : (c | 32) >= 'a' && (c | 32) <= 'f' ? (unsigned)((c | 32) - 'a' + 10)
								      : 99;
		if (digit >= radix)
			return 0;
		value = value * radix + digit;
	}
	return value;
}

/* The letter that an entity or escape at `at` stands for, 0 if none; *len_out its bytes. */
static uint32_t entity_at(Str s, size_t at, size_t *len_out)
{
	uint32_t c = 0;
	if (s.ptr[at] == '\\' && at + 6 <= s.len && s.ptr[at + 1] == 'u') {
		c = number(str_slice(s, at + 2, at + 6), 16);
		*len_out = 6;
	} else if (s.ptr[at] == '&') {
		size_t stop = at + 1;
		while (stop < s.len && stop < at + 10 && s.ptr[stop] != ';')
			stop++;
		if (stop == s.len || s.ptr[stop] != ';' || stop < at + 3)
			return 0;
		Str inside = str_slice(s, at + 1, stop);
		bool hex = inside.ptr[0] == '#' && (inside.ptr[1] | 32) == 'x';
		c = hex                    ? number(str_slice(inside, 2, inside.len), 16)
		    : inside.ptr[0] == '#' ? number(str_slice(inside, 1, inside.len), 10)
					   : named(inside);
		*len_out = stop - at + 1;
	}
	bool allowed = c >= 0xC0 && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) && char_class(c) == CHAR_LETTER;
	return allowed ? c : 0;
}

bool entities_are_in(Str text)
{
	size_t found = 0, len;
	for (size_t i = 0; i + 3 < text.len && found < 3; i++)
		if ((text.ptr[i] == '&' || text.ptr[i] == '\\') && entity_at(text, i, &len))
			found++;
	return found == 3;
}

void entities_undo(Str text, Buf *out)
{
	size_t from = 0, len;
	for (size_t i = 0; i < text.len; i++) {
		uint32_t c = text.ptr[i] == '&' || text.ptr[i] == '\\' ? entity_at(text, i, &len) : 0;
		if (!c)
			continue;
		char bytes[4];
		buf_add_str(out, str_slice(text, from, i));
		buf_add(out, bytes, utf8_encode(c, bytes));
		from = i + len;
		i = from - 1;
	}
	buf_add_str(out, str_slice(text, from, text.len));
}
