/* indexer/extract/catdoc.h - what the programs of catdoc write, made text again.
 *
 * catdoc's plain output drops U+00AD, which in text of fonts of before Unicode is the letter "ư"; its TeX output keeps
 * it. So catdoc is asked for TeX, and this takes the TeX back.
 *
 *   "ng\-êi 100\% \& $[$a$]$"  -->  "ng" U+00AD "êi 100% & [a]"
 *
 * Shapes   UTF-8 in and out; a row of a table is one line, its cells separated by tabs
 * Owns     nothing: the Buf is the caller's
 * Errors   sticky in the Buf (out of memory)
 * Threads  pure
 */
#ifndef INDEXER_EXTRACT_CATDOC_H
#define INDEXER_EXTRACT_CATDOC_H

#include "base/buf.h"

void catdoc_undo_tex(Buf *text);

#endif
