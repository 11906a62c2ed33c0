/* indexer/extract/word97_look.h - what Word 97 and later say of the look of a text, as far as it changes the text: what
 * is hidden or deleted, which font it is in, where a table's cells and rows end.
 *
 * Looks belong to places in the stream "WordDocument" (FC), not to places in the text.
 *
 * Units    FC in bytes
 * Owns     a WordLooks owns what it holds until word_looks_done
 * Errors   ST_NO_MEMORY; what is broken gives no looks: the text is read without them
 * Threads  one at a time
 * Source   [MS-DOC]: FKPs of CHPX and PAPX, STSH, SttbfFfn
 */
#ifndef INDEXER_EXTRACT_WORD97_LOOK_H
#define INDEXER_EXTRACT_WORD97_LOOK_H

#include "indexer/extract/old_font.h"

/* Where a table of the file stands: a place in the stream "0Table" or "1Table". */
typedef struct {
	Str document;                              /* the stream "WordDocument" */
	Str characters, paragraphs, styles, fonts; /* PlcBteChpx, PlcBtePapx, STSH, SttbfFfn */
} WordTables;

typedef struct {
	bool is_hidden, is_deleted;
	OldFont font;
} WordCharacterLook;

typedef struct {
	bool in_table, ends_row, ends_inner_cell, ends_inner_row;
	uint16_t style;
} WordParagraphLook;

typedef struct {
	Buf characters, paragraphs; /* runs of one look, ascending */
	size_t character_at, paragraph_at;
	OldFont *fonts;
	size_t font_count;
	uint16_t *style_fonts; /* by style; its number of a font */
	size_t style_count;
	uint16_t default_font;
} WordLooks;

Status word_looks_read(const WordTables *tables, WordLooks *out, Err *err);
void word_looks_done(WordLooks *looks);
/* Faster where fc follows the one asked before. */
WordParagraphLook word_paragraph_look(WordLooks *looks, uint32_t fc);
WordCharacterLook word_character_look(WordLooks *looks, uint32_t fc, const WordParagraphLook *paragraph);

#endif
