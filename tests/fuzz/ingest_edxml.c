/* tests/fuzz/ingest_edxml.c - any bytes as an edXML message: what is read stays within the limits, and the record made
 * of it is JSON. */
#include "indexer/ingest/edxml_record.h"
#include "indexer/source/edxml.h"

#include "store/record/record.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_record(const Edxml *edxml)
{
	Arena arena = {0};
	Record record;
	Err err;
	Buf json = {0};
	EdxmlShape shape = {.kind = edxml_kind(edxml), .key = "k", .relation = "updates"};
	shape.target_id = edxml_target_id(edxml, shape.kind);
	edxml_write_record(edxml, &shape, &json);
	if (record_parse(buf_str(&json), &arena, &record, &err) == ST_INVALID &&
	    str_find(buf_str(&json), STR("\\u0000")) < 0)
		abort();
	buf_clear(&json);
	edxml_write_status(edxml, &json);
	buf_done(&json);
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Edxml edxml;
	Err err;
	if (edxml_read((Str){(const char *)data, size}, &edxml, &err) != ST_OK)
		return 0;
	if (edxml.count > EDXML_LEAVES_MAX || edxml.attachment_count > EDXML_ATTACHMENTS_MAX)
		abort();
	for (size_t i = 0; i < edxml.count; i++)
		if (!edxml.leaves[i].value.len || edxml.leaves[i].value.len > EDXML_VALUE_MAX)
			abort();
	check_record(&edxml);
	edxml_done(&edxml);
	return 0;
}
