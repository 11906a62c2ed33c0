/* tokenizer/header_type.h - the type of the document and its subject (trích yếu).
 *
 *   "NGHỊ ĐỊNH" over "Về công tác văn thư"  -->  HEADER_TYPE, HEADER_SUBJECT
 *
 * Sets the fields that it finds and leaves the others.
 *
 * Owns     values are copied into the arena
 * Errors   none; a value for which memory is short counts as not found
 * Threads  pure
 */
#ifndef TOKENIZER_HEADER_TYPE_H
#define TOKENIZER_HEADER_TYPE_H

#include "tokenizer/header_cells.h"
#include "tokenizer/header_set.h"

void header_type_read(const HeaderCells *cells, Arena *arena, HeaderFields *out);

#endif
