/* indexer/extract/page_view.h - a page of a document to look at: as a JPEG of a given width, and the boxes of the words
 * that stand in it as text. Like every document it is read in an extracting process.
 *
 * Shapes   boxes in parts of the page, 0–1, from its upper left corner
 * Owns     boxes and their texts lie in the arena; the JPEG is appended to the Buf
 * Errors   as page_image.h
 * Threads  safe
 */
#ifndef INDEXER_EXTRACT_PAGE_VIEW_H
#define INDEXER_EXTRACT_PAGE_VIEW_H

#include "base/arena.h"
#include "indexer/extract/page_image.h"

Status page_view_count(FormatReader reader, const SourceFile *file, const Deadline *until, uint32_t *count_out,
		       Err *err);
Status page_view_draw(FormatReader reader, const SourceFile *file, unsigned page, unsigned width, const Deadline *until,
		      Buf *jpeg_out, Err *err);

typedef struct {
	Str text;
	double x, y, width, height;
} PageBox;
enum { PAGE_BOXES_MAX = 20000 };
Status page_view_boxes(FormatReader reader, const SourceFile *file, unsigned page, const Deadline *until, Arena *arena,
		       PageBox **boxes_out, size_t *count_out, Err *err);
/* Of what `pdftotext -bbox` writes of one page. */
Status page_boxes_parse(Str xhtml, Arena *arena, PageBox **boxes_out, size_t *count_out, Err *err);

#endif
