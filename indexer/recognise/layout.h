/* indexer/recognise/layout.h - where the words of a record's text stand on its pages: the object of role "layout".
 *
 *   hoso-layout 1
 *   page 0 1 2480 3508 300 0 -12          object, page of it from 1, pixels, dots per inch, turned by (page_words.h)
 *   0 5 1200 340 210 90 96                bytes between the words, bytes of it, x, y, width, height, certainty
 *
 * Shapes   the format is docs/FORMAT.md §layout; words in the order of the text, which is that of the version whose
 *          layout it is
 * Units    bytes of the text; ten thousandths of the page as it lies in the document, from its upper left corner
 * Owns     a LayoutReader borrows the bytes
 * Errors   ST_CORRUPT no layout
 * Threads  pure
 */
#ifndef INDEXER_RECOGNISE_LAYOUT_H
#define INDEXER_RECOGNISE_LAYOUT_H

#include "base/buf.h"

#define LAYOUT_ROLE "layout"
#define LAYOUT_MEDIA "text/x-hoso-layout"

typedef struct {
	uint32_t object, page; /* the object of the version; its page, from 1 */
	uint32_t width, height, dpi;
	uint32_t quarters; /* by how many quarter turns clockwise it had to be turned to be read */
	int32_t tilt;      /* and then by hundredths of a degree */
} LayoutPage;

typedef struct {
	uint64_t start, end; /* of the text */
	uint32_t x, y, width, height, certainty;
} LayoutWord;

typedef struct {
	Buf lines;
	uint64_t at; /* in the text, behind the last word */
} LayoutWriter;

/* Begins as {0}. */
void layout_add_page(LayoutWriter *writer, const LayoutPage *page);
void layout_add_word(LayoutWriter *writer, const LayoutWord *word);

typedef struct {
	Str rest;
	uint64_t at;
	bool begun;
} LayoutReader;

/* Begins as {.rest = bytes}. STEP_ITEM: *is_page_out says which of the two was filled in. */
Step layout_next(LayoutReader *reader, bool *is_page_out, LayoutPage *page, LayoutWord *word, Err *err);

#endif
