/* tests/unit/search_labels.c - labels, facets and fields have their texts in both languages, and answers carry them. */
#include "search_fixture.h"

static World world;

static bool is_there(const char *text)
{
	return text && text[0];
}

static void every_code_has_a_text_in_both_languages(void **state)
{
	(void)state;
	for (SearchLabel label = LABEL_NONE + 1; label < LABEL_COUNT; label++) {
		if (!is_there(search_label_code(label)))
			fail_msg("label %d has no code", (int)label);
		if (!is_there(search_label_text(label, LANGUAGE_VI)))
			fail_msg("%s has no Vietnamese text", search_label_code(label));
		if (!is_there(search_label_text(label, LANGUAGE_EN)))
			fail_msg("%s has no English text", search_label_code(label));
	}
	for (Facet f = 0; f < FACET_COUNT; f++)
		assert_true(is_there(facet_rows[f].name) && is_there(facet_rows[f].label_vi) &&
			    is_there(facet_rows[f].label_en));
}

static void codes_name_one_label_each(void **state)
{
	(void)state;
	for (SearchLabel a = LABEL_NONE; a < LABEL_COUNT; a++)
		for (SearchLabel b = a + 1; b < LABEL_COUNT; b++)
			if (strcmp(search_label_code(a), search_label_code(b)) == 0)
				fail_msg("%s is the code of two labels", search_label_code(a));
}

static void every_field_has_help_in_both_languages_and_an_example(void **state)
{
	SearchField field;
	size_t count = 0;
	(void)state;
	for (Language language = LANGUAGE_VI; language <= LANGUAGE_EN; language++)
		for (count = 0; search_field(count, language, &field); count++)
			if (!is_there(field.name) || !is_there(field.name_vi) || !is_there(field.help) ||
			    !strchr(is_there(field.example) ? field.example : "", ':'))
				fail_msg("field %zu (%s) lacks a text", count, field.name);
	assert_true(count > 10);
}

static Str as_json(const SearchAnswer *answer, Buf *out)
{
	JsonOut j;
	buf_clear(out);
	jout_begin(&j, out);
	search_write_json(answer, &j);
	return buf_str(out);
}

static void a_hit_says_why_in_the_language_asked_for(void **state)
{
	SearchAnswer answer;
	Buf text = {0};
	(void)state;
	world_ids(&world, (SearchRequest){.query = STR("giao dat")}, &answer);
	assert_true(str_find(as_json(&answer, &text),
			     STR("\"matched\":{\"code\":\"phrase\",\"label\":\"đúng cụm từ\"}")) >= 0);
	world_ids(&world, (SearchRequest){.query = STR("giao dat"), .language = LANGUAGE_EN}, &answer);
	assert_true(str_find(as_json(&answer, &text), STR("\"matched\":{\"code\":\"phrase\",\"label\":\"phrase\"}")) >=
		    0);
	buf_done(&text);
}

static void a_variant_says_why_by_text_and_code(void **state)
{
	NumberAnswer answer;
	Buf text = {0};
	JsonOut j;
	(void)state;
	assert_ok(&world, search_number(world.index, STR("15/2019/QĐ-BTC"), &world.arena, &answer, &world.err));
	assert_int_equal(answer.variant_count, 1);
	assert_int_equal(answer.variants[0].because, LABEL_OTHER_AGENCY);
	jout_begin(&j, &text);
	search_write_number_json(&answer, LANGUAGE_VI, &j);
	assert_true(str_find(buf_str(&text), STR("\"because\":\"cùng số và loại văn bản, khác cơ quan\","
						 "\"because_code\":\"other-agency\"")) >= 0);
	buf_done(&text);
}

static int fill(void **state)
{
	(void)state;
	world_open(&world);
	world_add(&world,
		  "{\"id\":\"a\",\"number\":\"15/2019/QĐ-UBND\",\"type\":\"Quyết định\",\"issued\":\"2019-03-12\","
		  "\"text\":\"Về việc giao đất.\"}");
	world_wait(&world);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_a_text_in_both_languages),
		cmocka_unit_test(codes_name_one_label_each),
		cmocka_unit_test(every_field_has_help_in_both_languages_and_an_example),
		cmocka_unit_test(a_hit_says_why_in_the_language_asked_for),
		cmocka_unit_test(a_variant_says_why_by_text_and_code),
	};
	return cmocka_run_group_tests(tests, fill, drop);
}
