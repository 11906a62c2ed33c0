/* tests/fuzz/ingest_package_in.c - any bytes as a package and as a compressed stream: every entry is read to its end.
 * The first byte chooses which. */
#include "indexer/source/package_in.h"

#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ENTRIES_MAX = 50, BYTES_MAX = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Err err;
	PackageIn *package;
	PackageEntry entry;
	size_t total = 0;
	char bytes[4096];
	if (size == 0)
		return 0;
	Str rest = {(const char *)data + 1, size - 1};
	if (package_in_open(&package, data[0] & 1 ? PACKAGE_STREAM : PACKAGE_ENTRIES, -1, rest, &err) != ST_OK)
		return 0;
	for (int i = 0; i < ENTRIES_MAX && total < BYTES_MAX && package_in_next(package, &entry, &err) == STEP_ITEM;
	     i++) {
		if (!utf8_is_valid(entry.name) && entry.refusal.code == ST_OK)
			abort();
		if (entry.refusal.code == ST_OK && data[0] & 1 ? entry.name.len != 0 : false)
			abort();
		ByteSource from = package_in_source(package);
		for (size_t got = 1; got && total < BYTES_MAX; total += got)
			if (from.read(from.ctx, bytes, sizeof bytes, &got, &err) != ST_OK)
				break;
	}
	package_in_close(package);
	return 0;
}
