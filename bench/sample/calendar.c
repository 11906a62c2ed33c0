/* bench/sample/calendar.c - days are numbers; years are counted from March, so that the leap day is the last one of a
 * year. Not working: weekends, fixed holidays, and a week around Tết by a table of its first days. */
#include "bench/sample/calendar.h"

/* Civil from days and back: H. Hinnant's chrono-compatible algorithms, years from March. */
int calendar_day(int year, int month, int day)
{
	year -= month <= 2;
	int era = year / 400;
	int of_era = year - era * 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

CivilDate calendar_civil(int day)
{
	int shifted = day + 719468;
	int era = shifted / 146097;
	int of_era = shifted - era * 146097;
	int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year + year / 4 - year / 100);
	int month = (5 * of_year + 2) / 153;
	CivilDate date = {.day = (uint8_t)(of_year - (153 * month + 2) / 5 + 1)};
	date.month = (uint8_t)(month < 10 ? month + 3 : month - 9);
	date.year = (int16_t)(year + era * 400 + (date.month <= 2));
	return date;
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
