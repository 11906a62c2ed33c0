/* tokenizer/header_cells.h - inside of header_fields.h: the first lines of a document, cut where columns were
 * merged. */
#ifndef TOKENIZER_HEADER_CELLS_H
#define TOKENIZER_HEADER_CELLS_H

#include "tokenizer/header_fields.h"

enum { HEADER_CELLS_MAX = 120, CELL_MAX = 2000 };

typedef struct {
	Str text;   /* plain copy */
	Str folded; /* of text, with the same blanks */
	uint32_t start, end;
	bool capitals; /* no small letter, at least two capitals */
	bool right;    /* was behind another cell of its line */
} HeaderCell;

typedef struct {
	HeaderCell cells[HEADER_CELLS_MAX];
	size_t count;
	size_t body; /* first cell of the body ("Căn cứ", "Điều 1"), count if none */
} HeaderCells;

Status header_cells_cut(Str text, Arena *arena, HeaderCells *out, Err *err);
/* One line as a cell (not cut). False: nothing but white space and rules. */
bool header_cell_make(Str text, size_t start, size_t end, Arena *arena, HeaderCell *out, Err *err);

static inline bool folded_starts(Str folded, const char *prefix)
{
	return str_starts(folded, str_from(prefix));
}

#endif
