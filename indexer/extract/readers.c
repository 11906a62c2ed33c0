/* indexer/extract/readers.c - the table of readers. A reader of one kind of document, and with it a library or a
 * program, stands behind one row; a row without word and `decodes` is a kind of document that nobody reads yet. */
#include "indexer/extract/readers.h"

#include "indexer/extract/biff.h"
#include "indexer/extract/biff_sheets.h"
#include "indexer/extract/catdoc.h"
#include "indexer/extract/html.h"
#include "indexer/extract/leptonica.h"
#include "indexer/extract/office.h"
#include "indexer/extract/pdf_horn.h"
#include "indexer/extract/rtf.h"
#include "indexer/extract/tesseract.h"
#include "indexer/extract/word97.h"

/* By its path, not as "-": pdftotext would copy standard input into memory. Page breaks stay: they number the pages. */
static const char *const pdf_program[] = {"pdftotext", "-enc", "UTF-8", "-eol", "unix", "/proc/self/fd/0", "-", NULL};
static const char *const pdf_version[] = {"pdftotext", "-v", NULL};
/* Text in bytes is read as CP1252, so that each byte stays one character: take_text finds what encoding it is. */
static const char *const doc_program[] = {"catdoc", "-t", "-w", "-s", "cp1252", "-d", "utf-8", "/proc/self/fd/0", NULL};
static const char *const doc_version[] = {"catdoc", "-V", NULL};
static const char *const xls_program[] = {"xls2csv", "-s", "cp1252", "-d", "utf-8",    "-c", "\t", "-q",
					  "0",       "-g", "15",     "-f", "%d/%m/%Y", "-b", "\n", "/proc/self/fd/0",
					  NULL};
static const char *const xls_version[] = {"xls2csv", "-V", NULL};
static const char *const ppt_program[] = {"catppt", "-s", "cp1252", "-d", "utf-8", "-b", "\n", "/proc/self/fd/0", NULL};
static const char *const ppt_version[] = {"catppt", "-V", NULL};
static const char empty[] = "the document holds no text";
static const char old_empty[] = "no text in it: encrypted, cut off, empty, or no Office file of before 2007";
static const char no_extractor[] = "no extractor for this kind of file";

static const TextReader readers[READER_COUNT] = {
	[READER_NONE] = {.no_text = no_extractor},
	[READER_PLAIN] = {.decodes = true, .no_text = empty},
	[READER_HTML] = {.word = "html", .label = "hoso html", .read = html_read, .no_text = empty},
	[READER_MHTML] = {.word = "mhtml", .label = "hoso mhtml", .read = mhtml_read, .no_text = empty},
	[READER_PDF] = {.word = "pdf",
			.label = "pdftotext",
			.program = pdf_program,
			.package = "poppler-utils",
			.version = pdf_version,
			.finish = pdf_find_horns,
			.version_begins = "pdftotext version ",
			.pages = true,
			.no_text = "no text layer: pages are images"},
	[READER_DOCX] = {.word = "docx", .label = "hoso docx", .read = office_read, .no_text = empty},
	[READER_XLSX] = {.word = "xlsx", .label = "hoso xlsx", .read = office_read, .no_text = empty},
	[READER_PPTX] = {.word = "pptx", .label = "hoso pptx", .read = office_read, .no_text = empty},
	[READER_ODT] = {.word = "odt", .label = "hoso odt", .read = office_read, .no_text = empty},
	[READER_ODS] = {.word = "ods", .label = "hoso ods", .read = office_read, .no_text = empty},
	[READER_ODP] = {.word = "odp", .label = "hoso odp", .read = office_read, .no_text = empty},
	[READER_FLAT_OFFICE] = {.word = "office-xml",
				.label = "hoso office-xml",
				.read = office_flat_read,
				.no_text = empty},
	[READER_DOC] = {.word = "doc",
			.label = "hoso doc",
			.read = word97_read,
			.otherwise = READER_OLD_DOC,
			.no_text = empty},
	[READER_OLD_DOC] = {.word = "doc-old",
			    .label = "catdoc",
			    .program = doc_program,
			    .package = "catdoc",
			    .finish = catdoc_undo_tex,
			    .version = doc_version,
			    .version_begins = "Catdoc Version ",
			    .no_text = old_empty},
	[READER_XLS] = {.word = "xls",
			.label = "hoso xls",
			.read = biff_read_text,
			.otherwise = READER_OLD_XLS,
			.no_text = empty},
	[READER_OLD_XLS] = {.word = "xls-old",
			    .label = "xls2csv",
			    .program = xls_program,
			    .package = "catdoc",
			    .version = xls_version,
			    .version_begins = "Catdoc Version ",
			    .no_text = old_empty},
	[READER_PPT] = {.word = "ppt",
			.label = "catppt",
			.program = ppt_program,
			.package = "catdoc",
			.version = ppt_version,
			.version_begins = "Catdoc Version ",
			.no_text = old_empty},
	[READER_RTF] = {.word = "rtf", .label = "hoso rtf", .read = rtf_read, .no_text = empty},
	[READER_IMAGE] = {.no_text = "an image: its text is not recognised yet"},
	[READER_LINES] = {.no_text = no_extractor},
	[READER_JSON] = {.decodes = true, .no_text = empty},
	[READER_TABLE] = {.decodes = true, .no_text = empty},
	[READER_EDXML] = {.no_text = no_extractor},
	[READER_SIGNED] = {.no_text = no_extractor},
	[READER_MAIL] = {.no_text = no_extractor},
	[READER_PACKAGE] = {.no_text = no_extractor},
};

