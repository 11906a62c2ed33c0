/* base/utf8.c - single characters are decoded by the ranges of RFC 3629. Long texts are checked by a state machine
 * without branches, 64 bytes at a time; where it fails, the step is checked again character by character for the exact
 * place. */
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
	if ((width == 3 && (c < 0x800 || (c >= 0xD800 && c <= 0xDFFF))) ||
	    (width == 4 && (c < 0x10000 || c > 0x10FFFF)))
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

/* A state machine whose states are shift counts: one load and one shift a byte, no branch that text could mispredict.
 * T[byte] holds the next state of every state, six bits each, at the bit that is the state's own number. */
enum {
	BROKEN = 0,
	WHOLE = 6,
	WANT_1 = 12,
	WANT_2 = 18,
	WANT_3 = 24,
	AFTER_E0 = 30,
	AFTER_ED = 36,
	AFTER_F0 = 42,
	AFTER_F4 = 48
};
#define GO(from, to) ((uint64_t)(to) << (from))
#define TAIL (GO(WANT_1, WHOLE) | GO(WANT_2, WANT_1) | GO(WANT_3, WANT_2))
static const uint64_t next_states[256] = {
	[0x00 ... 0x7F] = GO(WHOLE, WHOLE),
	[0x80 ... 0x8F] = TAIL | GO(AFTER_ED, WANT_1) | GO(AFTER_F4, WANT_2),
	[0x90 ... 0x9F] = TAIL | GO(AFTER_ED, WANT_1) | GO(AFTER_F0, WANT_2),
	[0xA0 ... 0xBF] = TAIL | GO(AFTER_E0, WANT_1) | GO(AFTER_F0, WANT_2),
	[0xC2 ... 0xDF] = GO(WHOLE, WANT_1),
	[0xE0] = GO(WHOLE, AFTER_E0),
	[0xE1 ... 0xEC] = GO(WHOLE, WANT_2),
	[0xED] = GO(WHOLE, AFTER_ED),
	[0xEE ... 0xEF] = GO(WHOLE, WANT_2),
	[0xF0] = GO(WHOLE, AFTER_F0),
	[0xF1 ... 0xF3] = GO(WHOLE, WANT_3),
	[0xF4] = GO(WHOLE, AFTER_F4),
};

/* Bytes that are surely valid and end between characters, found in steps; the caller looks at the rest. */
static size_t valid_in_steps(Str s)
{
	enum { STEP_BYTES = 64 };
	const uint8_t *b = (const uint8_t *)s.ptr;
	uint64_t state = WHOLE;
	size_t at = 0;
	for (; s.len - at >= STEP_BYTES; at += STEP_BYTES) {
		uint64_t before = state;
		for (size_t i = 0; i < STEP_BYTES; i++)
			state = next_states[b[at + i]] >> (state & 63);
		if ((state & 63) == BROKEN) {
			state = before;
			break;
		}
	}
	if ((state & 63) != WHOLE) /* inside a character: back to its first byte */
		while (at > 0 && (b[--at] & 0xC0) == 0x80)
			;
	return at;
}

size_t utf8_valid_prefix(Str s)
{
	size_t i = valid_in_steps(s);
	while (i < s.len) {
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

bool utf8_steers(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
	       (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}
