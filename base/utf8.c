/* base/utf8.c - see utf8.h. */
#include "base/utf8.h"

size_t utf8_decode(const char *p, size_t len, uint32_t *out)
{
	const uint8_t *b = (const uint8_t *)p;
	if (len == 0)
		return 0;
	if (b[0] < 0x80) {
		*out = b[0];
		return 1;
	}
	if (b[0] < 0xC2 || b[0] > 0xF4)
		return 0;
	size_t width = b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 4;
	if (len < width)
		return 0;
	uint32_t c = b[0] & (0x7Fu >> width);
	for (size_t i = 1; i < width; i++) {
		if ((b[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (b[i] & 0x3F);
	}
	if ((width == 3 && (c < 0x800 || (c >= 0xD800 && c <= 0xDFFF))) || (width == 4 && (c < 0x10000 || c > 0x10FFFF)))
		return 0;
	*out = c;
	return width;
}

size_t utf8_valid_width(const char *p, size_t len)
{
	uint32_t ignored;
	return utf8_decode(p, len, &ignored);
}

size_t utf8_encode(uint32_t c, char out[static 4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

size_t utf8_valid_prefix(Str s)
{
	size_t i = 0;
	while (i < s.len) {
		uint64_t word;
		if (s.len - i >= 8) { /* eight ASCII bytes at a time */
			memcpy(&word, s.ptr + i, 8);
			if (!(word & 0x8080808080808080u)) {
				i += 8;
				continue;
			}
		}
		size_t width = utf8_valid_width(s.ptr + i, s.len - i);
		if (width == 0)
			return i;
		i += width;
	}
	return i;
}

size_t utf8_cut(Str s, size_t limit)
{
	if (limit >= s.len)
		return s.len;
	while (limit > 0 && ((uint8_t)s.ptr[limit] & 0xC0) == 0x80)
		limit--;
	return limit;
}

size_t utf8_count(Str s)
{
	size_t count = 0;
	for (size_t i = 0; i < s.len; i++)
		count += ((uint8_t)s.ptr[i] & 0xC0) != 0x80;
	return count;
}