/* ---- sheets ---------------------------------------------------------------------------------------------------- */

/* As for its text, but each cell in quotes, and a form feed behind each sheet. */
static const char *const xls_sheets[] = {"xls2csv", "-s", "cp1252", "-d", "utf-8",    "-c", "\t", "-q",
					 "3",       "-g", "15",     "-f", "%d/%m/%Y", "-b", "\f", "/proc/self/fd/0",
					 NULL};

static const TextReader sheet_readers[] = {
	{.word = "sheets", .label = "hoso sheets", .read = office_read_sheets, .no_text = empty},
	{.word = "xls-sheets",
	 .label = "hoso xls",
	 .read = biff_read_sheets,
	 .otherwise = READER_OLD_XLS,
	 .no_text = empty},
	{.word = "xls-old-sheets",
	 .label = "xls2csv",
	 .program = xls_sheets,
	 .package = "catdoc",
	 .no_text = old_empty},
};

const TextReader *sheet_reader(FormatReader reader)
{
	switch (reader) {
	case READER_XLSX:
	case READER_ODS:
		return &sheet_readers[0];
	case READER_XLS:
		return &sheet_readers[1];
	case READER_OLD_XLS:
		return &sheet_readers[2];
	default:
		return NULL;
	}
}

/* ---- pages ----------------------------------------------------------------------------------------------------- */

static const char *const pdf_page[] = {"pdftoppm", "-r",        "300",      "-gray",           "-f", READER_PAGE,
				       "-l",       READER_PAGE, "-cropbox", "/proc/self/fd/0", NULL};
static const char *const pdf_page_small[] = {"pdftoppm", "-scale-to", "4000",     "-gray",           "-f", READER_PAGE,
					     "-l",       READER_PAGE, "-cropbox", "/proc/self/fd/0", NULL};

static const char *const pdf_view[] = {"pdftoppm",  "-jpeg", "-scale-to-x", READER_WIDTH, "-scale-to-y",     "-1", "-f",
				       READER_PAGE, "-l",    READER_PAGE,   "-cropbox",   "/proc/self/fd/0", NULL};
static const char *const pdf_words[] = {"pdftotext", "-bbox",           "-f", READER_PAGE, "-l", READER_PAGE,
					"-cropbox",  "/proc/self/fd/0", "-",  NULL};
static const char *const pdf_info[] = {"pdfinfo", "/proc/self/fd/0", NULL};

static const char *const pdf_attached[] = {"pdfdetach", "-list", "-enc", "UTF-8", "/proc/self/fd/0", NULL};

static const TextReader page_readers[] = {
	{.word = "pdf-attached", .program = pdf_attached, .package = "poppler-utils"},
	{.word = "pdf-view", .program = pdf_view, .package = "poppler-utils"},
	{.word = "pdf-words", .program = pdf_words, .package = "poppler-utils"},
	{.word = "pdf-info", .program = pdf_info, .package = "poppler-utils"},
	{.word = "image-view", .read_page = leptonica_view},
	{.word = "pdf-page", .program = pdf_page, .package = "poppler-utils"},
	{.word = "pdf-page-small", .program = pdf_page_small, .package = "poppler-utils"},
	{.word = "image-page", .read_page = leptonica_draw},
	{.word = "recognise", .serve = tesseract_serve},
};

const TextReader *text_reader(FormatReader reader)
{
	return &readers[reader];
}

const TextReader *text_reader_by_word(Str word)
{
	for (size_t i = 0; i < READER_COUNT; i++)
		if (readers[i].word && str_eq(word, str_from(readers[i].word)))
			return &readers[i];
	for (size_t i = 0; i < sizeof sheet_readers / sizeof sheet_readers[0]; i++)
		if (str_eq(word, str_from(sheet_readers[i].word)))
			return &sheet_readers[i];
	for (size_t i = 0; i < sizeof page_readers / sizeof page_readers[0]; i++)
		if (str_eq(word, str_from(page_readers[i].word)))
			return &page_readers[i];
	return NULL;
}
