/* indexer/extract/tesseract.h - the words of page images by Tesseract: one process, one load of the models, page after
 * page until its input ends. In the extracting process only.
 *
 *   in:  RecogniseOrder, width × height grey bytes      out: RecogniseAnswer, its bytes (page_words.h)
 *   first of all, unasked:                                   an answer with what recognises: "tesseract 5.3.0 vie"
 *
 * Libraries are loaded when they are needed: a machine without them runs everything else.
 *
 * Owns     nothing
 * Errors   ST_UNSUPPORTED program or model is not there, and what to install; ST_INVALID an order that is none;
 *          ST_IO, ST_NO_MEMORY
 * Threads  one; the library's own threads are limited to none (OMP_THREAD_LIMIT, process.c)
 */
#ifndef INDEXER_EXTRACT_TESSERACT_H
#define INDEXER_EXTRACT_TESSERACT_H

#include "base/err.h"

#include <stdint.h>

enum { RECOGNISE_MAGIC = 0x4E474352, RECOGNISE_ANSWER_MAX = 8 << 20 };
typedef struct {
	uint32_t magic, width, height, dpi;
} RecogniseOrder;
typedef struct {
	uint32_t magic, size_bytes;
} RecogniseAnswer;

Status tesseract_serve(int in_fd, int out_fd, Err *err);

#endif
