/* tokenizer/header_fields.c - the first lines are cut into cells once; then one reader after the other looks for its
 * fields in them. A later reader may look at what an earlier one has set: the date of a law is only looked for where
 * the letterhead has no date. At last the certainty of fields that confirm or contradict each other is corrected.
 */
#include "tokenizer/header_fields.h"
#include "tokenizer/header_agency.h"
#include "tokenizer/header_cells.h"
#include "tokenizer/header_date.h"
#include "tokenizer/header_number.h"
#include "tokenizer/header_signature.h"
#include "tokenizer/header_type.h"

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
