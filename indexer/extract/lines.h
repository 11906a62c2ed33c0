/* indexer/extract/lines.h - writes the text of a marked-up document line by line: paragraphs, breaks, table rows.
 *
 * A row whose cells are one line each becomes one line with tabs; a row whose cells hold several lines (a letterhead
 * in two columns) becomes the lines of each cell, one cell after the other. At most one empty line in a row.
 *
 * Owns     nothing: the Buf is the caller's
 * Errors   sticky in the Buf (out of memory)
 * Threads  one at a time
 */
#ifndef INDEXER_EXTRACT_LINES_H
#define INDEXER_EXTRACT_LINES_H

#include "base/buf.h"

enum { LINES_ROWS_MAX = 32 }; /* nested tables; deeper ones are not laid out */

typedef struct {
	Buf *out;
	bool collapse;   /* runs of white space become one blank (HTML) */
	bool want_blank; /* one is due before the next text */
	unsigned rows;   /* open ones */
	size_t row_start[LINES_ROWS_MAX];
} LineWriter;

void lines_begin(LineWriter *w, Buf *out, bool collapse);
void lines_finish(LineWriter *w);         /* ends what is still open */
void lines_text(LineWriter *w, Str text); /* control characters are left out */
void lines_break(LineWriter *w);          /* a new line, also an empty one */
void lines_paragraph(LineWriter *w);      /* what follows starts on a line of its own */
void lines_tab(LineWriter *w);
void lines_row_begin(LineWriter *w);
void lines_cell_end(LineWriter *w);
void lines_row_end(LineWriter *w);

#endif
