/* base/clock.c - clock_gettime for times; civil dates are parsed by hand, since strptime accepts days that the
 * calendar does not have. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

uint64_t clock_monotonic_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

uint64_t clock_utc_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

void clock_format_utc(uint64_t utc_ms, char out[static CLOCK_STAMP_LEN + 1])
{
	time_t seconds = (time_t)(utc_ms / 1000);
	struct tm utc;
	char text[64];
	if (!gmtime_r(&seconds, &utc) || utc.tm_year > 8099)
		utc = (struct tm){.tm_mday = 1, .tm_year = 70};
	size_t len = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text + len, sizeof text - len, ".%03uZ", (unsigned)(utc_ms % 1000));
	memcpy(out, text, CLOCK_STAMP_LEN);
	out[CLOCK_STAMP_LEN] = 0;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
	static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

enum { VIETNAM_OFFSET_MINUTES = 7 * 60, DAY_MINUTES = 24 * 60 };

static bool take_two_digits(Str *s, unsigned most, unsigned *out)
{
	uint64_t value;
	if (s->len < 2 || !str_to_u64(str_slice(*s, 0, 2), &value) || value > most)
		return false;
	*out = (unsigned)value;
	*s = str_slice(*s, 2, s->len);
	return true;
}

static bool take_char(Str *s, const char *any)
{
	if (!s->len || !strchr(any, s->ptr[0]))
		return false;
	*s = str_slice(*s, 1, s->len);
	return true;
}

/* "00:00:00", "08:30", "17:00:00.000Z", "00:00:00+07:00". *days_out: by how many days the date in Vietnam is another; a
 * time without an offset is Vietnam's. */
static bool read_time(Str s, int *days_out)
{
	unsigned hour, minute, second = 0, away_hours = 0, away_minutes = 0;
	if (!take_two_digits(&s, 24, &hour) || !take_char(&s, ":") || !take_two_digits(&s, 59, &minute))
		return false;
	if (take_char(&s, ":") && !take_two_digits(&s, 60, &second))
		return false;
	while (s.len && (s.ptr[0] == '.' || (s.ptr[0] >= '0' && s.ptr[0] <= '9')))
		s = str_slice(s, 1, s.len);
	*days_out = 0;
	if (!s.len)
		return true;
	bool west = s.ptr[0] == '-';
	if (!take_char(&s, "Z")) {
		if (!take_char(&s, "+-") || !take_two_digits(&s, 14, &away_hours))
			return false;
		take_char(&s, ":");
		if (s.len && !take_two_digits(&s, 59, &away_minutes))
			return false;
	}
	int away = (int)(away_hours * 60 + away_minutes) * (west ? -1 : 1);
	int minutes = (int)(hour * 60 + minute) - away + VIETNAM_OFFSET_MINUTES;
	*days_out = minutes < 0 ? -1 : minutes >= DAY_MINUTES;
	return s.len == 0;
}

static CivilDate day_beside(CivilDate date, int days)
{
	unsigned year = (unsigned)date.year, month = date.month, day = date.day;
	if (days > 0 && ++day > days_in_month(year, month)) {
		day = 1;
		month = month == 12 ? 1 : month + 1;
		year += month == 1;
	} else if (days < 0 && --day == 0) {
		month = month == 1 ? 12 : month - 1;
		year -= month == 12;
		day = days_in_month(year, month);
	}
	return year >= 1 && year <= 9999 ? (CivilDate){(int16_t)year, (uint8_t)month, (uint8_t)day} : date;
}

static bool parse_date(Str s, CivilDate *out)
{
	uint64_t parts[3];
	size_t lengths[3], count = 0, i = 0;
	char separator = 0;
	for (;;) {
		size_t start = i;
		while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
			i++;
		if (count == 3 || i - start > 4 || !str_to_u64(str_slice(s, start, i), &parts[count]))
			return false;
		lengths[count++] = i - start;
		if (i == s.len)
			break;
		char c = s.ptr[i++];
		if ((c != '-' && c != '/' && c != '.') || (separator && c != separator))
			return false;
		separator = c;
	}
	uint64_t year, month = 0, day = 0;
	if (lengths[0] == 4) {
		year = parts[0];
		month = count > 1 ? parts[1] : 0;
		day = count > 2 ? parts[2] : 0;
		if ((count > 1 && (lengths[1] > 2 || month == 0)) || (count > 2 && (lengths[2] > 2 || day == 0)))
			return false;
	} else {
		if (count < 2 || lengths[count - 1] != 4 || lengths[0] > 2 || (count == 3 && lengths[1] > 2))
			return false;
		year = parts[count - 1];
		month = parts[count - 2];
		day = count == 3 ? parts[0] : 0;
		if (month == 0 || (count == 3 && day == 0))
			return false;
	}
	if (year == 0 || month > 12 || (day && day > days_in_month((unsigned)year, (unsigned)month)))
		return false;
	*out = (CivilDate){(int16_t)year, (uint8_t)month, (uint8_t)day};
	return true;
}

bool civil_date_parse(Str s, CivilDate *out)
{
	CivilDate date;
	int days = 0;
	s = str_trim(s);
	size_t end = 0;
	while (end < s.len && s.ptr[end] != 'T' && s.ptr[end] != ' ')
		end++;
	if (!parse_date(str_slice(s, 0, end), &date))
		return false;
	if (end < s.len && (!date.day || !read_time(str_trim(str_slice(s, end + 1, s.len)), &days)))
		return false;
	*out = days ? day_beside(date, days) : date;
	return true;
}

static char *put_digits(char *at, unsigned value, unsigned digits)
{
	for (unsigned i = digits; i-- > 0; value /= 10)
		at[i] = (char)('0' + value % 10);
	return at + digits;
}

/* Texts are full of dates; printf was half of all that a build spent on printing. */
size_t civil_date_format(CivilDate date, char out[static 11])
{
	char *at = out;
	if (date.year > 0)
		at = put_digits(at, (unsigned)date.year, 4);
	if (date.year > 0 && date.month) {
		*at++ = '-';
		at = put_digits(at, date.month, 2);
	}
	if (date.year > 0 && date.month && date.day) {
		*at++ = '-';
		at = put_digits(at, date.day, 2);
	}
	*at = 0;
	return (size_t)(at - out);
}
