/* indexer/search/cursor.c - a letter, two digits and a decimal number. What is written is read again as the same. */
#include "indexer/search/cursor.h"

#include "indexer/search/compile.h"

#include <inttypes.h>
#include <stdio.h>

_Static_assert(ORDER_CLASSES <= 10 && COMPILE_TIERS_MAX <= 10, "each is one digit");

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
	if (!str_to_u64(str_slice(text, 3, text.len), &c.first) || c.first > CURSOR_DEEPEST)
		return false;
	*out = c;
	return true;
}

void cursor_write(const SearchCursor *c, char out[static CURSOR_TEXT_MAX])
{
	char kind = c->relaxed ? 'r' : c->other_accents ? 'm' : c->parted ? 'p' : 'w';
	snprintf(out, CURSOR_TEXT_MAX, "%c%zu%zu%" PRIu64, kind, c->order_class, c->tier, c->first);
}
