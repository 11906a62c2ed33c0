/* tokenizer/header_parts.h - inside of header_fields.h: one reader for each part of a letterhead. Each sets the fields
 * it finds and leaves the others.
 *
 * Owns     values are copied into the arena
 */
#ifndef TOKENIZER_HEADER_PARTS_H
#define TOKENIZER_HEADER_PARTS_H

#include "tokenizer/header_cells.h"
#include "tokenizer/header_set.h"

void header_number_read(const HeaderCells *cells, Arena *arena, HeaderFields *out);
void header_date_read(const HeaderCells *cells, Arena *arena, HeaderFields *out);
/* "… thông qua ngày 14 tháng 6 năm 2019", in the last lines of the text. */
void header_date_of_law_read(Str text, Arena *arena, HeaderFields *out);
void header_type_read(const HeaderCells *cells, Arena *arena, HeaderFields *out);
void header_agency_read(const HeaderCells *cells, Arena *arena, HeaderFields *out);
void header_levels_read(const HeaderCells *cells, HeaderFields *out);
/* The signer, position and recipients: anywhere in the text. */
Status header_signature_read(Str text, Arena *arena, HeaderFields *out, Err *err);

/* Where the number begins in a folded cell "so: …", "luat so …"; -1 if it is no such cell. */
ptrdiff_t header_number_label(Str folded);
/* "[place,] ngày D tháng M năm Y" in a plain text; the day may be missing. */
bool header_place_date(Str s, CivilDate *date_out, Str *place_out);

#endif
