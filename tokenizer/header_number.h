/* tokenizer/header_number.h - the document's own number (số ký hiệu) in its letterhead.
 *
 *   "Số: 30/2020/NĐ-CP"  -->  HEADER_NUMBER, and the same as a RecordNumber
 *
 * Sets the fields that it finds and leaves the others.
 *
 * Owns     values are copied into the arena
 * Errors   none; a value for which memory is short counts as not found
 * Threads  pure
 */
#ifndef TOKENIZER_HEADER_NUMBER_H
#define TOKENIZER_HEADER_NUMBER_H

#include "tokenizer/header_cells.h"
#include "tokenizer/header_set.h"

void header_number_read(const HeaderCells *cells, Arena *arena, HeaderFields *out);
/* Where the number begins in a folded cell "so: …", "luat so …"; -1 if the cell has no such label. */
ptrdiff_t header_number_label(Str folded);

#endif
