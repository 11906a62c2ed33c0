/* base/utf8.h - strict UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF).
 *
 * Units    bytes, but for utf8_count
 * Owns     nothing
 * Errors   none: a result of 0, or an offset, says where bytes are no UTF-8
 * Threads  pure
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/linkage.h"

#include "base/str.h"

C_LINKAGE_BEGIN

/* Bytes of the valid character at p (1..4), 0 if what stands there is not valid UTF-8. */
size_t utf8_valid_width(const char *p, size_t len);
/* Decodes the character at p (len >= 1) into *out; returns its width, 0 if not valid. */
size_t utf8_decode(const char *p, size_t len, uint32_t *out);
/* Writes 1..4 bytes; the code point must be a Unicode scalar value. */
size_t utf8_encode(uint32_t code_point, char out[static 4]);
/* Offset of the first byte that is not valid UTF-8; s.len if all of it is. */
size_t utf8_valid_prefix(Str s);
static inline bool utf8_is_valid(Str s)
{
	return utf8_valid_prefix(s) == s.len;
}
/* The largest n <= limit at which s may be cut without splitting a character (s valid). */
size_t utf8_cut(Str s, size_t limit);
size_t utf8_count(Str s); /* characters of a valid s */
/* Control characters (C0, DEL, C1), marks that change the direction of the text behind them, separators of lines: what
 * steers a terminal, or makes a text look like another one. */
bool utf8_steers(uint32_t code_point);

C_LINKAGE_END

#endif
