/* tests/fuzz/ingest_name.c - any bytes as a name: what is read is UTF-8, and read again it stays as it is. */
#include "indexer/source/name.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NAME_BYTES_MAX = 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char once[NAME_BYTES_MAX * NAME_GROWTH], twice[NAME_BYTES_MAX * NAME_GROWTH];
	if (size > NAME_BYTES_MAX)
		return 0;
	Str first = name_decode((Str){(const char *)data, size}, once, sizeof once);
	if (!utf8_is_valid(first) || (size && !first.len))
		abort();
	if (!str_eq(first, name_decode(first, twice, sizeof twice)))
		abort();
	name_no_document_path(first);
	return 0;
}
