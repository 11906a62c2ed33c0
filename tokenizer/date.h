/* tokenizer/date.h - dates as papers write them.
 *
 *   "12/3/2019"  "14-10-2015"  "06 / 7 /2005"  "12 tháng 3 năm 2019"  "12/3/19"   -->   2019-03-12 …
 *
 * Units    positions are byte offsets
 * Owns     nothing
 * Errors   none: false where there is no date; *at and *out stay
 * Threads  pure
 */
#ifndef TOKENIZER_DATE_H
#define TOKENIZER_DATE_H

#include "base/clock.h"
#include "base/str.h"

/* The full date that begins at *at (a digit); *at is moved behind it. Two-digit years: below 50 are 20xx. */
bool date_read(Str text, size_t *at, CivilDate *out);
/* A date said behind something: white space, ',', "ngày" or "ng." are skipped first; "năm 2019" alone gives the
 * year. */
bool date_clause_read(Str text, size_t *at, CivilDate *out);
unsigned date_full_year(unsigned year);                          /* 19 -> 2019, 96 -> 1996, 2019 -> 2019 */
bool date_is_valid(unsigned year, unsigned month, unsigned day); /* year 0: any year; day 0: the month alone */

#endif
