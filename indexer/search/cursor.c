/* indexer/search/cursor.c - what is written is read again as the same; what is read may not be of the usual form, but
 * never leads beyond the bounds. */
#include "indexer/search/cursor.h"

#include "indexer/search/compile.h"

#include <inttypes.h>
#include <stdio.h>

_Static_assert(ORDER_CLASSES <= 10 && COMPILE_TIERS_MAX <= 10, "each is one digit");

enum { SHOWN_BYTES = 600 };
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* ---- base64 ----------------------------------------------------------------------------------------------------- */

static size_t encode(const uint8_t *bytes, size_t len, char *out)
{
	size_t used = 0;
	for (size_t i = 0; i < len; i += 3) {
		uint32_t three = 0;
		size_t here = len - i < 3 ? len - i : 3;
		for (size_t k = 0; k < 3; k++)
			three = three << 8 | (k < here ? bytes[i + k] : 0);
		for (size_t k = 0; k <= here; k++)
			out[used++] = digits[three >> (18 - 6 * k) & 63];
	}
	out[used] = 0;
	return used;
}

static bool decode(Str text, uint8_t out[static SHOWN_BYTES], size_t *len_out)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++) {
		const char *digit = text.ptr[i] ? strchr(digits, text.ptr[i]) : NULL;
		if (!digit)
			return false;
		bits = bits << 6 | (uint32_t)(digit - digits);
		held += 6;
		if (held < 8)
			continue;
		if (len == SHOWN_BYTES)
			return false;
		held -= 8;
		out[len++] = (uint8_t)(bits >> held);
	}
	*len_out = len;
	return true;
}

/* ---- the hits that were shown ----------------------------------------------------------------------------------- */

static bool parse_shown(Str text, SearchCursor *c)
{
	uint8_t bytes[SHOWN_BYTES];
	size_t len = 0;
	uint64_t sequence = 0;
	if (!decode(text, bytes, &len))
		return false;
	for (size_t at = 0; at < len;) {
		uint64_t step = 0;
		unsigned shift = 0;
		do {
			if (at == len || shift > 56)
				return false;
			step |= (uint64_t)(bytes[at] & 127) << shift;
			shift += 7;
		} while (bytes[at++] & 128);
		if (c->shown_count == CURSOR_SHOWN_MAX || (c->shown_count && !step) || step > UINT64_MAX - sequence)
			return false;
		sequence += step;
		c->shown[c->shown_count++] = sequence;
	}
	return true;
}

static bool write_shown(const SearchCursor *c, char *out)
{
	uint8_t bytes[SHOWN_BYTES];
	size_t len = 0;
	uint64_t before = 0;
	for (size_t i = 0; i < c->shown_count; i++) {
		uint64_t step = c->shown[i] - before;
		before = c->shown[i];
		do {
			if (len == SHOWN_BYTES)
				return false;
			bytes[len++] = (uint8_t)((step & 127) | (step > 127 ? 128 : 0));
			step >>= 7;
		} while (step);
	}
	encode(bytes, len, out);
	return true;
}

bool cursor_has_shown(const SearchCursor *c, uint64_t sequence)
{
	size_t low = 0, high = c->shown_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (c->shown[middle] < sequence)
			low = middle + 1;
		else
			high = middle;
	}
	return low < c->shown_count && c->shown[low] == sequence;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

bool cursor_parse(Str text, SearchCursor *out)
{
	SearchCursor c = {0};
	if (text.len < 4)
		return false;
	char kind = text.ptr[0];
	c.relaxed = kind == 'r';
	c.other_accents = kind == 'm';
	c.parted = kind == 'p';
	if (!c.relaxed && kind != 'w' && !c.other_accents && !c.parted)
		return false;
	c.order_class = (size_t)(unsigned char)(text.ptr[1] - '0');
	c.tier = (size_t)(unsigned char)(text.ptr[2] - '0');
	if (c.order_class >= ORDER_CLASSES || c.tier >= COMPILE_TIERS_MAX)
		return false;
	if (c.relaxed && (c.order_class || c.tier))
		return false;
	Str rest = str_slice(text, 3, text.len), first, position;
	if (!str_split(&rest, '.', &first) || !str_to_u64(first, &c.first) || c.first > CURSOR_DEEPEST ||
	    !str_split(&rest, '.', &position) || !str_to_u64(position, &c.position) || !parse_shown(rest, &c))
		return false;
	*out = c;
	return true;
}

bool cursor_write(const SearchCursor *c, char out[static CURSOR_TEXT_MAX])
{
	char kind = c->relaxed ? 'r' : c->other_accents ? 'm' : c->parted ? 'p' : 'w';
	int len = snprintf(out, CURSOR_TEXT_MAX, "%c%zu%zu%" PRIu64 ".%" PRIu64 ".", kind, c->order_class, c->tier,
			   c->first, c->position);
	_Static_assert(48 + SHOWN_BYTES / 3 * 4 < CURSOR_TEXT_MAX, "there is room for all of it");
	return write_shown(c, out + len);
}
