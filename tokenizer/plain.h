/* tokenizer/plain.h - reads text character by character as grammars want it: composed, confusables mapped.
 *
 *   "N" U+00D0 "-" U+0421 U+0420 (Cyrillic)  -->  N Đ - C P
 *
 * Units    bytes in, one code point out; soft hyphens and zero-width characters count to the width of the next one
 * Owns     nothing
 * Errors   none; bytes that are not UTF-8 are one character 0 each
 * Threads  pure
 */
#ifndef TOKENIZER_PLAIN_H
#define TOKENIZER_PLAIN_H

#include "base/buf.h"
#include "tokenizer/letter.h"

/* The next character; 0 at the end and at bytes that are no UTF-8 (*width_out is then 0 at the end, else 1). */
uint32_t plain_next(const uint8_t *p, const uint8_t *end, unsigned *width_out);
/* The character before p (one that is not ignored), not composed; 0 at the start. *width_out its bytes. */
uint32_t plain_before(const uint8_t *start, const uint8_t *p, unsigned *width_out);

static inline bool plain_is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}
/* ASCII letters and all Vietnamese letters. */
bool plain_is_letter(uint32_t c);
/* The ASCII capital of a letter ("đ" 'D'), 0 for what is no Vietnamese letter. */
char plain_ascii_upper(uint32_t c);
uint32_t plain_upper(uint32_t c);
/* Skips up to `most` white space characters. */
const uint8_t *plain_skip_spaces(const uint8_t *p, const uint8_t *end, unsigned most);

/* A cut of s as plain text in UTF-8: composed, white space runs one blank, trimmed. Returns the length (<= capacity);
 * what does not fit is left off. */
size_t plain_copy(Str s, char *out, size_t capacity);
/* The word of letters at p folded to ASCII small letters; its end is returned (p: no letter there). Words longer than
 * the capacity are cut in out only. */
const uint8_t *plain_word(const uint8_t *p, const uint8_t *end, char *out, size_t capacity, size_t *len_out);

#endif
