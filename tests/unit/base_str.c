/* tests/unit/base_str.c - borrowed slices. */
#include "tests/unit/unit.h"

#include "base/str.h"

static void a_slice_is_cut_to_what_is_there(void **state)
{
	(void)state;
	assert_true(str_eq(str_slice(STR("abcdef"), 2, 4), STR("cd")));
	assert_true(str_eq(str_slice(STR("abcdef"), 4, 99), STR("ef")));
	assert_int_equal(str_slice(STR("abc"), 3, 1).len, 0);
	assert_int_equal(str_slice((Str){NULL, 0}, 0, 5).len, 0);
}

static void the_empty_string_needs_no_memory(void **state)
{
	(void)state;
	Str none = {NULL, 0};
	assert_true(str_eq(none, STR("")));
	assert_true(str_starts(STR("abc"), none));
	assert_true(str_ends(STR("abc"), none));
	assert_int_equal(str_find(none, STR("a")), -1);
	assert_int_equal(str_find_char(none, 'a'), -1);
	assert_int_equal(str_trim(none).len, 0);
	assert_int_equal(str_from(NULL).len, 0);
}

static void order_is_bytewise_and_the_shorter_comes_first(void **state)
{
	(void)state;
	assert_true(str_cmp(STR("ab"), STR("abc")) < 0);
	assert_true(str_cmp(STR("b"), STR("abc")) > 0);
	assert_int_equal(str_cmp(STR("abc"), STR("abc")), 0);
	assert_true(str_cmp(STR("z"), STR("\xC4\x91")) < 0); /* đ stands behind all of ASCII */
}

static void case_is_ignored_for_ascii_letters_only(void **state)
{
	(void)state;
	assert_true(str_eq_nocase(STR("Qd-Ubnd"), STR("qD-uBND")));
	assert_false(str_eq_nocase(STR("Đ"), STR("đ")));
	assert_false(str_eq_nocase(STR("a"), STR("ab")));
	assert_false(str_eq_nocase(STR("@"), STR("`")));
}

static void trimming_takes_white_space_from_both_ends_only(void **state)
{
	(void)state;
	assert_true(str_eq(str_trim(STR("\t\n  a b \r\v\f")), STR("a b")));
	assert_int_equal(str_trim(STR(" \n ")).len, 0);
}

static void finding_gives_the_first_offset(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("15/QĐ-UBND"), STR("QĐ")), 3);
	assert_int_equal(str_find(STR("aaa"), STR("aaaa")), -1);
	assert_int_equal(str_find(STR("aaa"), STR("")), 0);
	assert_int_equal(str_find_char(STR("a/b/c"), '/'), 1);
}

static void a_number_is_digits_without_overflow(void **state)
{
	(void)state;
	uint64_t value = 7;
	assert_true(str_to_u64(STR("18446744073709551615"), &value));
	assert_true(value == UINT64_MAX);
	static const char *const wrong[] = {"18446744073709551616", "", "-1", "+1", " 1", "1 ", "0x10", "1.0"};
	value = 7;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_false(str_to_u64(str_from(wrong[i]), &value));
		assert_int_equal(value, 7);
	}
}

static void splitting_gives_every_part_even_the_empty_ones(void **state)
{
	(void)state;
	static const char *const expected[] = {"a", "", "b", ""};
	Str rest = STR("a,,b,"), part;
	for (size_t i = 0; i < 4; i++) {
		assert_true(str_split(&rest, ',', &part));
		assert_true(str_eq(part, str_from(expected[i])));
	}
	assert_false(str_split(&rest, ',', &part));
}

static void equal_bytes_have_equal_hashes_and_others_hardly_ever(void **state)
{
	(void)state;
	char one[32] = {0}, other[32] = {0};
	for (size_t len = 0; len < sizeof one; len++) {
		assert_true(str_hash((Str){one, len}) == str_hash((Str){other, len}));
		assert_true(str_hash((Str){one, len}) != str_hash((Str){one, len + 1}));
	}
	other[17] = 1;
	assert_true(str_hash((Str){one, 32}) != str_hash((Str){other, 32}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slice_is_cut_to_what_is_there),
		cmocka_unit_test(the_empty_string_needs_no_memory),
		cmocka_unit_test(order_is_bytewise_and_the_shorter_comes_first),
		cmocka_unit_test(case_is_ignored_for_ascii_letters_only),
		cmocka_unit_test(trimming_takes_white_space_from_both_ends_only),
		cmocka_unit_test(finding_gives_the_first_offset),
		cmocka_unit_test(a_number_is_digits_without_overflow),
		cmocka_unit_test(splitting_gives_every_part_even_the_empty_ones),
		cmocka_unit_test(equal_bytes_have_equal_hashes_and_others_hardly_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
