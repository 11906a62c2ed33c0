/* tests/unit/server_url.c - the strict reader of request targets. */
#include "tests/unit/unit.h"

#include "server/http/url.h"

#include <stdio.h>

static Arena arena;

static Status parse(const char *target, Url *out)
{
	Err err;
	arena_reset(&arena);
	return url_parse(str_from(target), &arena, out, &err);
}

static void a_path_is_cut_before_it_is_decoded(void **state)
{
	Url url;
	(void)state;
	assert_int_equal(parse("/v1/records/a%2Fb/text", &url), ST_OK);
	assert_int_equal(url.part_count, 4);
	assert_str_equal(url.parts[2], STR("a/b"));
	assert_str_equal(url.parts[3], STR("text"));
	assert_int_equal(parse("/", &url), ST_OK);
	assert_int_equal(url.part_count, 0);
	assert_int_equal(parse("/v1/cases/", &url), ST_NOT_FOUND);
}

static void a_query_is_read_as_a_form_writes_it(void **state)
{
	Url url;
	(void)state;
	assert_int_equal(parse("/v1/search?q=ch%C3%ADnh+quy%E1%BB%81n&mode=all&flag&empty=&&", &url), ST_OK);
	assert_int_equal(url.parameter_count, 4);
	assert_str_equal(url_parameter(&url, "q"), STR("chính quyền"));
	assert_str_equal(url_parameter(&url, "mode"), STR("all"));
	assert_non_null(url_parameter(&url, "flag").ptr);
	assert_null(url_parameter(&url, "other").ptr);
}

static void a_plus_is_a_blank_in_the_query_only(void **state)
{
	Url url;
	(void)state;
	assert_int_equal(parse("/a+b?q=a+b%2Bc", &url), ST_OK);
	assert_str_equal(url.parts[0], STR("a+b"));
	assert_str_equal(url_parameter(&url, "q"), STR("a b+c"));
}

static void tabs_and_line_ends_that_were_pasted_are_blanks(void **state)
{
	Url url;
	(void)state;
	assert_int_equal(parse("/a?q=a%0D%0Ab%09c", &url), ST_OK);
	assert_str_equal(url_parameter(&url, "q"), STR("a  b c"));
}

static void vietnamese_that_was_not_escaped_is_read_as_it_is(void **state)
{
	Url url;
	(void)state;
	assert_int_equal(parse("/v1/records?number=15/2019/QĐ-UBND", &url), ST_OK);
	assert_str_equal(url_parameter(&url, "number"), STR("15/2019/QĐ-UBND"));
}

static void what_two_readers_could_read_differently_is_refused(void **state)
{
	static const char *const refused[] = {
		"",           "v1",         "ftp://localhost/v1",
		"*",          "//",         "/v1//search",
		"/./a",       "/a/..",      "/%2e%2e/a",
		"/a%00b",     "/a%0d%0ab",  "/a?q=%00",
		"/a?q=a%0Bb", "/a?q%0A=b",  "/a%",
		"/a%4",       "/a%zz",      "/a%+1",
		"/a b",       "/a#b",       "/a\\b",
		"/a\tb",      "/a\x7F",     "/%ff",
		"/%c3",       "/%ed%a0%80", "/%c0%af",
		"/a?%ff=1",   "/a?q=1&q=2", "/a?q=1&%71=2",
	};
	Url url;
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (parse(refused[i], &url) != ST_INVALID)
			fail_msg("\"%s\" was not refused", refused[i]);
}

static void a_slash_or_dots_inside_a_part_are_characters(void **state)
{
	Url url;
	(void)state;
	assert_int_equal(parse("/a..b/...", &url), ST_OK);
	assert_str_equal(url.parts[1], STR("..."));
}

static void a_target_that_is_too_long_is_a_limit(void **state)
{
	static char target[URL_MAX + 2];
	Url url;
	(void)state;
	memset(target, 'a', sizeof target - 1);
	target[0] = '/';
	assert_int_equal(parse(target, &url), ST_LIMIT);
	target[URL_MAX] = 0;
	assert_int_equal(parse(target, &url), ST_OK);
}

static void too_many_parameters_are_a_limit(void **state)
{
	char target[512] = "/a?";
	Url url;
	(void)state;
	for (int i = 0; i <= URL_PARAMETERS_MAX; i++)
		snprintf(target + strlen(target), sizeof target - strlen(target), "p%d&", i);
	assert_int_equal(parse(target, &url), ST_LIMIT);
}

static void escaping_and_reading_give_the_same_back(void **state)
{
	Buf target = {0};
	Url url;
	(void)state;
	buf_add_char(&target, '/');
	url_escape(STR("15/2019/QĐ-UBND ?&#%+"), &target);
	buf_add_char(&target, 0);
	assert_int_equal(parse(target.data, &url), ST_OK);
	assert_str_equal(url.parts[0], STR("15/2019/QĐ-UBND ?&#%+"));
	buf_done(&target);
}

static void an_address_in_absolute_form_is_read_from_its_path_on(void **state)
{
	Url url;
	Err err;
	(void)state;
	assert_int_equal(url_parse(STR("http://localhost:80/v1/search?q=a"), &arena, &url, &err), ST_OK);
	assert_int_equal(url.part_count, 2);
	assert_int_equal(url_parse(STR("http://localhost"), &arena, &url, &err), ST_OK);
	assert_int_equal(url.part_count, 0);
	assert_str_equal(url_authority(STR("http://localhost:80/v1")), STR("localhost:80"));
	assert_str_equal(url_authority(STR("http://a@b?x")), STR("a@b"));
	assert_null(url_authority(STR("/v1")).ptr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_cut_before_it_is_decoded),
		cmocka_unit_test(a_query_is_read_as_a_form_writes_it),
		cmocka_unit_test(a_plus_is_a_blank_in_the_query_only),
		cmocka_unit_test(tabs_and_line_ends_that_were_pasted_are_blanks),
		cmocka_unit_test(vietnamese_that_was_not_escaped_is_read_as_it_is),
		cmocka_unit_test(what_two_readers_could_read_differently_is_refused),
		cmocka_unit_test(a_slash_or_dots_inside_a_part_are_characters),
		cmocka_unit_test(a_target_that_is_too_long_is_a_limit),
		cmocka_unit_test(too_many_parameters_are_a_limit),
		cmocka_unit_test(escaping_and_reading_give_the_same_back),
		cmocka_unit_test(an_address_in_absolute_form_is_read_from_its_path_on),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
