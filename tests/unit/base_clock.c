/* tests/unit/base_clock.c - stamps and civil dates. */
#include "tests/unit/unit.h"

#include "base/clock.h"

static void assert_reads(const char *text, const char *expected)
{
	CivilDate date = {0};
	char out[11];
	if (!civil_date_parse(str_from(text), &date))
		fail_msg("not read: %s", text);
	assert_int_equal(civil_date_format(date, out), strlen(expected));
	assert_string_equal(out, expected);
}

static void dates_are_read_as_papers_write_them(void **state)
{
	(void)state;
	assert_reads("2019-03-12", "2019-03-12");
	assert_reads("12/3/2019", "2019-03-12");
	assert_reads("12.03.2019", "2019-03-12");
	assert_reads("14-10-2015", "2015-10-14");
	assert_reads(" 1/8/2019 ", "2019-08-01");
}

static void dates_may_lack_the_day_or_the_month(void **state)
{
	(void)state;
	assert_reads("2019", "2019");
	assert_reads("2019-03", "2019-03");
	assert_reads("03/2019", "2019-03");
	assert_reads("3/2019", "2019-03");
}

static void a_time_behind_a_date_is_read_over(void **state)
{
	(void)state;
	assert_reads("12/03/2019 00:00:00", "2019-03-12");
	assert_reads("2019-03-12T08:30", "2019-03-12");
	assert_reads("2019-03-12 23:59:59.999", "2019-03-12");
	assert_reads("2019-03-12T00:00:00Z", "2019-03-12");
	assert_reads("2019-03-12T00:00:00+07:00", "2019-03-12");
	/* moments that are another day in Vietnam */
	assert_reads("2019-03-11T17:00:00Z", "2019-03-12");
	assert_reads("2019-12-31T17:00:00.000Z", "2020-01-01");
	assert_reads("2020-02-28T20:00:00+0000", "2020-02-29");
	assert_reads("2019-03-01T00:30:00+09:00", "2019-02-28");
	assert_reads("2019-02-28T10:00:00-08:00", "2019-03-01");
}

static void days_that_no_calendar_has_are_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"2019-02-29",
		"1900-02-29",
		"31/4/2020",
		"2019-13-01",
		"2019-00-10",
		"2019-01-00",
		"0/5/2019",
		"0000",
		"",
		"12/3",
		"12/3/19",
		"2019-3-12-1",
		"12/3-2019",
		"12 3 2019",
		"20190312",
		"ngày 12",
		"2019-",
		"-2019",
		"2019/1/2/",
		"2019-03-12T",
		"2019-03-12 25:00",
		"2019-03T00:00",
		"2019-03-12 08:61",
		"2019-03-12T08:00X",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		CivilDate date = {.year = 7};
		if (civil_date_parse(str_from(wrong[i]), &date))
			fail_msg("accepted: %s", wrong[i]);
		assert_int_equal(date.year, 7);
	}
	assert_reads("29/02/2000", "2000-02-29");
	assert_reads("2024-02-29", "2024-02-29");
}

static void every_day_of_four_centuries_comes_back(void **state)
{
	(void)state;
	static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	unsigned count = 0;
	for (int16_t year = 1800; year < 2200; year++) {
		for (uint8_t month = 1; month <= 12; month++) {
			for (uint8_t day = 1; day <= days[month - 1]; day++) {
				CivilDate date = {year, month, day}, read;
				char text[11];
				civil_date_format(date, text);
				if (!civil_date_parse(str_from(text), &read))
					continue; /* 29 February of most years */
				assert_memory_equal(&date, &read, sizeof date);
				count++;
			}
		}
	}
	assert_int_equal(count, 146097); /* days in 400 Gregorian years */
}

static void no_date_is_written_as_nothing(void **state)
{
	(void)state;
	char out[11] = "x";
	assert_int_equal(civil_date_format((CivilDate){0}, out), 0);
	assert_string_equal(out, "");
	assert_int_equal(civil_date_format((CivilDate){9999, 255, 255}, out), 10); /* nonsense stays in its bounds */
}

static void stamps_are_utc_with_milliseconds(void **state)
{
	(void)state;
	char out[CLOCK_STAMP_LEN + 1];
	clock_format_utc(0, out);
	assert_string_equal(out, "1970-01-01T00:00:00.000Z");
	clock_format_utc(1709164799999u, out);
	assert_string_equal(out, "2024-02-28T23:59:59.999Z");
	clock_format_utc(UINT64_MAX, out); /* beyond year 9999 */
	assert_int_equal(strlen(out), CLOCK_STAMP_LEN);
	uint64_t before = clock_monotonic_us();
	assert_true(clock_monotonic_us() >= before);
	assert_true(clock_utc_ms() > 1700000000000u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_read_as_papers_write_them),
		cmocka_unit_test(dates_may_lack_the_day_or_the_month),
		cmocka_unit_test(a_time_behind_a_date_is_read_over),
		cmocka_unit_test(days_that_no_calendar_has_are_refused),
		cmocka_unit_test(every_day_of_four_centuries_comes_back),
		cmocka_unit_test(no_date_is_written_as_nothing),
		cmocka_unit_test(stamps_are_utc_with_milliseconds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
