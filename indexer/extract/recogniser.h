/* indexer/extract/recogniser.h - a process that recognises pages, one after the other, with one load of its models
 * (tesseract.h). It is confined like every extracting process, and is started again when it ends.
 *
 *   recogniser_open → recogniser_read … → recogniser_close
 *
 * Owns     recogniser_open's result until recogniser_close; a PageText owns its words and lines until page_text_done
 * Errors   ST_UNSUPPORTED recognition is not installed, and what is missing; of a page: ST_LIMIT it took too long,
 *          ST_INVALID it ends the process, twice; ST_BUSY the deadline passed; ST_NO_MEMORY, ST_IO
 * Threads  one each; a Recogniser's process ends when the thread that opened it ends
 */
#ifndef INDEXER_EXTRACT_RECOGNISER_H
#define INDEXER_EXTRACT_RECOGNISER_H

#include "indexer/extract/page_image.h"
#include "indexer/extract/page_words.h"

typedef struct Recogniser Recogniser;

Status recogniser_open(Recogniser **out, Err *err);
void recogniser_close(Recogniser *recogniser);
/* "tesseract 5.3.0 vie": program, version, model. */
const char *recogniser_label(const Recogniser *recogniser);

enum { RECOGNISE_WALL_MS = 180 * 1000 }; /* one page */

typedef struct {
	PageWords words;
	Buf lines;
} PageText;
void page_text_done(PageText *text);
Status recogniser_read(Recogniser *recogniser, const PageImage *page, const Deadline *until, PageText *out, Err *err);

#endif
