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

bool civil_date_parse(Str s, CivilDate *out)
{
	uint64_t parts[3];
	size_t lengths[3], count = 0, i = 0;
	char separator = 0;
	s = str_trim(s);
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
