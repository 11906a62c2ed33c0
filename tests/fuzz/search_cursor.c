/* tests/fuzz/search_cursor.c - any bytes as a cursor: refused, or written again as one that means the same. */
#include "indexer/search/cursor.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SearchCursor cursor, again;
	char text[CURSOR_TEXT_MAX];
	if (!cursor_parse((Str){(const char *)data, size}, &cursor))
		return 0;
	if (!cursor_write(&cursor, text))
		abort();
	if (cursor.first > CURSOR_DEEPEST || !cursor_parse(str_from(text), &again) || again.first != cursor.first ||
	    again.tier != cursor.tier || again.position != cursor.position || again.order_class != cursor.order_class ||
	    again.shown_count != cursor.shown_count ||
	    memcmp(again.shown, cursor.shown, cursor.shown_count * sizeof *cursor.shown) != 0 ||
	    again.relaxed != cursor.relaxed || again.other_accents != cursor.other_accents)
		abort();
	return 0;
}
