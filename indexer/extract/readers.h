/* indexer/extract/readers.h - who takes the text out of a document: the table from FormatReader to function or program.
 *
 *   READER_HTML   "html"   "hoso html"   html_read            a function of ours, run in the extracting process
 *   READER_PDF    "pdf"    "pdftotext"   pdftotext … - …      a program that the extracting process becomes
 *   READER_PLAIN  decoded where it is, without a process
 *
 * Owns     nothing; rows live for ever
 * Threads  pure
 */
#ifndef INDEXER_EXTRACT_READERS_H
#define INDEXER_EXTRACT_READERS_H

#include "base/buf.h"
#include "indexer/source/format.h"

typedef struct {
	const char *word;  /* tells the extracting process what to do; NULL: no process for this reader */
	const char *label; /* how Extraction.from begins */
	/* Reads the document on fd, appends its text. The process runs this (ST_NOT_FOUND: see `otherwise`) … */
	Status (*read)(int fd, Buf *out, Err *err);
	/* … or reads a page of it … */
	Status (*read_page)(int fd, unsigned page, unsigned width, Buf *out, Err *err);
	/* … or answers until its input ends … */
	Status (*serve)(int in_fd, int out_fd, Err *err);
	/* … or becomes this program, which finds the document at /proc/self/fd/0 and writes text to standard output. */
	const char *const *program; /* READER_PAGE in it is the page's number, READER_WIDTH its width */
	const char *package;        /* of Debian, which has the program */
	void (*finish)(Buf *text);  /* makes text of what the program wrote; NULL: it is text */
	const char *const *version; /* the same program, writing its version … */
	const char *version_begins; /* … which stands behind these words and goes into the label */
	FormatReader otherwise;     /* reads what `read` does not know; READER_NONE: nobody */
	bool decodes;               /* any bytes are taken as text, in one encoding or another */
	bool pages;                 /* a form feed ends each page */
	const char
		*no_text; /* the reason when it read the document and found no text; of one that can't read, always */
} TextReader;

#define READER_PAGE "PAGE"
#define READER_WIDTH "WIDTH"

const TextReader *text_reader(FormatReader reader);
/* What takes the cells out of a workbook, as indexer/source/grid.h has them; NULL: this format has none. */
const TextReader *sheet_reader(FormatReader reader);
/* One of those, or of what is done with pages: "pdf-page", "image-page", "pdf-view", "recognise". NULL: none runs
 * under this word. */
const TextReader *text_reader_by_word(Str word);

#endif
