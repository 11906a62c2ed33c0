/* tests/unit/base_deadline.c - a deadline passes with its time or with its flag, and {0} never does. */
#include "tests/unit/unit.h"

#include "base/deadline.h"

#include <unistd.h>

static void nothing_set_never_passes(void **state)
{
	(void)state;
	const Deadline never = {0};
	assert_false(deadline_passed(NULL));
	assert_false(deadline_passed(&never));
	assert_int_equal(deadline_left_ms(NULL, 700), 700);
	assert_int_equal(deadline_left_ms(&never, 700), 700);
}

static void the_time_passes_and_what_is_left_is_rounded_up(void **state)
{
	(void)state;
	Deadline soon = deadline_in(20, NULL), late = deadline_in(60000, NULL);
	assert_int_equal(deadline_left_ms(&late, 700), 700);
	unsigned left = deadline_left_ms(&soon, 700);
	assert_true(left <= 20);
	usleep(left * 1000);
	assert_true(deadline_passed(&soon));
	assert_int_equal(deadline_left_ms(&soon, 700), 0);
	assert_false(deadline_passed(&late));
}

static void the_flag_ends_it_earlier(void **state)
{
	(void)state;
	Stop stop = {0};
	Deadline until = deadline_in(60000, &stop), flag_only = {0, &stop};
	assert_false(deadline_passed(&until));
	stop_raise(&stop);
	assert_true(deadline_passed(&until));
	assert_true(deadline_passed(&flag_only));
	assert_int_equal(deadline_left_ms(&flag_only, 700), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_set_never_passes),
		cmocka_unit_test(the_time_passes_and_what_is_left_is_rounded_up),
		cmocka_unit_test(the_flag_ends_it_earlier),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
