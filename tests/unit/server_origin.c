/* tests/unit/server_origin.c - hosts and origins that are ours, and those that only begin so. */
#include "server/http/origin.h"

#include "tests/unit/unit.h"

static void names_of_this_machine_are_ours(void **state)
{
	static const char *const hosts[] = {"localhost",      "LocalHost",         "localhost:8080", "127.0.0.1",
					    "127.0.0.1:1",    "127.8.9.1",         "[::1]",          "[::1]:65535",
					    "kho.example.vn", "KHO.example.vn:443"};
	(void)state;
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		if (!host_is_ours(str_from(hosts[i]), STR("other.example, kho.example.vn")))
			fail_msg("not ours: %s", hosts[i]);
}

static void names_that_only_begin_well_are_not(void **state)
{
	static const char *const hosts[] = {"",
					    "evil.example",
					    "127.evil.example",
					    "127.0.0.1.nip.io",
					    "localhost:80@evil",
					    "[::1]evil",
					    "[::1",
					    "127.0.0.1/e",
					    "127.0.0.1:80:80",
					    "localhost.",
					    "localhost:",
					    "localhost:x",
					    "localhost:0",
					    "localhost:65536",
					    "127.1",
					    "0x7f.0.0.1",
					    "2130706433",
					    "127.0.0.01",
					    "127.0.0.256",
					    "127.0.0.1 ",
					    "user@localhost",
					    "[::ffff:127.0.0.1]",
					    "kho.example.vn.evil",
					    "128.0.0.1"};
	(void)state;
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		if (host_is_ours(str_from(hosts[i]), STR("kho.example.vn")))
			fail_msg("ours: %s", hosts[i]);
}

static void a_write_comes_from_our_own_page(void **state)
{
	Str names = STR("kho.example.vn");
	(void)state;
	assert_true(origin_is_ours(STR("http://127.0.0.1:8080"), STR("127.0.0.1:8080"), names));
	assert_true(origin_is_ours(STR("https://kho.example.vn"), STR("kho.example.vn"), names));
	assert_true(origin_is_ours(STR("http://kho.example.vn:8443"), STR("kho.example.vn:8443"), names));
	assert_false(origin_is_ours(STR("https://127.0.0.1:8080"), STR("127.0.0.1:8080"), names));
	assert_false(origin_is_ours(STR("http://127.0.0.1:1"), STR("127.0.0.1:8080"), names));
	assert_false(origin_is_ours(STR("http://evil.example"), STR("127.0.0.1:8080"), names));
	assert_false(origin_is_ours(STR("null"), STR("127.0.0.1:8080"), names));
	assert_false(origin_is_ours(STR(""), STR("127.0.0.1:8080"), names));
	assert_false(origin_is_ours(STR("http://localhost"), STR("127.0.0.1"), names));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_this_machine_are_ours),
		cmocka_unit_test(names_that_only_begin_well_are_not),
		cmocka_unit_test(a_write_comes_from_our_own_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
