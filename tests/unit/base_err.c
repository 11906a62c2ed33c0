/* tests/unit/base_err.c - errors: a code to act on and a sentence for people. */
#include "tests/unit/unit.h"

#include "base/err.h"
#include "base/utf8.h"

#include <errno.h>

static void the_code_is_kept_and_returned(void **state)
{
	(void)state;
	Err err;
	assert_int_equal(err_set(&err, ST_CORRUPT, "segment %08x: bad checksum", 3), ST_CORRUPT);
	assert_int_equal(err.code, ST_CORRUPT);
	assert_string_equal(err.text, "segment 00000003: bad checksum");
}

static void a_long_sentence_is_cut_at_a_character(void **state)
{
	(void)state;
	for (int shift = 0; shift < 4; shift++) {
		Err err;
		err_set(&err, ST_INVALID, "%.*s%s", shift, "xxx",
			"ộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộộ");
		assert_true(utf8_is_valid(str_from(err.text)));
		assert_true(strlen(err.text) > sizeof err.text - 8);
	}
}

static void errno_becomes_the_code_to_act_on(void **state)
{
	(void)state;
	Err err;
	assert_int_equal(err_errno(&err, ENOSPC, "write"), ST_NO_SPACE);
	assert_int_equal(err_errno(&err, ENOENT, "open %s", "a.txt"), ST_NOT_FOUND);
	assert_string_equal(err.text, "open a.txt: No such file or directory");
	assert_int_equal(err_errno(&err, ENOMEM, "x"), ST_NO_MEMORY);
	assert_int_equal(err_errno(&err, EIO, "x"), ST_IO);
}

static void every_status_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < ST_COUNT; i++) {
		assert_non_null(status_name((Status)i));
		for (int k = 0; k < i; k++)
			assert_string_not_equal(status_name((Status)i), status_name((Status)k));
	}
	assert_string_equal(status_name(ST_COUNT), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_code_is_kept_and_returned),
		cmocka_unit_test(a_long_sentence_is_cut_at_a_character),
		cmocka_unit_test(errno_becomes_the_code_to_act_on),
		cmocka_unit_test(every_status_has_a_name_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
