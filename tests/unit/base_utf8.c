/* tests/unit/base_utf8.c - strict UTF-8. */
#include "tests/unit/unit.h"

#include "base/utf8.h"

static void every_scalar_value_comes_back(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 0x110000; c++) {
		char bytes[4];
		uint32_t decoded = 0;
		if (c >= 0xD800 && c < 0xE000)
			continue;
		size_t width = utf8_encode(c, bytes);
		assert_int_equal(width, c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
		assert_int_equal(utf8_decode(bytes, width, &decoded), width);
		assert_int_equal(decoded, c);
		assert_int_equal(utf8_valid_width(bytes, width - 1), 0); /* cut off */
	}
}

static void what_rfc_3629_forbids_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"\x80",
		"\xBF",
		"\xC0\x80",
		"\xC1\xBF",
		"\xE0\x80\x80",
		"\xE0\x9F\xBF",
		"\xED\xA0\x80",
		"\xED\xBF\xBF",
		"\xF0\x80\x80\x80",
		"\xF0\x8F\xBF\xBF",
		"\xF4\x90\x80\x80",
		"\xF5\x80\x80\x80",
		"\xFE",
		"\xFF",
		"\xC3(",
		"\xE1\xBB(",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(utf8_valid_width(wrong[i], strlen(wrong[i])), 0);
}

static void the_first_invalid_byte_is_named_wherever_it_stands(void **state)
{
	(void)state;
	char text[64];
	for (size_t at = 0; at < sizeof text; at++) {
		memset(text, 'a', sizeof text);
		text[at] = (char)0xFF;
		assert_int_equal(utf8_valid_prefix((Str){text, sizeof text}), at);
	}
	assert_int_equal(utf8_valid_prefix(STR("hồ sơ")), strlen("hồ sơ"));
	assert_true(utf8_is_valid((Str){NULL, 0}));
	assert_int_equal(utf8_valid_prefix(STR("12345678\xE1\xBB")), 8);
}

static size_t valid_byte_by_byte(Str s)
{
	size_t i = 0, width;
	while (i < s.len && (width = utf8_valid_width(s.ptr + i, s.len - i)))
		i += width;
	return i;
}

/* Texts that are looked at in several places at once: every length, cut and broken anywhere. */
static void long_texts_are_valid_as_far_as_their_characters_are(void **state)
{
	static const char *const characters[] = {"a", "ế", "đ", " ", "漢", "\xF0\x9F\x93\x84", "\xED\x9F\xBF", "b"};
	char text[1400];
	uint32_t random = 1;
	(void)state;
	for (unsigned round = 0; round < 3000; round++) {
		size_t len = 0, wanted = 250 + round % 1100;
		while (len < wanted) {
			random = random * 1664525 + 1013904223;
			const char *c = characters[random >> 29];
			memcpy(text + len, c, strlen(c));
			len += strlen(c);
		}
		if (round % 3 == 1)
			text[(random >> 8) % len] = (char)(random >> 3);
		Str s = {text, round % 3 == 2 ? wanted - random % 4 : len};
		assert_int_equal(utf8_valid_prefix(s), valid_byte_by_byte(s));
	}
}

static void a_cut_never_splits_a_character(void **state)
{
	(void)state;
	Str text = STR("Đường");
	for (size_t limit = 0; limit <= text.len + 2; limit++) {
		size_t cut = utf8_cut(text, limit);
		assert_true(cut <= limit && cut <= text.len);
		assert_true(utf8_is_valid(str_slice(text, 0, cut)));
		assert_true(limit - cut < 4 || limit > text.len);
	}
}

static void characters_are_counted_not_bytes(void **state)
{
	(void)state;
	assert_int_equal(utf8_count(STR("Quyết định")), 10);
	assert_int_equal(utf8_count(STR("")), 0);
	assert_int_equal(utf8_count(STR("\xF0\x9F\x93\x84")), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_scalar_value_comes_back),
		cmocka_unit_test(what_rfc_3629_forbids_is_refused),
		cmocka_unit_test(the_first_invalid_byte_is_named_wherever_it_stands),
		cmocka_unit_test(long_texts_are_valid_as_far_as_their_characters_are),
		cmocka_unit_test(a_cut_never_splits_a_character),
		cmocka_unit_test(characters_are_counted_not_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
