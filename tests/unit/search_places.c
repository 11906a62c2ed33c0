/* tests/unit/search_places.c - where a text has what a query asks for, and which other numbers it names. */
#include "search_fixture.h"

static World world;

static int open_world(void **state)
{
	(void)state;
	world_open(&world);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

/* The marked places of an ASCII-free text can't be cut by its units, so they are shown as "start-end start-end". */
static const char *list(const SearchPlace *places, size_t count)
{
	char *out = "";
	for (size_t i = 0; i < count; i++)
		out = arena_printf(&world.arena, "%s%s%u-%u", out, i ? " " : "", places[i].start, places[i].end);
	return out;
}

static SearchPlaces places_of(const char *text, const char *query, const char *own_number)
{
	SearchPlaces places;
	assert_ok(&world, search_places(world.index, str_from(text), str_from(query), str_from(own_number),
					&world.arena, &places, &world.err));
	return places;
}

static const char *matches(const char *text, const char *query)
{
	SearchPlaces places = places_of(text, query, "");
	return list(places.matches, places.match_count);
}

static void words_side_by_side_are_one_place(void **state)
{
	(void)state;
	assert_string_equal(matches("Chính quyền xã, chính sách", "chính quyền"), "0-11 16-21");
	assert_string_equal(matches("quyền của chính quyền", "chính quyền"), "0-5 10-21");
	assert_string_equal(matches("chính quyền", ""), "");
}

static void marks_count_where_they_were_typed_and_the_text_has_them(void **state)
{
	(void)state;
	assert_string_equal(matches("chính và chinh và chỉnh", "chính"), "0-5");
	assert_string_equal(matches("chính và chinh và chỉnh", "chinh"), "0-5 9-14 18-23");
	assert_string_equal(matches("hoà giải, hòa giải", "hòa"), "0-3 10-13");
	/* such a text is found without regard to accents, so that is what is shown */
	assert_string_equal(matches("uy ban nhan dan", "ủy ban"), "0-6");
}

static void a_phrase_matches_as_a_whole(void **state)
{
	(void)state;
	assert_string_equal(matches("quyền chính, chính quyền", "\"chính quyền\""), "13-24");
	assert_string_equal(matches("chính. Quyền", "\"chính quyền\""), "");
}

static void excluded_words_and_filters_are_not_marked(void **state)
{
	(void)state;
	assert_string_equal(matches("đất đai và nhà ở năm 2019", "đất -nhà năm:2019"), "0-3");
	assert_string_equal(matches("đất đai và nhà ở", "nh*"), "11-14");
}

static void a_number_matches_as_a_whole_and_others_are_named(void **state)
{
	const char *text = "Quyết định 15/2019/QĐ-UBND theo Nghị định 30/2020/NĐ-CP và 36a/NQ-CP";
	(void)state;
	SearchPlaces places = places_of(text, "số:15/2019/QĐ-UBND", "");
	assert_string_equal(list(places.matches, places.match_count), "11-26");
	assert_string_equal(list(places.numbers, places.number_count), "42-55 59-68");
	places = places_of(text, "", "30/2020/nđ-cp");
	assert_int_equal(places.match_count, 0);
	assert_string_equal(list(places.numbers, places.number_count), "11-26 59-68");
}

static void offsets_count_as_browsers_count(void **state)
{
	(void)state;
	assert_string_equal(matches("\xF0\xA1\x96\x96 chính", "chính"), "3-8"); /* a surrogate pair, a blank */
	assert_string_equal(matches("chi\xCC\x81nh quye\xCC\x82\xCC\x80n", "quyền"), "7-14"); /* decomposed */
	assert_string_equal(matches("a\xFF chính", "chính"), "3-8");                          /* no UTF-8 */
}

static void more_places_than_are_shown_are_told(void **state)
{
	(void)state;
	size_t count = SEARCH_PLACES_MAX + 10;
	Buf text = {0};
	for (size_t i = 0; i < count; i++)
		buf_add_zero_terminated(&text, "nhà ở, ");
	buf_add_char(&text, 0);
	SearchPlaces places = places_of(text.data, "nhà", "");
	buf_done(&text);
	assert_false(places.are_all);
	assert_int_equal(places.match_count, SEARCH_PLACES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_side_by_side_are_one_place),
		cmocka_unit_test(marks_count_where_they_were_typed_and_the_text_has_them),
		cmocka_unit_test(a_phrase_matches_as_a_whole),
		cmocka_unit_test(excluded_words_and_filters_are_not_marked),
		cmocka_unit_test(a_number_matches_as_a_whole_and_others_are_named),
		cmocka_unit_test(offsets_count_as_browsers_count),
		cmocka_unit_test(more_places_than_are_shown_are_told),
	};
	return cmocka_run_group_tests(tests, open_world, close_world);
}
