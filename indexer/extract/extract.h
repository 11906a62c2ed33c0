/* indexer/extract/extract.h - the text of a document, taken out in a process of its own, within limits.
 *
 *   extract_text ──▶ a fork of the program, for WORD   limits, namespaces, Landlock, seccomp: confine.h
 *                   document on standard input, text on standard output, one line of reason on standard error
 *
 * Plain text is decoded without a process. A document whose text can't be had is no error: the result says why.
 *
 * Shapes   text is UTF-8; a form feed ends each page of a PDF
 * Owns     an Extraction owns its text until extraction_done
 * Errors   no fault of the document: ST_NO_MEMORY, ST_BUSY the deadline passed while it was read and the process was
 *          killed; every other one is in Extraction.problem
 * Threads  safe
 */
#ifndef INDEXER_EXTRACT_EXTRACT_H
#define INDEXER_EXTRACT_EXTRACT_H

#include "base/deadline.h"
#include "indexer/extract/limits.h"
#include "indexer/source/bytes.h"
#include "indexer/source/format.h"
#include "indexer/source/grid.h"
#include "store/record/text_state.h"

typedef struct {
	Buf text;
	char from[48];  /* "pdftotext 22.12.0", "hoso docx", "decoded tcvn3", "given" */
	Err problem;    /* why there is no text; code ST_OK: there is one */
	uint32_t pages; /* 0: not known */
	/* Pages without a usable text layer wait for recognition. */
	uint32_t waiting_pages;
	TextState state;
	bool first_waits; /* the page with the letterhead is among them */
} Extraction;

void extraction_done(Extraction *extraction);
/* limits NULL: those of limits.h. until NULL: only they end it. */
Status extract_text(FormatReader reader, const SourceFile *file, const ExtractLimits *limits, const Deadline *until,
		    Extraction *out, Err *err);

/* The cells of a workbook. ST_NOT_FOUND: it has none; else the fault of the file is an error here. */
Status extract_sheets(FormatReader reader, const SourceFile *file, const Deadline *until, GridBook *out, Err *err);

/* How Extraction.from begins for what this reader extracts in a process; NULL: it needs none. */
const char *extract_label(FormatReader reader);

/* What confines an extracting process on this machine, one row a layer; tried once, in a process of that kind. */
typedef struct {
	const char *name;    /* "landlock" */
	const char *without; /* what a subverted extractor may do where the layer is missing */
	bool holds;
} ExtractLayer;
enum { EXTRACT_LAYERS_MAX = 16 };
/* ST_IO: no such process can be started, so none will extract a text either. */
Status extract_confinement(ExtractLayer layers[static EXTRACT_LAYERS_MAX], size_t *count_out, Err *err);

/* The program as its own extracting process (child.c): argv is {"extract", WORD, CPU seconds, MiB of memory}, or what
 * fork_server.h starts. Returns
 * the exit code. */
int extract_main(int argc, char **argv);

#endif
