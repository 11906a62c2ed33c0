/* indexer/extract/leptonica.h - images by Leptonica: one page of a TIFF, JPEG, PNG, JP2, WebP, BMP or GIF as grey
 * pixels of about 300 dpi. In the extracting process only.
 *
 * The library is loaded when it is needed: a machine without it runs everything else.
 *
 * Owns     nothing
 * Errors   ST_UNSUPPORTED the library is not there; ST_NOT_FOUND no such page; ST_INVALID, ST_LIMIT
 * Threads  one
 */
#ifndef INDEXER_EXTRACT_LEPTONICA_H
#define INDEXER_EXTRACT_LEPTONICA_H

#include "base/buf.h"

/* Appends the page as page_image.h has it. page from 1; 0: a page of one pixel that says how many there are. */
Status leptonica_draw(int fd, unsigned page, unsigned width, Buf *out, Err *err);
/* Appends the page as a JPEG of that width. */
Status leptonica_view(int fd, unsigned page, unsigned width, Buf *out, Err *err);
/* How far the text is turned, in degrees, clockwise positive; 0 where that can't be said. Grey pixels in rows. */
double leptonica_find_tilt(const uint8_t *pixels, uint32_t width, uint32_t height);

#endif
