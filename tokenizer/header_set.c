/* tokenizer/header_set.c - the names of the fields in the order of HeaderFieldId, and plain assignments. */
#include "tokenizer/header_set.h"

const char *header_field_name(HeaderFieldId id)
{
	static const char *const names[HEADER_FIELD_COUNT] = {
		[HEADER_NUMBER] = "number",     [HEADER_ISSUED] = "issued",
		[HEADER_PLACE] = "place",       [HEADER_TYPE] = "type",
		[HEADER_SUBJECT] = "subject",   [HEADER_AGENCY] = "agency",
		[HEADER_PARENT] = "parent",     [HEADER_SIGNER] = "signer",
		[HEADER_POSITION] = "position", [HEADER_RECIPIENTS] = "recipients",
		[HEADER_SECRECY] = "secrecy",   [HEADER_URGENCY] = "urgency",
	};
	return names[id];
}

void header_set(HeaderFields *out, HeaderFieldId id, Str value, double certainty, uint32_t start, uint32_t end)
{
	out->field[id] = (HeaderField){value, certainty, start, end};
}

Str header_keep(Arena *arena, const char *text, size_t len)
{
	Str copy = arena_copy(arena, (Str){text, len});
	return copy.ptr ? copy : STR("");
}
