/* tests/unit/base_arena.c - memory that is given back all at once. */
#include "tests/unit/unit.h"

#include "base/arena.h"

static void blocks_are_aligned_and_do_not_overlap(void **state)
{
	(void)state;
	Arena a;
	arena_init(&a);
	uint8_t *pieces[500];
	for (size_t i = 0; i < 500; i++) {
		pieces[i] = arena_alloc(&a, i * 7);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		memset(pieces[i], (int)i, i * 7);
	}
	for (size_t i = 0; i < 500; i++)
		for (size_t k = 0; k < i * 7; k++)
			assert_int_equal(pieces[i][k], (uint8_t)i);
	arena_done(&a);
}

static void reset_hands_out_the_first_block_again(void **state)
{
	(void)state;
	Arena a;
	arena_init(&a);
	void *first = arena_alloc(&a, 100);
	assert_non_null(arena_alloc(&a, 5 << 20));
	arena_reset(&a);
	assert_ptr_equal(arena_alloc(&a, 100), first);
	arena_done(&a);
	arena_reset(&a); /* nothing there: nothing happens */
	arena_done(&a);
}

static void impossible_sizes_give_null_and_harm_nothing(void **state)
{
	(void)state;
	Arena a;
	arena_init(&a);
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_calloc(&a, SIZE_MAX / 2, 3));
	assert_non_null(arena_alloc(&a, 1));
	arena_done(&a);
}

static void copies_end_in_a_zero_byte(void **state)
{
	(void)state;
	Arena a;
	arena_init(&a);
	Str copy = arena_copy(&a, str_slice(STR("quyết định"), 0, 7));
	assert_string_equal(copy.ptr, "quyết");
	assert_int_equal(copy.len, 7);
	Str nothing = arena_copy(&a, (Str){NULL, 0});
	assert_string_equal(nothing.ptr, "");
	assert_string_equal(arena_printf(&a, "%s %d", "năm", 2019), "năm 2019");
	int *zeroes = arena_calloc(&a, 100, sizeof *zeroes);
	for (int i = 0; i < 100; i++)
		assert_int_equal(zeroes[i], 0);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_aligned_and_do_not_overlap),
		cmocka_unit_test(reset_hands_out_the_first_block_again),
		cmocka_unit_test(impossible_sizes_give_null_and_harm_nothing),
		cmocka_unit_test(copies_end_in_a_zero_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
