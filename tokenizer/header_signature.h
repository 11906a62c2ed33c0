/* tokenizer/header_signature.h - who signed, in which position, and the list of recipients.
 *
 *   "KT. BỘ TRƯỞNG" over "THỨ TRƯỞNG" over "Nguyễn Văn A"  -->  HEADER_POSITION, HEADER_SIGNER
 *
 * Sets the fields that it finds and leaves the others.
 *
 * Owns     values are copied into the arena
 * Errors   ST_NO_MEMORY
 * Threads  pure
 */
#ifndef TOKENIZER_HEADER_SIGNATURE_H
#define TOKENIZER_HEADER_SIGNATURE_H

#include "base/err.h"
#include "tokenizer/header_set.h"

/* The first signature block anywhere in the text. */
Status header_signature_read(Str text, Arena *arena, HeaderFields *out, Err *err);

#endif
