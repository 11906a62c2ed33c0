/* tests/fuzz/ingest_markup.c - any bytes as markup: the check ends, and of what it lets through it does not find the
 * first half too large. */
#include "indexer/extract/markup.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Err err;
	Str text = {(const char *)data, size};
	Status xml = markup_check_xml(text, &err);
	if (xml != ST_OK && xml != ST_LIMIT && xml != ST_UNSUPPORTED)
		abort();
	if (markup_check_html(text, &err) == ST_UNSUPPORTED)
		abort();
	if (xml == ST_OK && markup_check_xml(str_slice(text, 0, size / 2), &err) == ST_LIMIT)
		abort();
	return 0;
}
