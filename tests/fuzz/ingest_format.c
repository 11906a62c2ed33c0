/* tests/fuzz/ingest_format.c - any bytes as a name (up to the first line end) and the beginning of a file: there is
 * always a format and a media type, and the same answer again. */
#include "indexer/source/format.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Str head = {(const char *)data, size}, name = {NULL, 0};
	bool compressed = false;
	str_split(&head, '\n', &name);
	const Format *format = format_by_content(name, head);
	if (!format || !format_media(name, format) || format != format_by_content(name, head))
		abort();
	if (!format_by_name(name) || !format_by_long_name(name, &compressed))
		abort();
	const Format *sent = format_by_media(name);
	if (sent && !sent->bulk)
		abort();
	return 0;
}
