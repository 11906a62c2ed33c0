/* tokenizer/header_agency.h - the issuing agency and the one above it; secrecy and urgency.
 *
 *   "UBND TỈNH NAM ĐỊNH" over "SỞ NỘI VỤ"  -->  HEADER_PARENT, HEADER_AGENCY
 *
 * Sets the fields that it finds and leaves the others.
 *
 * Owns     values are copied into the arena
 * Errors   none; a value for which memory is short counts as not found
 * Threads  pure
 */
#ifndef TOKENIZER_HEADER_AGENCY_H
#define TOKENIZER_HEADER_AGENCY_H

#include "tokenizer/header_cells.h"
#include "tokenizer/header_set.h"

void header_agency_read(const HeaderCells *cells, Arena *arena, HeaderFields *out);
void header_levels_read(const HeaderCells *cells, HeaderFields *out); /* HEADER_SECRECY, HEADER_URGENCY */

#endif
