/* indexer/source/format.h - what an input is: the one table of formats, and how an input's format is found.
 *
 *   name    endings        media type        magic     reader        yields
 *   pdf     .pdf           application/pdf   "%PDF-"   READER_PDF    text
 *   zip     .zip           application/zip   "PK"…     READER_PACKAGE  members
 *   jsonl   .jsonl .ndjson application/x-ndjson        READER_LINES  records
 *
 * The name of a file says its format by its ending; its first bytes, the magic, say it where the name is wrong (a .doc
 * that is HTML). Where both agree on the reader, the name decides: a JPEG that is called .png stays what its name says.
 *
 * To add a format:
 *   1. a row in format.c; if a reader that we have reads it, that is all of it;
 *   2. else a reader: a value of FormatReader here, and a row in indexer/extract/readers.c for a format that yields
 * text (a function that runs inside the sandbox, or the program that is started there), or a case in
 *      indexer/ingest/file.c for one that yields members or records;
 *   3. docs/formats.md, which tests/unit/ingest_format.c compares with the table, and prints: test-ingest_format docs.
 *
 * Shapes   endings in lower case with their dot, matched without regard to case
 * Owns     nothing; every Format is a row of the table and lives for ever
 * Errors   none: what is not known is format_unknown
 * Threads  pure
 */
#ifndef INDEXER_SOURCE_FORMAT_H
#define INDEXER_SOURCE_FORMAT_H

#include "base/str.h"

/* Who reads it. A document's text: indexer/extract/readers.c. Members and records: indexer/ingest/file.c. */
typedef enum {
	READER_NONE,
	READER_PLAIN, /* text in any encoding */
	READER_HTML,
	READER_MHTML, /* a page with what it consists of */
	READER_PDF,
	READER_DOCX, /* Office of 2007 and later, OpenDocument: which it is stands in it */
	READER_XLSX,
	READER_PPTX,
	READER_ODT,
	READER_ODS,
	READER_ODP,
	READER_FLAT_OFFICE, /* the same as one XML file */
	READER_DOC,         /* Office of before 2007 */
	READER_OLD_DOC,     /* what the reader of .doc does not know: Word 6 and 95, and broken ones */
	READER_OLD_XLS,     /* the same of .xls */
	READER_XLS,
	READER_PPT,
	READER_RTF,
	READER_IMAGE,
	READER_LINES,   /* JSON lines */
	READER_JSON,    /* one record as JSON, or several lines of it */
	READER_TABLE,   /* a manifest; a document where its first row is none */
	READER_PACKAGE, /* tar, zip, 7z */
	READER_EDXML,   /* a message of the document exchange */
	READER_MAIL,    /* an e-mail, or an mbox of them */
	READER_SIGNED,  /* a signed container around one document */
	READER_COUNT
} FormatReader;

/* What comes out of it; several are possible. */
enum { YIELDS_TEXT = 1, YIELDS_MEMBERS = 2, YIELDS_RECORDS = 4 };

typedef enum {
	MAGIC_AT_START,
	MAGIC_NEAR_START, /* within MAGIC_NEAR_BYTES, if the name says this format too */
	MAGIC_AS_MARKUP,  /* behind a byte-order mark and blanks, in upper or lower case; never in a plain text file */
} MagicRule;

enum { MAGIC_NEAR_BYTES = 1024, FORMAT_ENDINGS_MAX = 4, FORMAT_MAGICS_MAX = 6 };

typedef struct {
	const char *name; /* one word, for people and documentation */
	const char *endings[FORMAT_ENDINGS_MAX];
	const char *media;
	const char *media_too; /* another name of that media type; NULL: none */
	Str magics[FORMAT_MAGICS_MAX];
	MagicRule magic_rule;
	FormatReader reader;
	unsigned yields;
	bool bulk; /* POST /v1/ingest takes it by its media type alone */
} Format;

extern const Format formats[];
extern const size_t format_count;
/* Kept as it is, if nobody has a reader for it: "application/octet-stream". */
extern const Format format_unknown;

/* By the name's ending alone. */
const Format *format_by_name(Str name);
/* The same, through one compression around records or a package: ".jsonl.zst". *compressed_out: there is one. */
const Format *format_by_long_name(Str name, bool *compressed_out);
/* By its first bytes (1 KiB is enough) and its name. */
const Format *format_by_content(Str name, Str head);
/* Of what is sent with this media type and no name: one that is marked `bulk`. NULL: none. */
const Format *format_by_media(Str media);
/* Of a file whose name says nothing: it begins as JSON lines do, with an object whose first member is a record's. */
bool format_begins_with_record(Str head);
/* The media type of a file: its format's; where nobody reads its content, what its name says. */
const char *format_media(Str name, const Format *format);

#endif
