/* indexer/extract/page_words.h - the words of a page with their places, as a recogniser tells them.
 *
 *   page 0 -12
 *   1200 340 210 90 96 2 Quyết
 *
 * Shapes   first line "page QUARTERS TILT": how the page had to be turned before it could be read, in quarter turns
 *          clockwise, and then in hundredths of a degree; then one line a word: "X Y WIDTH HEIGHT CERTAINTY BREAK TEXT"
 * Units    ten thousandths of the page as it lies in the document, from its upper left corner; certainty 0–100
 * Owns     a PageWords owns its array; texts point into what was parsed
 * Errors   ST_INVALID no such lines, ST_LIMIT more than PAGE_WORDS_MAX; ST_NO_MEMORY
 * Threads  pure
 */
#ifndef INDEXER_EXTRACT_PAGE_WORDS_H
#define INDEXER_EXTRACT_PAGE_WORDS_H

#include "base/buf.h"

enum { PAGE_WORDS_MAX = 20000, PAGE_PARTS = 10000 };

/* What stands between a word and the one before it. */
typedef enum { BREAK_SPACE, BREAK_LINE, BREAK_PARAGRAPH } WordBreak;

typedef struct {
	uint16_t x, y, width, height;
	uint8_t certainty, before; /* WordBreak */
	Str text;
} PageWord;

typedef struct {
	PageWord *words;
	size_t count;
	unsigned quarters; /* 0–3 */
	int tilt;          /* hundredths of a degree */
} PageWords;

void page_words_done(PageWords *words);
Status page_words_parse(Str lines, PageWords *out, Err *err);
void page_words_write_head(unsigned quarters, int tilt, Buf *out);
void page_words_write(const PageWord *word, Buf *out);
/* The words in one text: by lines, paragraphs apart; no end of line behind the last. starts[i]: where word i begins. */
void page_words_add_text(const PageWords *words, Buf *out, uint32_t *starts);

#endif
