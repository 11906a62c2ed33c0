/* base/json_numbers.h - keeps the numbers of a JSON text as they were sent, past a library that makes doubles of them.
 *
 *   {"a":2.50}  --guard-->  {"a":"\u00012.50"}  --the library-->  {"a":"\u00012.50"}  --restore-->  {"a":2.50}
 *
 * Guarded is what the library would change or refuse: fractions, exponents, more than 18 digits, minus zero.
 *
 * Shapes   JSON text; a guarded number is a string that begins with U+0001. A string that begins with it itself gets
 *          another one in front
 * Owns     nothing: Bufs are the caller's
 * Errors   sticky in the Bufs (out of memory); what is no JSON comes out as it was
 * Threads  pure
 */
#ifndef BASE_JSON_NUMBERS_H
#define BASE_JSON_NUMBERS_H

#include "base/linkage.h"

#include "base/buf.h"

C_LINKAGE_BEGIN

/* Appends the guarded text; false: there is nothing to guard, and nothing is appended. */
bool json_numbers_guard(Str json, Buf *out);
/* Appends the text that the library wrote of a guarded one. */
void json_numbers_restore(Str json, Buf *out);
/* What a string of a guarded text stands for: a number, as it was sent; {NULL, 0}: it is a string … */
Str json_number_of(Str string);
/* … namely this one. */
Str json_string_of(Str string);

C_LINKAGE_END

#endif
