/* tokenizer/header_fields.c - see header_fields.h. Reads part after part of the letterhead, then weighs what agrees. */
#include "tokenizer/header_parts.h"

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

/* Fields that agree make each other surer: the year of the date with the number's. */
static void weigh(HeaderFields *out)
{
	HeaderField *number = &out->field[HEADER_NUMBER], *issued = &out->field[HEADER_ISSUED];
	if (!number->value.len || !issued->value.len || !out->number.year)
		return;
	bool agree = out->issued.year == out->number.year;
	number->certainty += agree ? 0.08 : -0.2;
	issued->certainty += agree ? 0.08 : -0.3;
}

Status header_fields_read(Str text, Arena *arena, HeaderFields *out, Err *err)
{
	HeaderFields found = {0};
	text = text.ptr ? text : STR("");
	HeaderCells *cells = arena_alloc(arena, sizeof *cells);
	if (!cells)
		return err_no_memory(err);
	Status st = header_cells_cut(text, arena, cells, err);
	if (st != ST_OK)
		return st;
	header_number_read(cells, arena, &found);
	header_date_read(cells, arena, &found);
	header_type_read(cells, arena, &found);
	if (!found.field[HEADER_ISSUED].value.len)
		header_date_of_law_read(text, arena, &found);
	header_agency_read(cells, arena, &found);
	header_levels_read(cells, &found);
	weigh(&found);
	st = header_signature_read(text, arena, &found, err);
	if (st == ST_OK)
		*out = found;
	return st;
}
