/* tests/fuzz/ingest_manifest.c - any bytes as a CSV manifest: every row's JSON is JSON, lines only grow, and rows end.
 */
#include "indexer/ingest/manifest.h"

#include "store/record/record.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(const IngestManifestRow *row)
{
	Arena arena = {0};
	Record record;
	Err err;
	/* A record may still be refused: for its id or size, for a NUL in a field, or since two columns have one title.
	 */
	if (record_parse(row->json, &arena, &record, &err) == ST_INVALID &&
	    str_starts(str_from(err.text), STR("broken JSON")) && !strstr(err.text, "duplicate") &&
	    str_find(row->json, STR("\\u0000")) < 0)
		abort();
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	IngestManifest manifest;
	IngestManifestRow row;
	Err err;
	bool is_manifest = false;
	uint64_t line = 0;
	Step step;
	if (ingest_manifest_open(&manifest, (Str){(const char *)data, size}, &is_manifest, &err) != ST_OK)
		return 0;
	while ((step = ingest_manifest_next(&manifest, &row, &err)) == STEP_ITEM) {
		if (row.line <= line || row.line > size + 1)
			abort();
		line = row.line;
		if (!row.too_many)
			check_row(&row);
	}
	if (step != STEP_END && err.code != ST_NO_MEMORY)
		abort();
	ingest_manifest_done(&manifest);
	return 0;
}
