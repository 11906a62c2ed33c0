/* base/clock.h - time: monotonic for durations, UTC for stamps, civil dates as numbers.
 *
 * A civil date is the date written on a paper ("2019", "2019-03", "2019-03-12"): never a timestamp, never shifted.
 *
 * Units    in the names; a CivilDate holds what is known, 0 for the rest
 * Owns     nothing
 * Errors   none; what is no date gives false, and the output stays
 * Threads  safe
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/linkage.h"

#include "base/str.h"

C_LINKAGE_BEGIN

uint64_t clock_monotonic_us(void);
uint64_t clock_utc_ms(void); /* milliseconds since 1970-01-01T00:00:00Z */
enum { CLOCK_STAMP_LEN = 24 };
void clock_format_utc(uint64_t utc_ms, char out[AT_LEAST CLOCK_STAMP_LEN + 1]); /* 2026-11-22T18:09:00.123Z */

typedef struct {
	int16_t year;  /* 1..9999; 0: no date */
	uint8_t month; /* 0: not known */
	uint8_t day;   /* 0: not known */
} CivilDate;

/* Accepts YYYY-MM-DD, YYYY-MM, YYYY, dd/mm/yyyy, mm/yyyy (one or two digits, '/', '-' or '.'); checks the calendar. A
 * time behind a full date, as spreadsheets and programs write it, is read over: "12/03/2019 00:00:00"; one with an
 * offset is a moment, of which the date in Vietnam counts: "2019-03-11T17:00:00Z" is the 12th there. */
bool civil_date_parse(Str s, CivilDate *out);
/* "2019-03-12", "2019-03", "2019" or ""; returns the length (<= 10), NUL-terminated. */
size_t civil_date_format(CivilDate date, char out[AT_LEAST 11]);

C_LINKAGE_END

#endif
