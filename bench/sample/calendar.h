/* bench/sample/calendar.h - working days of Vietnamese offices.
 *
 * Units    a day is a number: days since 1970-01-01
 * Owns     nothing
 * Errors   none
 * Threads  pure
 */
#ifndef BENCH_SAMPLE_CALENDAR_H
#define BENCH_SAMPLE_CALENDAR_H

#include "base/buf.h"
#include "base/clock.h"

int calendar_day(int year, int month, int day);
CivilDate calendar_civil(int day);
bool calendar_is_working(int day);
/* The first working day at or after `day`, then `count` working days further. */
int calendar_add_working(int day, int count);

/* "ngày 05 tháng 3 năm 2020": days below 10 and months 1 and 2 with a zero (NĐ 30/2020). */
void calendar_write_words(int day, Buf *out);
/* "05/3/2020" */
void calendar_write_short(int day, Buf *out);

#endif
