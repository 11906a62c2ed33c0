/* tests/unit/base_json_numbers.c - numbers of JSON pass a library as strings and come back as they were. */
#include "unit.h"

#include "base/json_numbers.h"

static void assert_guarded(const char *json, const char *guarded)
{
	Buf out = {0}, back = {0};
	assert_true(json_numbers_guard(str_from(json), &out));
	assert_str_equal(buf_str(&out), str_from(guarded));
	json_numbers_restore(buf_str(&out), &back);
	assert_str_equal(buf_str(&back), str_from(json));
	buf_done(&out);
	buf_done(&back);
}

static void a_number_that_would_change_becomes_a_string_and_back(void **state)
{
	(void)state;
	assert_guarded("{\"a\":2.50}", "{\"a\":\"\\u00012.50\"}");
	assert_guarded("[0.1, -0,1e3 ,12345678901234567890]",
		       "[\"\\u00010.1\", \"\\u0001-0\",\"\\u00011e3\" ,\"\\u000112345678901234567890\"]");
	assert_guarded("1.0", "\"\\u00011.0\"");
	assert_guarded("{\"2.5\":{\"b\":\"3.5\\\"\",\"c\":-1.5E-7}}",
		       "{\"2.5\":{\"b\":\"3.5\\\"\",\"c\":\"\\u0001-1.5E-7\"}}");
}

static void what_is_kept_anyway_or_is_no_number_is_left_alone(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"{\"a\":15}",   "[123456789012345678,-7]", "\"2.50\"", "[01.5]", "[1.]", "[.5]", "[1e]", "[1.5x]",
		"{\"a\":\"2.5", "[2,\"\\u0001\"]",         "",         "[-]"};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		Buf out = {0};
		if (json_numbers_guard(str_from(texts[i]), &out))
			fail_msg("%s is guarded", texts[i]);
		assert_int_equal(out.len, 0);
		buf_done(&out);
	}
}

static void a_string_that_begins_with_the_mark_comes_back_too(void **state)
{
	(void)state;
	assert_guarded(
		"[2.5,\"\\u0001\",{\"\\u00012\":\"a\\u0001\"},\"\\u0001\\u0001\"]",
		"[\"\\u00012.5\",\"\\u0001\\u0001\",{\"\\u0001\\u00012\":\"a\\u0001\"},\"\\u0001\\u0001\\u0001\"]");
	assert_str_equal(json_number_of(STR("\0012.50")), STR("2.50"));
	assert_null(json_number_of(STR("2.50")).ptr);
	assert_null(json_number_of(STR("\001\0012.50")).ptr);
	assert_str_equal(json_string_of(STR("\001\0012.50")), STR("\0012.50"));
	assert_str_equal(json_string_of(STR("2.50")), STR("2.50"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_that_would_change_becomes_a_string_and_back),
		cmocka_unit_test(what_is_kept_anyway_or_is_no_number_is_left_alone),
		cmocka_unit_test(a_string_that_begins_with_the_mark_comes_back_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
