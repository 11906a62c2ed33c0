/* tests/fuzz/ingest_source_json.c - any bytes as a line of JSON: the fast reader and record_parse agree on whether it
 * is a record, on its metadata and on its text. */
#include "indexer/source/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Str line = {(const char *)data, size};
	Arena fast_arena = {0}, slow_arena = {0};
	JsonReader reader = {0};
	Record fast, slow;
	Err err;
	Buf fast_json = {0}, slow_json = {0};
	Status fast_status = json_reader_parse(&reader, line, &fast_arena, &fast, &err);
	Status slow_status = record_parse(line, &slow_arena, &slow, &err);
	if (fast_status != slow_status)
		abort();
	if (fast_status == ST_OK) {
		record_write(&fast, &fast_json);
		record_write(&slow, &slow_json);
		if (!str_eq(buf_str(&fast_json), buf_str(&slow_json)) || !str_eq(fast.text, slow.text) ||
		    fast.has_text != slow.has_text)
			abort();
	}
	buf_done(&fast_json);
	buf_done(&slow_json);
	json_reader_done(&reader);
	arena_done(&fast_arena);
	arena_done(&slow_arena);
	return 0;
}
