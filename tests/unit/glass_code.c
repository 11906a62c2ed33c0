/* tests/unit/glass_code.c - numbers and keys of glass tables. */
#include "tests/unit/unit.h"

#include "indexer/glass/code.h"

static const uint32_t edges[] = {
	1,
	2,
	300,
	0x7FFE,
	0x7FFF,
	0x8000,
	0x8001,
	77799,
	(1u << 22) - 1,
	1u << 22,
	(1u << 22) + 1,
	(1u << 29) - 1,
	1u << 29,
	(1u << 29) + 1,
	0x7FFFFFFF,
	0x80000000u,
	UINT32_MAX - 1,
	UINT32_MAX,
};
enum { EDGES = sizeof edges / sizeof *edges };

static void docids_sort_like_their_bytes(void **state)
{
	(void)state;
	uint8_t before[GLASS_DID_MAX], now[GLASS_DID_MAX];
	size_t before_len = 0;
	for (size_t i = 0; i < EDGES; i++) {
		size_t len = (size_t)(glass_put_did(now, edges[i]) - now);
		assert_int_equal(glass_get_did(now, now + len), edges[i]);
		assert_true(now[0] != 0xFF);
		assert_true(str_cmp((Str){(char *)before, before_len}, (Str){(char *)now, len}) < 0);
		memcpy(before, now, len);
		before_len = len;
	}
}

static void docids_have_the_bytes_of_xapian(void **state)
{
	(void)state;
	uint8_t bytes[GLASS_DID_MAX];
	assert_int_equal(glass_put_did(bytes, 32768) - bytes, 3);
	assert_memory_equal(bytes, "\x80\x80\x00", 3);
	glass_put_did(bytes, 77799);
	assert_memory_equal(bytes, "\x81\x2f\xe7", 3);
	glass_put_did(bytes, 4194303);
	assert_memory_equal(bytes, "\xbf\xff\xff", 3);
	assert_int_equal(glass_put_did(bytes, 4194304) - bytes, 4);
	assert_memory_equal(bytes, "\xc0\x40\x00\x00", 4);
}

static void odd_bytes_are_no_docid(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t len;
	} odd[] = {
		{"", 0},
		{"\1", 1},
		{"\0\0", 2},
		{"\x80\0", 2},
		{"\xc0\0\0", 3},
		{"\xff\xff\xff\xff\xff", 5},
		{"\xef\xff\xff\xff\xff", 5},
		{"\0\1\0\0\0\0", 6},
	};
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		const uint8_t *p = (const uint8_t *)odd[i].bytes;
		assert_int_equal(glass_get_did(p, p + odd[i].len), 0);
	}
}

static void varints_come_back_and_are_refused_when_cut_or_too_large(void **state)
{
	(void)state;
	uint8_t bytes[GLASS_VARINT_MAX];
	uint32_t value;
	for (size_t i = 0; i < EDGES; i++) {
		uint8_t *end = glass_put_varint(bytes, edges[i]);
		const uint8_t *at = bytes;
		assert_true(glass_get_varint32(&at, end, &value));
		assert_int_equal(value, edges[i]);
		assert_ptr_equal(at, end);
		at = bytes;
		assert_false(glass_get_varint32(&at, end - 1, &value));
	}
	const uint8_t *at = bytes, *end = glass_put_varint(bytes, UINT64_C(1) << 32);
	assert_false(glass_get_varint32(&at, end, &value));
}

static void zero_bytes_of_a_term_are_escaped(void **state)
{
	(void)state;
	uint8_t out[GLASS_TERM_MAX];
	char longest[GLASS_TERM_MAX + 1];
	memset(longest, 'x', sizeof longest);
	assert_int_equal(glass_escape_term(STR("a\0b"), out), 4);
	assert_memory_equal(out,
			    "a\0\xff"
			    "b",
			    4);
	assert_int_equal(glass_escape_term(STR(""), out), 0);
	assert_int_equal(glass_escape_term((Str){longest, GLASS_TERM_MAX}, out), GLASS_TERM_MAX);
	assert_int_equal(glass_escape_term((Str){longest, GLASS_TERM_MAX + 1}, out), 0);
	longest[7] = 0;
	assert_int_equal(glass_escape_term((Str){longest, GLASS_TERM_MAX}, out), 0);
	assert_int_equal(glass_escape_term((Str){longest, GLASS_TERM_MAX - 1}, out), GLASS_TERM_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(docids_sort_like_their_bytes),
		cmocka_unit_test(docids_have_the_bytes_of_xapian),
		cmocka_unit_test(odd_bytes_are_no_docid),
		cmocka_unit_test(varints_come_back_and_are_refused_when_cut_or_too_large),
		cmocka_unit_test(zero_bytes_of_a_term_are_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
