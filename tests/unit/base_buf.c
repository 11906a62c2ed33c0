/* tests/unit/base_buf.c - growing bytes and the encodings of numbers. */
#include "tests/unit/unit.h"

#include "base/buf.h"

static void appended_bytes_come_back_in_order(void **state)
{
	(void)state;
	Buf b = {0};
	buf_add_zero_terminated(&b, "Số ");
	buf_printf(&b, "%d/%s", 15, "QĐ-UBND");
	buf_add_char(&b, '.');
	assert_true(buf_ok(&b));
	assert_str_equal(buf_str(&b), STR("Số 15/QĐ-UBND."));
	buf_done(&b);
	assert_null(b.data);
}

static void printing_more_than_fits_the_small_buffer_is_whole(void **state)
{
	(void)state;
	char lots[1000];
	memset(lots, 'x', sizeof lots - 1);
	lots[sizeof lots - 1] = 0;
	Buf b = {0};
	for (int i = 0; i < 3; i++)
		buf_printf(&b, "%s", lots);
	assert_int_equal(b.len, 3 * 999);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(b.data[i], 'x');
	buf_done(&b);
}

static void numbers_are_written_in_digits(void **state)
{
	(void)state;
	Buf b = {0};
	buf_add_u64(&b, 0);
	buf_add_char(&b, ' ');
	buf_add_u64(&b, 907);
	buf_add_char(&b, ' ');
	buf_add_u64(&b, UINT64_MAX);
	assert_str_equal(buf_str(&b), STR("0 907 18446744073709551615"));
	buf_done(&b);
}

static void a_failed_allocation_sticks_until_clear(void **state)
{
	(void)state;
	Buf b = {0};
	buf_add_str(&b, STR("kept"));
	assert_false(buf_reserve(&b, SIZE_MAX));
	assert_false(buf_ok(&b));
	buf_add_str(&b, STR("ignored"));
	assert_str_equal(buf_str(&b), STR("kept"));
	buf_clear(&b);
	assert_true(buf_ok(&b));
	buf_done(&b);
}

static void base64_follows_rfc_4648(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
		/* RFC 4648 §10 */
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		Buf encoded = {0}, decoded = {0};
		buf_add_base64(&encoded, pairs[i][0], strlen(pairs[i][0]));
		assert_str_equal(buf_str(&encoded), str_from(pairs[i][1]));
		assert_true(buf_add_base64_decoded(&decoded, str_from(pairs[i][1])));
		assert_str_equal(buf_str(&decoded), str_from(pairs[i][0]));
		buf_done(&encoded);
		buf_done(&decoded);
	}
}

static void base64_that_no_encoder_writes_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {"Zg=",  "Zg",   "Z===", "====",     "Zm9v\n",
					    "Zm 9", "Zh==", "Zm9=", "Zg==Zg==", "Zm9vY*=="};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		Buf b = {0};
		buf_add_str(&b, STR("before"));
		if (buf_add_base64_decoded(&b, str_from(wrong[i])))
			fail_msg("accepted: %s", wrong[i]);
		assert_str_equal(buf_str(&b), STR("before"));
		buf_done(&b);
	}
}

static void hex_is_lower_case_out_and_either_case_in(void **state)
{
	(void)state;
	uint8_t bytes[3] = {0};
	Buf b = {0};
	buf_add_hex(&b, "\x00\xAB\xFF", 3);
	assert_str_equal(buf_str(&b), STR("00abff"));
	assert_true(hex_decode(STR("00aBFf"), bytes, 3));
	assert_memory_equal(bytes, "\x00\xAB\xFF", 3);
	assert_false(hex_decode(STR("00abf"), bytes, 3));
	assert_false(hex_decode(STR("00abfg"), bytes, 3));
	assert_false(hex_decode(STR("00abff00"), bytes, 3));
	buf_done(&b);
}

static void varints_of_every_width_come_back(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		for (int delta = -1; delta <= 1; delta++) {
			uint64_t value = ((uint64_t)1 << bit) + (uint64_t)delta, read = 0;
			Buf b = {0};
			buf_add_varint(&b, value);
			const uint8_t *at = (const uint8_t *)b.data, *end = at + b.len;
			assert_true(varint_read(&at, end, &read));
			assert_true(read == value);
			assert_ptr_equal(at, end);
			at = (const uint8_t *)b.data;
			assert_false(varint_read(&at, end - 1, &read)); /* cut off */
			assert_ptr_equal(at, b.data);
			buf_done(&b);
		}
	}
}

static void a_varint_over_64_bits_is_refused(void **state)
{
	(void)state;
	static const uint8_t too_large[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02};
	static const uint8_t too_long[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00};
	uint64_t value = 7;
	const uint8_t *at = too_large;
	assert_false(varint_read(&at, too_large + sizeof too_large, &value));
	at = too_long;
	assert_false(varint_read(&at, too_long + sizeof too_long, &value));
	assert_true(value == 7);
}

static void fixed_numbers_have_the_byte_order_of_their_name(void **state)
{
	(void)state;
	uint8_t bytes[8];
	put_le64(bytes, 0x0102030405060708u);
	assert_memory_equal(bytes, "\x08\x07\x06\x05\x04\x03\x02\x01", 8);
	assert_true(get_le64(bytes) == 0x0102030405060708u);
	assert_true(get_le32(bytes) == 0x05060708u);
	assert_true(get_le16(bytes) == 0x0708u);
	put_be32(bytes, 0xF1020304u);
	assert_memory_equal(bytes, "\xF1\x02\x03\x04", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appended_bytes_come_back_in_order),
		cmocka_unit_test(printing_more_than_fits_the_small_buffer_is_whole),
		cmocka_unit_test(numbers_are_written_in_digits),
		cmocka_unit_test(a_failed_allocation_sticks_until_clear),
		cmocka_unit_test(base64_follows_rfc_4648),
		cmocka_unit_test(base64_that_no_encoder_writes_is_refused),
		cmocka_unit_test(hex_is_lower_case_out_and_either_case_in),
		cmocka_unit_test(varints_of_every_width_come_back),
		cmocka_unit_test(a_varint_over_64_bits_is_refused),
		cmocka_unit_test(fixed_numbers_have_the_byte_order_of_their_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
