/* tests/unit/search_related.c - relations seen from the other side: by id, by number however written, by nothing else;
 * in shards of both writers. */
#include "search_fixture.h"

#include "indexer/search/related.h"

static World world;

static int fill(void **state)
{
	(void)state;
	world_open(&world);
	world_add(&world, "{\"id\":\"old\",\"number\":\"15/2019/QĐ-UBND\",\"issued\":\"2019-03-12\",\"text\":\"a\"}");
	world_add(&world, "{\"id\":\"by-id\",\"text\":\"b\",\"relations\":[{\"kind\":\"replaces\",\"id\":\"old\"}]}");
	world_add(&world, "{\"id\":\"by-number\",\"text\":\"c\",\"relations\":[{\"kind\":\"revokes\",\"number\":"
			  "\"15/2019/qđ-ubnd\",\"issued\":\"2019-03-12\"}]}");
	world_add(&world, "{\"id\":\"other-day\",\"text\":\"d\",\"relations\":[{\"kind\":\"revokes\",\"number\":"
			  "\"15/2019/QĐ-UBND\",\"issued\":\"2019-03-13\"}]}");
	world_add(&world, "{\"id\":\"says-it\",\"text\":\"old 15/2019/QĐ-UBND\",\"relations\":[{\"kind\":\"replaces\","
			  "\"id\":\"older\"}]}");
	world_wait(&world);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

static void check_both_sides(void)
{
	static const char expected[] =
		"{\"related_by\":[{\"kind\":\"replaced_by\",\"id\":\"by-id\",\"number\":\"\",\"issued\":\"\"},"
		"{\"kind\":\"revoked_by\",\"id\":\"by-number\",\"number\":\"\",\"issued\":\"\"}]}";
	Record old = {0}, alone = {0};
	Buf text = {0};
	JsonOut j;
	old.fields[RF_NUMBER].text = STR("15/2019/QĐ-UBND");
	old.fields[RF_ISSUED].text = STR("2019-03-12");
	jout_begin(&j, &text);
	jout_open(&j, '{');
	assert_ok(&world, search_write_related(world.index, STR("old"), &old, &world.arena, &j, &world.err));
	jout_close(&j, '}');
	assert_string_equal(arena_copy(&world.arena, buf_str(&text)).ptr, expected);
	buf_clear(&text);
	jout_begin(&j, &text);
	jout_open(&j, '{');
	assert_ok(&world, search_write_related(world.index, STR("by-id"), &alone, &world.arena, &j, &world.err));
	jout_close(&j, '}');
	assert_string_equal(arena_copy(&world.arena, buf_str(&text)).ptr, "{}");
	buf_done(&text);
}

static void a_replaced_record_says_by_what(void **state)
{
	(void)state;
	check_both_sides();
	assert_string_equal(world_find(&world, "liên_quan:older"), "says-it");
}

static void so_it_does_when_the_index_is_built_anew(void **state)
{
	(void)state;
	index_follower_stop(world.index);
	assert_ok(&world, index_rebuild(world.index, NULL, NULL, NULL, &world.err));
	check_both_sides();
	assert_string_equal(world_find(&world, "liên_quan:older"), "says-it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_replaced_record_says_by_what),
		cmocka_unit_test(so_it_does_when_the_index_is_built_anew),
	};
	return cmocka_run_group_tests(tests, fill, drop);
}
