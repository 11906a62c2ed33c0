/* bench/sample/calendar.c - a day is a date in UTC, converted by timegm and gmtime_r. Not working: weekends, fixed
 * holidays, and a week around Tết by a table of its first days. */
#include "bench/sample/calendar.h"

#include <time.h>

enum { SECONDS_A_DAY = 24 * 60 * 60 };

int calendar_day(int year, int month, int day)
{
	struct tm date = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
	return (int)(timegm(&date) / SECONDS_A_DAY);
}

CivilDate calendar_civil(int day)
{
	time_t midnight = (time_t)day * SECONDS_A_DAY;
	struct tm date;
	gmtime_r(&midnight, &date);
	return (CivilDate){(int16_t)(date.tm_year + 1900), (uint8_t)(date.tm_mon + 1), (uint8_t)date.tm_mday};
}

/* First day of Tết Nguyên đán, month * 100 + day, from 2010. */
static const uint16_t tet[] = {
	214, 203, 123, 210, 131, 219, 208, 128, 216, 205, 125, 212, 201, 122, 210, 129, 217, 206, 126, 213,
};

static bool is_tet(int day, int year)
{
	int index = year - 2010;
	if (index < 0 || index >= (int)(sizeof tet / sizeof *tet))
		return false;
	int first = calendar_day(year, tet[index] / 100, tet[index] % 100);
	return day >= first - 2 && day <= first + 4;
}

bool calendar_is_working(int day)
{
	static const uint16_t holidays[] = {101, 430, 501, 902, 903};
	CivilDate date = calendar_civil(day);
	int weekday = (day + 4) % 7; /* 0: Sunday */
	if (weekday == 0 || weekday == 6 || is_tet(day, date.year))
		return false;
	for (size_t i = 0; i < sizeof holidays / sizeof *holidays; i++)
		if (date.month * 100 + date.day == holidays[i])
			return false;
	return true;
}

int calendar_add_working(int day, int count)
{
	while (!calendar_is_working(day))
		day++;
	while (count > 0) {
		day++;
		if (calendar_is_working(day))
			count--;
	}
	return day;
}

void calendar_write_words(int day, Buf *out)
{
	CivilDate date = calendar_civil(day);
	buf_printf(out, "ngày %02u tháng ", date.day);
	buf_printf(out, date.month <= 2 ? "%02u năm %d" : "%u năm %d", date.month, date.year);
}

void calendar_write_short(int day, Buf *out)
{
	CivilDate date = calendar_civil(day);
	buf_printf(out, "%02u/", date.day);
	buf_printf(out, date.month <= 2 ? "%02u/%d" : "%u/%d", date.month, date.year);
}
