/* tokenizer/legacy_line.h - a line of text in a legacy encoding whose bytes already sit in UTF-8 as U+0080..U+00FF.
 *
 * Owns     the buffers are the caller's scratch: cleared and filled
 * Errors   ST_NO_MEMORY
 * Threads  pure
 */
#ifndef TOKENIZER_LEGACY_LINE_H
#define TOKENIZER_LEGACY_LINE_H

#include "tokenizer/legacy.h"

/* *is_legacy_out: the line is surely legacy text; then decoded holds it in UTF-8 and origin, for each byte of it and
 * its end, the offset in `line` (uint32_t). memo may be NULL. */
Status legacy_line_decode(Str line, LegacyMemo *memo, Buf *decoded, Buf *origin, bool *is_legacy_out, Err *err);

#endif
