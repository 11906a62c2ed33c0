/* tokenizer/plain.c - a letter is composed with the marks behind it, look-alikes are replaced by what they stand for
 * (letter.h), and ignored characters are skipped together with the character that follows them. */
#include "tokenizer/plain.h"

uint32_t plain_next(const uint8_t *p, const uint8_t *end, unsigned *width_out)
{
	unsigned skipped = 0;
	*width_out = 0;
	while (p < end) {
		if (*p < 0x80 && (end - p < 2 || p[1] < 0x80)) { /* nothing can compose with it */
			*width_out = skipped + 1;
			return *p == '\t' || *p == '\n' || *p == '\r' ? ' ' : *p;
		}
		unsigned width;
		Letter letter = letter_composed_at(p, end, &width);
		if (letter) {
			*width_out = skipped + width;
			return letter_code_point(letter);
		}
		uint32_t c;
		width = (unsigned)utf8_decode((const char *)p, (size_t)(end - p), &c);
		if (!width) {
			*width_out = skipped + 1;
			return 0;
		}
		if (char_class(c) != CHAR_IGNORED) {
			uint32_t plain = char_plain(c), twin = char_latin_twin(plain);
			*width_out = skipped + width;
			return twin ? twin : plain == '\t' || plain == '\n' || plain == '\r' ? ' ' : plain;
		}
		skipped += width;
		p += width;
	}
	*width_out = skipped;
	return 0;
}

uint32_t plain_before(const uint8_t *start, const uint8_t *p, unsigned *width_out)
{
	const uint8_t *from = p;
	while (from > start) {
		const uint8_t *lead = from - 1;
		while (lead > start && from - lead < 4 && (*lead & 0xC0) == 0x80)
			lead--;
		uint32_t c;
		if (utf8_decode((const char *)lead, (size_t)(from - lead), &c) != (size_t)(from - lead)) {
			*width_out = (unsigned)(p - from) + 1;
			return 0;
		}
		from = lead;
		if (char_class(c) == CHAR_IGNORED)
			continue;
		*width_out = (unsigned)(p - from);
		uint32_t plain = char_plain(c);
		return plain == '\t' || plain == '\n' || plain == '\r' ? ' ' : plain;
	}
	*width_out = 0;
	return 0;
}

bool plain_is_letter(uint32_t c)
{
	return letter_of_code_point(c) != 0;
}

char plain_ascii_upper(uint32_t c)
{
	Letter letter = letter_of_code_point(c);
	return letter ? (char)(letter_base(letter) - 32) : 0;
}

uint32_t plain_upper(uint32_t c)
{
	Letter letter = letter_of_code_point(c);
	return letter ? letter_code_point(letter | LETTER_UPPER) : c;
}

const uint8_t *plain_skip_spaces(const uint8_t *p, const uint8_t *end, unsigned most)
{
	unsigned width;
	while (most-- && plain_next(p, end, &width) == ' ')
		p += width;
	return p;
}

size_t plain_copy(Str s, char *out, size_t capacity)
{
	const uint8_t *p = (const uint8_t *)(s.ptr ? s.ptr : ""), *end = p + s.len;
	size_t len = 0, last_at = 0;
	bool space = false;
	unsigned width;
	uint32_t last = 0;
	for (; p < end; p += width) {
		uint32_t c = plain_next(p, end, &width);
		if (!width)
			break;
		bool mark = c >= 0x300 && c < 0x370 && last && !space; /* of a letter that Vietnamese has not: naïve */
		uint32_t composed = mark ? char_compose_pair(last, c) : 0;
		if (composed) {
			len = last_at;
			c = composed;
		}
		if (c == ' ' || !c) {
			space = len > 0;
			continue;
		}
		if (len + 5 > capacity)
			break;
		if (space)
			out[len++] = ' ';
		space = false;
		last = c;
		last_at = len;
		len += utf8_encode(c, out + len);
	}
	return len;
}

const uint8_t *plain_word(const uint8_t *p, const uint8_t *end, char *out, size_t capacity, size_t *len_out)
{
	size_t len = 0;
	for (;;) {
		unsigned width;
		uint32_t c = plain_next(p, end, &width);
		char ascii = c ? plain_ascii_upper(c) : 0;
		if (!ascii)
			break;
		if (len < capacity)
			out[len++] = (char)(ascii + 32);
		p += width;
	}
	*len_out = len;
	return p;
}
