/* tokenizer/header_cells.h - the first lines of a document as cells of a letterhead.
 *
 *   "CHÍNH PHỦ      CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"   one line, two columns: two cells
 *
 * A line is cut where the text of two columns was merged on it. Every reader of a part of the letterhead works on these
 * cells; comparison is on the folded form, because capitals lose their marks in recognition.
 *
 * Shapes   text: UTF-8 (other bytes are skipped); a cell's text is plain (plain.h), at most CELL_MAX bytes
 * Units    start and end are byte offsets into the document's text
 * Owns     the texts of the cells live in the arena
 * Errors   ST_NO_MEMORY
 * Threads  pure
 */
#ifndef TOKENIZER_HEADER_CELLS_H
#define TOKENIZER_HEADER_CELLS_H

#include "base/arena.h"
#include "base/err.h"

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
/* Is it the national heading ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") or its motto? */
bool header_is_national(Str folded);
Str header_trim(Str s); /* without blanks, punctuation and rules at its ends */

static inline bool folded_starts(Str folded, const char *prefix)
{
	return str_starts(folded, str_from(prefix));
}

#endif
