/* tests/unit/unit.h - what every unit test starts with: cmocka and the headers it wants before itself.
 *
 * Owns     nothing
 * Errors   none: an assertion that fails fails the test
 * Threads  one
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

/* Both sides are shown when they differ. */
#define assert_str_equal(actual, expected)                                                                             \
	do {                                                                                                           \
		Str actual_ = (actual), expected_ = (expected);                                                        \
		if (!str_eq(actual_, expected_))                                                                       \
			fail_msg("\"%.*s\" is not \"%.*s\"", STR_ARG(actual_), STR_ARG(expected_));                    \
	} while (0)

#endif
