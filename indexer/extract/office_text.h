/* indexer/extract/office_text.h - the text of one XML part of an office document, by a table of what elements mean.
 *
 *   <w:p>UBND <w:txbxContent>HỎA TỐC</…> tỉnh</w:p>   -->   "UBND \nHỎA TỐC\ntỉnh\n"
 *
 * Names of elements are unique enough without their namespaces.
 *
 * Shapes   text out is UTF-8, lines as lines.h says
 * Owns     nothing
 * Errors   those of xml_events.h
 * Threads  for the extracting process, which has one
 */
#ifndef INDEXER_EXTRACT_OFFICE_TEXT_H
#define INDEXER_EXTRACT_OFFICE_TEXT_H

#include "base/buf.h"

typedef enum {
	OFFICE_NONE,
	OFFICE_PARAGRAPH,
	OFFICE_BOX,   /* a text box or a shape: it starts a line, and what follows it too */
	OFFICE_ASIDE, /* a note or a comment that stands within a sentence: its text follows that of the part */
	OFFICE_TEXT,  /* its characters are text */
	OFFICE_RUN,
	OFFICE_HIDDEN, /* the run that it stands in is not shown */
	OFFICE_TAB,
	OFFICE_BREAK,
	OFFICE_HYPHEN,
	OFFICE_SPACES,
	OFFICE_ROW,
	OFFICE_CELL,
	OFFICE_DROPPED,
} OfficeElementKind;

typedef struct {
	const char *name;
	OfficeElementKind kind;
} OfficeElement;

extern const OfficeElement office_word[];    /* DOCX: the document, headers, footers, notes, comments */
extern const OfficeElement office_drawing[]; /* slides and their notes, boxes on a sheet, diagrams */
extern const OfficeElement office_remarks[]; /* comments of a sheet or a slide */
extern const OfficeElement office_table[];   /* a workbook as one XML file */
extern const OfficeElement office_open[]; /* ODF: all characters inside paragraphs are text, blanks in a row are one */

Status office_text_read(Str xml, const OfficeElement *elements, Buf *out, Err *err);

#endif
