/* tests/unit/store_doubt.c - which fields of a record a person has to look at. */
#include "unit.h"

#include <stdio.h>

#include "store/record/doubt.h"
#include "store/record/record.h"

static void assert_doubts(const char *json, const char *expected)
{
	Arena arena = {0};
	Err err = {0};
	Record record;
	Doubt doubts[DOUBT_MAX];
	size_t count = 99;
	char seen[400] = "";
	assert_int_equal(record_parse_stored(str_from(json), &arena, &record, &err), ST_OK);
	assert_int_equal(doubts_of(&record, &arena, doubts, &count, &err), ST_OK);
	for (size_t i = 0; i < count; i++)
		snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s %u %.*s;",
			 record_fields[doubts[i].field].name, doubts[i].percent, STR_ARG(doubts[i].value));
	assert_string_equal(seen, expected);
	arena_done(&arena);
}

static void what_is_read_with_little_certainty_is_in_doubt(void **state)
{
	(void)state;
	assert_doubts("{\"number\":\"1/A\",\"read\":{\"number\":{\"certainty\":0.7},\"type\":{\"certainty\":0.98}}}",
		      "number 70 ;");
	assert_doubts("{\"number\":\"1/A\",\"read\":{\"number\":{\"certainty\":0.75}}}", "");
	assert_doubts("{\"number\":\"1/A\"}", "");
	assert_doubts("{\"number\":\"1/A\",\"read\":{\"number\":{\"certainty\":-3}},\"extra\":{\"read\":{}}}", "");
	assert_doubts("{\"number\":\"1/A\",\"read\":{\"number\":\"0.1\",\"issued\":{\"certainty\":\"0.1\"}}}", "");
}

static void what_was_too_uncertain_to_be_the_records_own_is_in_doubt(void **state)
{
	const char *extracted =
		"\"extra\":{\"extracted\":{\"issued\":{\"certainty_percent\":60,\"value\":\"2021-03-12\"},"
		"\"number\":{\"certainty_percent\":50,\"value\":\"29-NQ/TW\"},"
		"\"subject\":{\"certainty_percent\":40,\"value\":\"x\"}}}";
	char json[500];
	(void)state;
	snprintf(json, sizeof json, "{%s}", extracted);
	assert_doubts(json, "number 50 29-NQ/TW;issued 60 2021-03-12;");
	snprintf(json, sizeof json, "{\"number\":\"153/TB-VPCP\",%s}", extracted);
	assert_doubts(json, "issued 60 2021-03-12;");
}

static void what_a_person_confirmed_is_in_doubt_no_more(void **state)
{
	(void)state;
	assert_doubts("{\"number\":\"1/A\",\"read\":{\"number\":{\"certainty\":0.7},\"type\":{\"certainty\":0.7}},"
		      "\"confirmed\":[\"number\"]}",
		      "type 70 ;");
	assert_doubts("{\"case\":\"A-1\",\"read\":{\"number\":{\"certainty\":0.7}}}", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_with_little_certainty_is_in_doubt),
		cmocka_unit_test(what_was_too_uncertain_to_be_the_records_own_is_in_doubt),
		cmocka_unit_test(what_a_person_confirmed_is_in_doubt_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
