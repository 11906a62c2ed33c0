/* tokenizer/fold.h - the accent-insensitive form of a whole string.
 *
 *   "Uỷ  ban nhân dân\ntỉnh Đắk Lắk"  -->  "uy ban nhan dan tinh dak lak"
 *
 * For comparing names of agencies and types, headings, search boxes. White space runs become one blank, the ends are
 * trimmed, punctuation is kept (dashes, quotes and full-width forms as their ASCII twins), i/y are not merged.
 *
 * Shapes   in: any bytes (what is no UTF-8 is left out); out: ASCII for Latin letters, other scripts lower-cased
 * Owns     out is the caller's Buf
 * Errors   sticky in the Buf (out of memory)
 * Threads  pure
 */
#ifndef TOKENIZER_FOLD_H
#define TOKENIZER_FOLD_H

#include "base/buf.h"

void fold_text(Str in, Buf *out); /* appends */

#endif
