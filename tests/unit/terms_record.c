/* tests/unit/terms_record.c - a record's terms do not depend on the records before it. */
#include "unit.h"

#include "base/buf.h"
#include "indexer/terms/terms.h"

static void add_codes(void *ctx, const uint64_t *codes, size_t count, uint32_t wdf)
{
	char term[64];
	for (size_t i = 0; i < count; i++)
		buf_printf(ctx, "%.*s %u\n", (int)code_spell(NULL, codes[i], term), term, wdf);
}

static void add_term(void *ctx, Str term, uint32_t wdf)
{
	buf_printf(ctx, "%.*s %u\n", STR_ARG(term), wdf);
}
static void add_value(void *ctx, unsigned slot, Str value)
{
	buf_printf(ctx, "= %u %.*s\n", slot, STR_ARG(value));
}

static void terms_of(TermMaker *maker, const char *json, Buf *out)
{
	Err err = {0};
	Arena arena = {0};
	Record record;
	const TermSink sink = {out, add_codes, add_term, add_value};
	buf_clear(out);
	assert_int_equal(record_parse(str_from(json), &arena, &record, &err), ST_OK);
	assert_int_equal(terms_of_record(maker, STR("id"), &record, STR("Điều 1. Giao đất"), NULL, 0, &sink, &err),
			 ST_OK);
	arena_done(&arena);
}

static void a_field_said_again_has_the_terms_it_had(void **state)
{
	static const char *const records[] = {
		"{\"number\":\"15/2019/QĐ-UBND\",\"agency\":\"UBND tỉnh Hà Giang\",\"type\":\"Quyết "
		"định\",\"subject\":\"V/v giao đất số 7\"}",
		"{\"number\":\"15/2019/QĐ-UBND\",\"agency\":\"UBND tỉnh Hà Giang\",\"type\":\"Công "
		"văn\",\"keywords\":[\"đất\",\"rừng\"]}",
		"{\"number\":\"16/2019/QĐ-UBND\",\"agency\":\"UBND tỉnh Hà Giang XYZ1\",\"type\":\"Công văn\"}",
		"{\"agency\":\"UBND tỉnh Hà Giang\"}",
		"{\"number\":\"16/2019/QĐ-UBND\",\"agency\":\"UBND tỉnh Hà Giang XYZ1\",\"subject\":\"\"}",
		"{\"number\":\"không số\",\"signer\":\"Nguyễn Văn A\"}",
		"{\"number\":\"không số\",\"signer\":\"Nguyễn Văn A\",\"subject\":\"Nguyễn Văn A\"}",
	};
	Err err = {0};
	Buf fresh = {0}, used = {0};
	TermMaker *maker = term_maker_new(&err);
	(void)state;
	assert_non_null(maker);
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
			TermMaker *other = term_maker_new(&err);
			assert_non_null(other);
			terms_of(maker, records[i], &used);
			terms_of(other, records[i], &fresh);
			assert_true(used.len > 100);
			assert_str_equal(buf_str(&used), buf_str(&fresh));
			term_maker_free(other);
		}
	term_maker_free(maker);
	buf_done(&fresh);
	buf_done(&used);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_said_again_has_the_terms_it_had),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
