/* indexer/extract/pdf_horn.h - the letter "ư" in the text of a PDF with fonts of TCVN3.
 *
 * Its byte, AD, is the hyphen in the encoding that such a PDF names, and so that is what comes out of it. What else is
 * in TCVN3 is read later, with the rest of the text (tokenizer/encoding.h).
 *
 *   "Thñ t-íng giao c¸c tØnh"  -->  "Thñ t" U+00AD "íng giao c¸c tØnh"     "15-Q§/TW" stays
 *
 * Shapes   UTF-8 in and out; a text that is not surely TCVN3 stays as it is
 * Owns     nothing: the Buf is the caller's
 * Errors   sticky in the Buf (out of memory)
 * Threads  safe
 */
#ifndef INDEXER_EXTRACT_PDF_HORN_H
#define INDEXER_EXTRACT_PDF_HORN_H

#include "base/buf.h"

void pdf_find_horns(Buf *text);

#endif
