/* indexer/extract/cell_format.h - what a cell of a sheet shows: a number by its format, a date as people write it here.
 *
 *   43536    dd/mm/yyyy  -->  "12/03/2019"     0.1 + 0.2  General  -->  "0.3"
 *   43536.5  h:mm        -->  "12:00"          7          000      -->  "007"
 *
 * A date is day/month/year whatever the order of the format is: m/d/yy is the default of a program set to English.
 *
 * Units    days since 30 December 1899, or 1 January 1904
 * Owns     nothing: Bufs are the caller's
 * Errors   none: what is not understood is the number as it stands; sticky in the Buf
 * Threads  pure
 */
#ifndef INDEXER_EXTRACT_CELL_FORMAT_H
#define INDEXER_EXTRACT_CELL_FORMAT_H

#include "base/buf.h"

enum { CELL_TEXT_MAX = 64 };

typedef enum {
	CELL_PLAIN,
	CELL_PADDED, /* "000": `digits` of them */
	CELL_DATE = 8,
	CELL_MONTH = 16,    /* month and year, without the day */
	CELL_YEAR = 32,     /* the year alone */
	CELL_TIME = 64,     /* alone, or behind a date */
	CELL_DURATION = 128 /* [h]:mm */
} CellShape;

typedef struct {
	unsigned shape; /* CellShape; CELL_DATE and CELL_TIME together */
	unsigned digits;
} CellFormat;

/* By the number of a format that is built in (14 is the short date). */
CellFormat cell_format_built_in(uint64_t number);
/* By its code: "[$-42A]dd/mm/yyyy;@". */
CellFormat cell_format_of_code(Str code);
/* `number` is decimal as XML writes it: "43536.5", "1E-3". */
void cell_show(Str number, CellFormat format, bool since_1904, char out[static CELL_TEXT_MAX]);
/* "2019-03-12T08:30:00"; false: it is no date. */
bool cell_date_of_iso(Str iso, char out[static CELL_TEXT_MAX]);

/* What is printed above and below the page, "&C&\"Arial,Bold\"&12UBND TỈNH&RTrang &P": left, centre and right as lines,
 * without what steers the printer. */
void cell_head_text(Str head, Buf *out);
/* "Sheet1" was given by the program and says nothing. */
bool cell_sheet_has_own_name(Str name);

#endif
