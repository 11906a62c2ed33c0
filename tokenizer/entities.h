/* tokenizer/entities.h - letters written as "&#7897;", "&#x1ED9;", "&ocirc;" or "\u1ed9" in plain text.
 *
 * Only letters and combining marks above U+007F are undone; &amp; &lt; and the like stay as they are.
 *
 * Owns     nothing
 * Errors   sticky in the Buf
 * Threads  pure
 */
#ifndef TOKENIZER_ENTITIES_H
#define TOKENIZER_ENTITIES_H

#include "base/buf.h"

bool entities_are_in(Str text);         /* at least three of them */
void entities_undo(Str text, Buf *out); /* appends */

#endif
