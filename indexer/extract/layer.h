/* indexer/extract/layer.h - what the text layer of a scanned page is worth.
 *
 *   "Người ký: … Email: … Thời gian ký: …"        LAYER_STAMP   of a digital signature; the page is an image
 *   "BO TAI CHINH ceNG HoA xA Hgr cHU NGHin"      LAYER_POOR    few syllables of Vietnamese: recognised elsewhere,
 * badly
 *
 * Shapes   a page of UTF-8
 * Owns     nothing
 * Errors   ST_NO_MEMORY
 * Threads  pure
 */
#ifndef INDEXER_EXTRACT_LAYER_H
#define INDEXER_EXTRACT_LAYER_H

#include "base/err.h"
#include "base/str.h"

typedef enum { LAYER_GOOD, LAYER_EMPTY, LAYER_STAMP, LAYER_POOR, LAYER_KINDS } LayerKind;

typedef struct {
	LayerKind kind;
	double worth; /* to compare two readings of a page: more and better syllables are worth more */
} Layer;

Status layer_judge(Str page, Layer *out, Err *err);

/* All pages of a document, each ended by a form feed. */
typedef struct {
	uint32_t pages[LAYER_KINDS];
	LayerKind first;
} LayerPages;
Status layer_judge_pages(Str text, LayerPages *out, Err *err);

#endif
