/* tests/unit/tokenizer_analyse_json.c - what `hoso analyse` shows, against the golden file: the text above the line of
 * '=', and below it what is made of it. */
#include "tests/unit/unit.h"

#include "base/file.h"
#include "tokenizer/analyse_json.h"

#include <stdio.h>
#include <stdlib.h>

static void read_golden(Buf *file, Str *text_out, Str *shown_out)
{
	Err err;
	char path[600];
	const char *source = getenv("HOSO_SOURCE");
	snprintf(path, sizeof path, "%s/tests/golden/tokenizer/analyse.txt", source ? source : "../..");
	if (file_read_all(path, 1 << 20, file, &err) != ST_OK)
		fail_msg("%s", err.text);
	ptrdiff_t line = str_find(buf_str(file), STR("====\n"));
	assert_true(line >= 0);
	*text_out = str_slice(buf_str(file), 0, (size_t)line);
	*shown_out = str_slice(buf_str(file), (size_t)line + 5, file->len);
}

static void people_see_encoding_header_numbers_and_tokens(void **state)
{
	(void)state;
	Buf file = {0}, out = {0};
	Str text, wanted;
	Err err;
	read_golden(&file, &text, &wanted);
	assert_int_equal(analyse_text(text, &out, &err), ST_OK);
	if (!str_eq(buf_str(&out), wanted))
		print_error("%.*s", STR_ARG(buf_str(&out)));
	assert_str_equal(buf_str(&out), wanted);
	buf_done(&file);
	buf_done(&out);
}

static void the_json_holds_offsets_into_the_bytes_given(void **state)
{
	(void)state;
	Buf out = {0};
	Err err;
	assert_int_equal(analyse_json(STR("số 15/QĐ-UBND"), &out, &err), ST_OK);
	assert_true(str_find(buf_str(&out), STR("\"encoding\":\"utf-8\"")) >= 0);
	assert_true(str_find(buf_str(&out),
			     STR("\"value\":\"15/QĐ-UBND\",\"key\":\"15/QD-UBND\",\"start\":5,\"end\":16")) >= 0);
	assert_true(str_find(buf_str(&out), STR("\"text\":\"UBND\",\"start\":12,\"end\":16,\"kind\":\"word\"")) >= 0);
	buf_done(&out);
}

static void bytes_of_another_encoding_are_shown_decoded(void **state)
{
	(void)state;
	Buf out = {0};
	Err err;
	Str tcvn3 = STR("C\xE9ng h\xDF"
			"a x\xB7 h\xE9i ch\xF1 ngh\xDC"
			"a Vi\xD6t Nam");
	assert_int_equal(analyse_json(tcvn3, &out, &err), ST_OK);
	assert_true(str_find(buf_str(&out), STR("\"encoding\":\"tcvn3\"")) >= 0);
	assert_true(str_find(buf_str(&out), STR("\"text\":\"Cộng hòa xã hội chủ nghĩa Việt Nam\"")) >= 0);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_see_encoding_header_numbers_and_tokens),
		cmocka_unit_test(the_json_holds_offsets_into_the_bytes_given),
		cmocka_unit_test(bytes_of_another_encoding_are_shown_decoded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
