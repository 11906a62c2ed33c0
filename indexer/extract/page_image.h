/* indexer/extract/page_image.h - a page as grey pixels, drawn from a document in an extracting process.
 *
 *   pdf     pdftoppm -f N -l N -r 300 -gray      tiff, jpeg, png, jp2 …   leptonica.h
 *
 * Shapes   the process writes a PGM of 8 bits: "P5\n# pages 3 dpi 300\n2480 3508\n255\n" and width × height bytes, the
 *          upper left one first, 0 black
 * Units    pixels; dots per inch
 * Owns     a PageImage owns its pixels until page_image_done
 * Errors   ST_NOT_FOUND no such page; ST_INVALID, ST_LIMIT, ST_UNSUPPORTED the document's fault, with the reason;
 *          ST_BUSY the deadline passed; ST_NO_MEMORY; ST_IO no process can be started
 * Threads  safe
 */
#ifndef INDEXER_EXTRACT_PAGE_IMAGE_H
#define INDEXER_EXTRACT_PAGE_IMAGE_H

#include "base/deadline.h"
#include "indexer/source/bytes.h"
#include "indexer/source/format.h"

enum {
	PAGE_DPI = 300,                     /* what recognition is best at */
	PAGE_PIXELS_MAX = 48 * 1000 * 1000, /* of a drawn page; A3 at 300 dpi has 17 million */
	PAGE_SIDE_MAX = 9000,               /* and of one side */
	PAGE_SOURCE_PIXELS_MAX = 200 << 20, /* of an image before it is made smaller */
	PAGES_MAX = 5000,                   /* of one document */
	PAGE_WALL_MS = 60 * 1000,           /* to draw one page */
};

typedef struct {
	uint32_t width, height, dpi;
	uint32_t pages; /* of the document; 0: not said */
	Str pixels;
	Buf owned;
} PageImage;

void page_image_done(PageImage *image);
/* Can pages of documents with this reader be drawn? */
bool page_image_is_possible(FormatReader reader);
/* page from 1. */
Status page_image_draw(FormatReader reader, const SourceFile *file, unsigned page, const Deadline *until,
		       PageImage *out, Err *err);
/* What the end of a process that drew or read a page says of it. */
struct ProcessResult;
Status page_process_end(const struct ProcessResult *result, int wanted_code, Err *err);
/* Takes the bytes of a PGM. */
Status page_image_parse(Buf *pgm, PageImage *out, Err *err);

#endif
