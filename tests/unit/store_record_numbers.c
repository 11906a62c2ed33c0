/* tests/unit/store_record_numbers.c - numbers of a record are kept as they were sent, into the archive and out. */
#include "unit.h"

#include "store/record/record.h"

static void assert_kept(const char *json, const char *canonical)
{
	Arena arena = {0};
	Record record;
	Err err;
	Buf out = {0}, again = {0};
	if (record_parse(str_from(json), &arena, &record, &err) != ST_OK)
		fail_msg("%s: %s", json, err.text);
	record_write(&record, &out);
	assert_str_equal(buf_str(&out), str_from(canonical));
	assert_int_equal(record_parse_stored(buf_str(&out), &arena, &record, &err), ST_OK);
	record_write(&record, &again);
	assert_str_equal(buf_str(&again), str_from(canonical));
	buf_done(&out);
	buf_done(&again);
	arena_done(&arena);
}

static void fractions_stay_as_they_were_sent(void **state)
{
	(void)state;
	assert_kept("{\"extra\":{\"he_so_luong\":2.34,\"dien_tich\":1234.10,\"ty_le\":0.1}}",
		    "{\"extra\":{\"dien_tich\":1234.10,\"he_so_luong\":2.34,\"ty_le\":0.1}}");
	assert_kept("{\"he_so\":2.50,\"a\":[1.0,{\"b\":-0.0}]}",
		    "{\"extra\":{\"a\":[1.0,{\"b\":-0.0}],\"he_so\":2.50}}");
	assert_kept("{\"so\":1E5,\"nho\":1e-400}", "{\"extra\":{\"nho\":1e-400,\"so\":1E5}}");
}

static void whole_numbers_of_any_length_stay_exact(void **state)
{
	(void)state;
	assert_kept("{\"extra\":{\"ma_vach\":12345678901234567890}}", "{\"extra\":{\"ma_vach\":12345678901234567890}}");
	assert_kept("{\"ma\":9223372036854775808,\"n\":-9223372036854775809}",
		    "{\"extra\":{\"ma\":9223372036854775808,\"n\":-9223372036854775809}}");
	assert_kept("{\"n\":123456789012345678}", "{\"extra\":{\"n\":123456789012345678}}");
}

static void a_number_in_a_field_of_text_is_the_text_that_was_sent(void **state)
{
	(void)state;
	assert_kept("{\"number\":12.50,\"type\":7}", "{\"number\":\"12.50\",\"type\":\"7\"}");
	assert_kept("{\"keywords\":[2.50,\"a\"],\"b\":1.5}", "{\"keywords\":[\"2.50\",\"a\"],\"extra\":{\"b\":1.5}}");
}

static void a_number_where_none_is_allowed_is_refused_as_before(void **state)
{
	(void)state;
	static const char *const broken[] = {
		"{\"text\":2.5}", "{\"files\":[2.5]}", "{\"files\":{\"name\":1.5,\"base64\":\"\"}}",
		"{\"a\":2.5.1}",  "{\"a\":1.}",        "{\"a\":01.5}"};
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		Arena arena = {0};
		Record record;
		Err err;
		if (record_parse(str_from(broken[i]), &arena, &record, &err) != ST_INVALID)
			fail_msg("%s is taken", broken[i]);
		arena_done(&arena);
	}
}

/* U+0001 marks guarded numbers: a string that begins so stays one, beside numbers too. */
static void a_string_that_begins_with_the_mark_stays_a_string(void **state)
{
	(void)state;
	assert_kept("{\"a\":\"\\u00012\"}", "{\"extra\":{\"a\":\"\\u00012\"}}");
	assert_kept("{\"a\":\"\\u00012\",\"b\":2.5}", "{\"extra\":{\"a\":\"\\u00012\",\"b\":2.5}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fractions_stay_as_they_were_sent),
		cmocka_unit_test(whole_numbers_of_any_length_stay_exact),
		cmocka_unit_test(a_number_in_a_field_of_text_is_the_text_that_was_sent),
		cmocka_unit_test(a_number_where_none_is_allowed_is_refused_as_before),
		cmocka_unit_test(a_string_that_begins_with_the_mark_stays_a_string),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
