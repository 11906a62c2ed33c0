/* tests/unit/base_json_out.c - whatever goes in, valid JSON comes out. */
#include "tests/unit/unit.h"

#include "base/json_out.h"
#include "base/utf8.h"

#include <math.h>

static void members_are_separated_and_nested_as_they_must_be(void **state)
{
	(void)state;
	Buf b = {0};
	JsonOut j;
	jout_begin(&j, &b);
	jout_open(&j, '{');
	jout_field_u64(&j, "total", 3);
	jout_key(&j, "hits");
	jout_open(&j, '[');
	jout_open(&j, '{');
	jout_close(&j, '}');
	jout_open(&j, '{');
	jout_field_bool(&j, "exact", true);
	jout_field_text(&j, "next", NULL);
	jout_close(&j, '}');
	jout_u64(&j, 1);
	jout_close(&j, ']');
	jout_key_str(&j, STR("số"));
	jout_str(&j, STR("15/QĐ-UBND"));
	jout_close(&j, '}');
	assert_str_equal(buf_str(&b),
			 STR("{\"total\":3,\"hits\":[{},{\"exact\":true,\"next\":null},1],\"số\":\"15/QĐ-UBND\"}"));
	buf_done(&b);
}

static void assert_written(Str value, Str expected)
{
	Buf b = {0};
	JsonOut j;
	jout_begin(&j, &b);
	jout_str(&j, value);
	assert_str_equal(buf_str(&b), expected);
	buf_done(&b);
}

static void controls_quotes_and_backslashes_are_escaped(void **state)
{
	(void)state;
	assert_written(STR("a\"b\\c\n\r\t\x01\x1F\x7F"), STR("\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001f\\u007f\""));
	assert_written((Str){"a\0b", 3}, STR("\"a\\u0000b\""));
	assert_written((Str){NULL, 0}, STR("\"\""));
}

static void bytes_that_are_no_utf8_become_replacement_characters(void **state)
{
	(void)state;
	assert_written(STR("\xFF"
			   "a\xC3"),
		       STR("\"\xEF\xBF\xBD"
			   "a\xEF\xBF\xBD\""));
	assert_written(STR("\xED\xA0\x80"), STR("\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"")); /* a surrogate */
}

static void every_pair_of_bytes_gives_valid_utf8(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		for (unsigned second = 0; second < 256; second++) {
			char two[2] = {(char)first, (char)second};
			Buf b = {0};
			JsonOut j;
			jout_begin(&j, &b);
			jout_str(&j, (Str){two, 2});
			assert_true(utf8_is_valid(buf_str(&b)));
			for (size_t i = 0; i < b.len; i++)
				assert_true((uint8_t)b.data[i] >= 0x20);
			buf_done(&b);
		}
	}
}

static void numbers_that_json_cannot_say_become_null(void **state)
{
	(void)state;
	Buf b = {0};
	JsonOut j;
	jout_begin(&j, &b);
	jout_open(&j, '[');
	jout_double(&j, NAN, 2);
	jout_double(&j, INFINITY, 2);
	jout_double(&j, 95.936, 2);
	jout_u64(&j, UINT64_MAX);
	jout_null(&j);
	jout_hex(&j, "\x0F", 1);
	jout_base64(&j, "f", 1);
	jout_raw(&j, STR("{}"));
	jout_close(&j, ']');
	assert_str_equal(buf_str(&b), STR("[null,null,95.94,18446744073709551615,null,\"0f\",\"Zg==\",{}]"));
	buf_done(&b);
}

static void a_plain_run_ends_where_an_escape_is_needed(void **state)
{
	static const char stops[] = {'"', '\\', '\n', 0, 0x1F};
	char text[40];
	(void)state;
	for (size_t len = 0; len < sizeof text; len++) {
		memset(text, 'x', sizeof text);
		memcpy(text, "\x7F\xC3\xA2!#[]", len < 7 ? len : 7);
		assert_int_equal(json_plain_run((Str){text, len}), len);
		for (size_t i = 0; i < sizeof stops; i++) {
			text[len] = stops[i];
			assert_int_equal(json_plain_run((Str){text, sizeof text}), len);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_separated_and_nested_as_they_must_be),
		cmocka_unit_test(controls_quotes_and_backslashes_are_escaped),
		cmocka_unit_test(bytes_that_are_no_utf8_become_replacement_characters),
		cmocka_unit_test(every_pair_of_bytes_gives_valid_utf8),
		cmocka_unit_test(numbers_that_json_cannot_say_become_null),
		cmocka_unit_test(a_plain_run_ends_where_an_escape_is_needed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
