/* tests/unit/server_conditions.c - ranges, entity tags, languages, file names in headers. */
#include "tests/unit/unit.h"

#include "server/http/conditions.h"

typedef struct {
	const char *header;
	uint64_t size;
	RangeKind kind;
	uint64_t first, last;
} RangeCase;

static void ranges_are_read_as_the_standard_says(void **state)
{
	static const RangeCase cases[] = {
		{"bytes=0-0", 10, RANGE_PART, 0, 0},
		{"bytes=0-99", 10, RANGE_PART, 0, 9},
		{"bytes=5-", 10, RANGE_PART, 5, 9},
		{"bytes=-3", 10, RANGE_PART, 7, 9},
		{"bytes=-30", 10, RANGE_PART, 0, 9},
		{"BYTES=1-2", 10, RANGE_PART, 1, 2},
		{"bytes=10-", 10, RANGE_UNSATISFIABLE, 0, 0},
		{"bytes=10-11", 10, RANGE_UNSATISFIABLE, 0, 0},
		{"bytes=-0", 10, RANGE_UNSATISFIABLE, 0, 0},
		{"bytes=0-", 0, RANGE_UNSATISFIABLE, 0, 0},
		{"bytes=-5", 0, RANGE_UNSATISFIABLE, 0, 0},
		{"bytes=0-1,4-5", 10, RANGE_WHOLE, 0, 0},
		{"bytes=5-4", 10, RANGE_WHOLE, 0, 0},
		{"bytes=-", 10, RANGE_WHOLE, 0, 0},
		{"bytes=", 10, RANGE_WHOLE, 0, 0},
		{"bytes=a-b", 10, RANGE_WHOLE, 0, 0},
		{"bytes=1-99999999999999999999999", 10, RANGE_WHOLE, 0, 0},
		{"items=0-1", 10, RANGE_WHOLE, 0, 0},
		{"", 10, RANGE_WHOLE, 0, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const RangeCase *c = &cases[i];
		uint64_t first = 0, last = 0;
		RangeKind kind = range_parse(str_from(c->header), c->size, &first, &last);
		if (kind != c->kind || (kind == RANGE_PART && (first != c->first || last != c->last)))
			fail_msg("\"%s\" of %d: kind %d, %d to %d", c->header, (int)c->size, kind, (int)first,
				 (int)last);
	}
}

static void a_weak_tag_is_good_for_caches_but_not_for_ranges(void **state)
{
	Str tag = STR("\"abc\"");
	(void)state;
	assert_true(etag_list_holds(STR("\"abc\""), tag, true));
	assert_true(etag_list_holds(STR("\"x\", W/\"abc\""), tag, false));
	assert_false(etag_list_holds(STR("W/\"abc\""), tag, true));
	assert_true(etag_list_holds(STR(" * "), tag, false));
	assert_false(etag_list_holds(STR("abc"), tag, false));
	assert_false(etag_list_holds((Str){NULL, 0}, tag, false));
}

static void vietnamese_is_spoken_unless_english_is_preferred(void **state)
{
	(void)state;
	assert_int_equal(language_preferred((Str){NULL, 0}), LANGUAGE_VI);
	assert_int_equal(language_preferred(STR("en")), LANGUAGE_EN);
	assert_int_equal(language_preferred(STR("en-US,en;q=0.9,vi;q=0.5")), LANGUAGE_EN);
	assert_int_equal(language_preferred(STR("vi,en-US;q=0.9,en;q=0.8")), LANGUAGE_VI);
	assert_int_equal(language_preferred(STR("en;q=0.4, vi;q=0.41")), LANGUAGE_VI);
	assert_int_equal(language_preferred(STR("fr, de")), LANGUAGE_VI);
	assert_int_equal(language_preferred(STR("en;q=0")), LANGUAGE_VI);
	assert_int_equal(language_preferred(STR("en;q=x,*")), LANGUAGE_VI);
}

static void a_vietnamese_file_name_is_given_twice(void **state)
{
	Buf out = {0};
	(void)state;
	disposition_write(false, STR("Quyết định 15.pdf"), &out);
	assert_str_equal(buf_str(&out), STR("attachment; filename=\"Quy_t __nh 15.pdf\"; "
					    "filename*=UTF-8''Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh%2015.pdf"));
	buf_clear(&out);
	disposition_write(true, STR("a.pdf"), &out);
	assert_str_equal(buf_str(&out), STR("inline; filename=\"a.pdf\""));
	buf_done(&out);
}

static void no_file_name_breaks_out_of_its_header(void **state)
{
	Buf out = {0};
	(void)state;
	disposition_write(false, STR("a\"\r\nSet-Cookie: x=1;\\../b"), &out);
	for (size_t i = 0; i < out.len; i++)
		assert_true((unsigned char)out.data[i] >= 0x20);
	assert_int_equal(str_find(buf_str(&out), STR("\"\r")), -1);
	assert_int_equal(str_find(buf_str(&out), STR("/b")), -1);
	buf_done(&out);
}

static void a_file_name_loses_marks_that_turn_it_around(void **state)
{
	Buf out = {0};
	(void)state;
	disposition_write(false, STR("x\u202egnp.exe\xC2\x85\xC2\x9b\u2066\u200f\x7f.txt"), &out);
	assert_str_equal(buf_str(&out), STR("attachment; filename=\"x_gnp.exe_____.txt\""));
	buf_done(&out);
}

static void header_names_are_tokens(void **state)
{
	(void)state;
	assert_true(is_token(STR("X-Request-Id")));
	assert_false(is_token(STR("")));
	assert_false(is_token(STR("Transfer-Encoding ")));
	assert_false(is_token(STR("a:b")));
	assert_false(is_token((Str){"a\0b", 3}));
	assert_false(is_token(STR("đ")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_read_as_the_standard_says),
		cmocka_unit_test(a_weak_tag_is_good_for_caches_but_not_for_ranges),
		cmocka_unit_test(vietnamese_is_spoken_unless_english_is_preferred),
		cmocka_unit_test(a_vietnamese_file_name_is_given_twice),
		cmocka_unit_test(no_file_name_breaks_out_of_its_header),
		cmocka_unit_test(a_file_name_loses_marks_that_turn_it_around),
		cmocka_unit_test(header_names_are_tokens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
