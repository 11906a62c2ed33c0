/* tests/unit/store_zip.c - the records of a ZIP have the sizes that are said, and large numbers their extra fields. */
#include "tests/unit/unit.h"

#include "store/package/zip.h"

static void sums_are_those_of_the_standard(void **state)
{
	(void)state;
	assert_int_equal(zip_crc(0, "123456789", 9), 0xCBF43926);
	assert_int_equal(zip_crc(0, "", 0), 0);
	for (size_t cut = 0; cut <= 43; cut++) {
		static const char text[] = "The quick brown fox jumps over the lazy dog";
		assert_int_equal(zip_crc(zip_crc(0, text, cut), text + cut, 43 - cut), 0x414FA339);
	}
}

static void records_are_as_long_as_is_said(void **state)
{
	static const uint64_t numbers[] = {0, 1, UINT32_MAX - 1ull, UINT32_MAX, UINT32_MAX + 1ull, UINT64_C(1) << 40};
	enum { COUNT = sizeof numbers / sizeof *numbers };
	(void)state;
	for (size_t i = 0; i < COUNT * COUNT; i++) {
		ZipEntry e = {STR("bag"), i % 2 ? STR("a") : STR("Đ"), numbers[i / COUNT], numbers[i % COUNT], 0, 7};
		Buf out = {0};
		zip_add_local(&e, &out);
		assert_int_equal(out.len, zip_local_bytes(&e));
		buf_clear(&out);
		zip_add_descriptor(&e, &out);
		assert_int_equal(out.len, zip_descriptor_bytes(&e));
		buf_clear(&out);
		zip_add_central(&e, &out);
		assert_int_equal(out.len, zip_central_bytes(&e));
		assert_int_equal(get_le32(out.data + 42), e.offset_bytes < UINT32_MAX ? e.offset_bytes : UINT32_MAX);
		buf_clear(&out);
		zip_add_end(numbers[i / COUNT], numbers[i % COUNT], 9, &out);
		assert_int_equal(out.len, zip_end_bytes(numbers[i / COUNT], numbers[i % COUNT], 9));
		buf_done(&out);
	}
}

static void what_does_not_fit_stands_in_an_extra_field(void **state)
{
	ZipEntry e = {STR("bag"), STR("a"), UINT64_C(5) << 30, UINT64_C(6) << 30, 0, 7};
	Buf out = {0};
	(void)state;
	zip_add_central(&e, &out);
	const char *extra = out.data + out.len - 28;
	assert_int_equal(get_le16(extra), 1);
	assert_int_equal(get_le16(extra + 2), 24);
	assert_true(get_le64(extra + 4) == e.size_bytes && get_le64(extra + 12) == e.size_bytes);
	assert_true(get_le64(extra + 20) == e.offset_bytes);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_those_of_the_standard),
		cmocka_unit_test(records_are_as_long_as_is_said),
		cmocka_unit_test(what_does_not_fit_stands_in_an_extra_field),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
