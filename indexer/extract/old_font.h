/* indexer/extract/old_font.h - fonts of before Unicode: in which encoding their letters are, by the font's name.
 *
 *   ".VnTime" TCVN3     ".VnTimeH" TCVN3, small letters drawn as capitals     "VNI-Times" VNI     "VPS Times" VPS
 *
 * Owns     nothing: Bufs are the caller's
 * Errors   sticky in the Bufs (out of memory)
 * Threads  safe
 */
#ifndef INDEXER_EXTRACT_OLD_FONT_H
#define INDEXER_EXTRACT_OLD_FONT_H

#include "base/buf.h"
#include "tokenizer/legacy.h"

typedef struct {
	LegacyKind kind;
	bool capitals; /* draws small letters as capitals */
	bool is_old;   /* else nothing is known of it */
} OldFont;

/* name: UTF-8. PDF's "ABCDEF+.VnTime" is the same font. */
OldFont old_font_by_name(Str name);
/* Appends what a reader sees of `text`, characters that stand for bytes in the font's encoding. Text that is Unicode
 * already stays. */
void old_font_read(OldFont font, Str text, Buf *out);
/* Appends the text in capitals. */
void old_font_add_capitals(Str text, Buf *out);

#endif
