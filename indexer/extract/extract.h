/* indexer/extract/extract.h - what a document is, and its text: taken out in a process of its own, within limits.
 *
 *   program ── spawn ──▶ /proc/self/exe extract KIND   rlimits, no network
 *              document on stdin, text on stdout, one line of reason on stderr
 *
 * A document whose text can't be had is no error: the result says why in `problem`.
 *
 * Shapes   text is UTF-8; a form feed ends each page of a PDF
 * Owns     Extraction until extraction_done
 * Errors   only what keeps the program from going on: ST_NO_MEMORY
 * Threads  safe
 */
#ifndef INDEXER_EXTRACT_EXTRACT_H
#define INDEXER_EXTRACT_EXTRACT_H

#include "indexer/source/bytes.h"

typedef enum {
	DOC_OTHER, /* kept as it is */
	DOC_TEXT,
	DOC_HTML,
	DOC_PDF,
	DOC_DOCX,
	DOC_ODT,
	DOC_XLSX,
	DOC_OLD_OFFICE, /* .doc, .xls, .ppt of before 2007 */
	DOC_RTF,
	DOC_IMAGE,
	/* not documents but what holds them */
	DOC_JSONL,
	DOC_JSON,
	DOC_CSV,
	DOC_PACKAGE,
} DocKind;

/* By the name's ending alone. */
DocKind doc_kind_by_name(Str name);
/* ".jsonl.zst": what is inside counts, *compressed_out says that it is. */
DocKind doc_kind_by_long_name(Str name, bool *compressed_out);
/* What the first bytes say wins over a wrong ending (a .docx that is an old .doc, a .doc that is HTML). */
DocKind doc_kind_by_content(Str name, Str head);
const char *doc_media(Str name, DocKind kind); /* "application/pdf" */

enum {
	EXTRACT_TEXT_MAX = 64 << 20,   /* bytes of text out of one document */
	EXTRACT_DECODE_MAX = 64 << 20, /* bytes of a plain text or HTML file */
	EXTRACT_CPU_SECONDS = 120,
	EXTRACT_WALL_MS = 240 * 1000,
	EXTRACT_MEMORY_MIB = 1024,
};

typedef struct {
	unsigned cpu_seconds, wall_ms, memory_mib;
	size_t text_bytes;
} ExtractLimits;

typedef struct {
	Buf text;
	char from[48];     /* "pdftotext 22.12.0", "hoso docx", "decoded tcvn3", "given" */
	char problem[200]; /* why there is no text; "" */
	uint32_t pages;    /* 0: not known */
} Extraction;

void extraction_done(Extraction *extraction);
/* limits NULL: those above. */
Status extract_text(DocKind kind, const SourceFile *file, const ExtractLimits *limits, Extraction *out, Err *err);

/* How a text of this kind is labelled in Extraction.from, at its beginning; NULL where no process is needed for it. */
const char *extract_program(DocKind kind);

/* The hidden verb: argv is {"extract", KIND, cpu seconds, memory MiB}. Returns the exit code. */
int extract_main(int argc, char **argv);

/* ---- what runs in that process --------------------------------------------------------------------------------- */

/* Read the document on fd, append its text. False with a reason. */
bool extract_html(int fd, Buf *out, char reason[static 200]);
bool extract_office(int fd, DocKind kind, Buf *out, char reason[static 200]);

#endif
