/* tokenizer/header_date.h - place and date of issue.
 *
 *   "Hà Nội, ngày 05 tháng 3 năm 2020"  -->  HEADER_PLACE, HEADER_ISSUED
 *
 * Sets the fields that it finds and leaves the others.
 *
 * Owns     values are copied into the arena
 * Errors   none; a value for which memory is short counts as not found
 * Threads  pure
 */
#ifndef TOKENIZER_HEADER_DATE_H
#define TOKENIZER_HEADER_DATE_H

#include "tokenizer/header_cells.h"
#include "tokenizer/header_set.h"

void header_date_read(const HeaderCells *cells, Arena *arena, HeaderFields *out);
/* For laws, which have their date at the end: "… thông qua ngày 14 tháng 6 năm 2019". */
void header_date_of_law_read(Str text, Arena *arena, HeaderFields *out);
/* "[place,] ngày D tháng M năm Y" in a plain text; the day may be missing. */
bool header_place_date(Str s, CivilDate *date_out, Str *place_out);

#endif
