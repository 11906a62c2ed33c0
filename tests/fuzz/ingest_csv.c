/* tests/fuzz/ingest_csv.c - any bytes as CSV: rows end, their lines only grow, and every cell lies within the text. */
#include "indexer/source/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CsvReader reader;
	Err err;
	uint64_t line = 0;
	size_t bytes = 0;
	csv_begin(&reader, (Str){(const char *)data, size});
	while (csv_next(&reader, &err) == STEP_ITEM) {
		if (reader.line <= line || reader.line > size + 1)
			abort();
		line = reader.line;
		for (size_t i = 0; i <= reader.count; i++) /* one too many is empty */
			bytes += csv_cell(&reader, i).len;
		if (csv_cell(&reader, reader.count).len || bytes > size)
			abort();
	}
	csv_done(&reader);
	return 0;
}
