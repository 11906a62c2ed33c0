/* indexer/search/cursor.c - a letter and a decimal number. What is written is read again as the same. */
#include "indexer/search/cursor.h"

#include "indexer/search/compile.h"

#include <inttypes.h>
#include <stdio.h>

bool cursor_parse(Str text, SearchCursor *out)
{
	SearchCursor c = {0};
	if (!text.len)
		return false;
	char kind = text.ptr[0];
	bool is_tier = kind >= 'a' && kind < 'a' + COMPILE_TIERS_MAX;
	c.relaxed = kind == 'r';
	c.other_accents = kind >= 'A' && kind < 'A' + COMPILE_TIERS_MAX;
	if (!c.relaxed && !is_tier && !c.other_accents)
		return false;
	if (!str_to_u64(str_slice(text, 1, text.len), &c.first) || c.first > CURSOR_DEEPEST)
		return false;
	c.tier = c.relaxed ? 0 : (size_t)(kind - (c.other_accents ? 'A' : 'a'));
	*out = c;
	return true;
}

void cursor_write(const SearchCursor *c, char out[static CURSOR_TEXT_MAX])
{
	int kind = c->relaxed ? 'r' : (int)((c->other_accents ? 'A' : 'a') + c->tier);
	snprintf(out, CURSOR_TEXT_MAX, "%c%" PRIu64, kind, c->first);
}
