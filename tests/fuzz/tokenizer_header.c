/* tests/fuzz/tokenizer_header.c - any bytes as a document: fields lie inside the text, are UTF-8 and not surer than
 * sure. */
#include "base/utf8.h"
#include "tokenizer/header_fields.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena arena;
	HeaderFields fields;
	Err err;
	arena_init(&arena);
	if (header_fields_read((Str){(const char *)data, size}, &arena, &fields, &err) != ST_OK)
		abort();
	for (HeaderFieldId id = 0; id < HEADER_FIELD_COUNT; id++) {
		const HeaderField *field = &fields.field[id];
		if (!field->value.len)
			continue;
		if (field->start > field->end || field->end > size || !(field->certainty >= 0 && field->certainty <= 1))
			abort();
		if (!utf8_is_valid(field->value))
			abort();
	}
	arena_done(&arena);
	return 0;
}
