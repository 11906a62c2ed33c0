/* tokenizer/header_set.h - what every reader of a letterhead's part uses to set a field.
 *
 * Owns     header_keep's copy lies in the arena; all else is borrowed
 * Errors   none: what finds no memory is left empty, and an empty field is a field that was not read
 * Threads  pure
 */
#ifndef TOKENIZER_HEADER_SET_H
#define TOKENIZER_HEADER_SET_H

#include "tokenizer/header_fields.h"

/* start, end: byte offsets of where it stands in the text. */
void header_set(HeaderFields *out, HeaderFieldId id, Str value, double certainty, uint32_t start, uint32_t end);
/* A copy in the arena; empty when memory is short. */
Str header_keep(Arena *arena, const char *text, size_t len);
/* Without punctuation at its ends. */
Str header_trim(Str s);
/* Is it the national heading or its motto ("Cộng hòa xã hội chủ nghĩa Việt Nam")? */
bool header_is_national(Str folded);

#endif
