/* tests/unit/search_question.c - long questions: pairs find, single words order the best, and pages hold each hit once. */
#include "search_fixture.h"

#include "indexer/index_parts.h"

enum { RECORDS = 150 };
static const char question[] = "thủ tục cấp giấy phép xây dựng nhà ở riêng lẻ tại đô thị quy định thế nào";

static World world;

static int fill(void **state)
{
	char json[600];
	(void)state;
	world_open(&world);
	index_follower_stop(world.index);
	for (int i = 0; i < RECORDS; i++) {
		snprintf(json, sizeof json, "{\"id\":\"r-%d\",\"text\":\"Điều %d. Cấp giấy phép xây dựng%s%s. %.*s\"}", i, i, i % 3 ? " nhà ở riêng lẻ" : "",
		         i == 77 ? " tại đô thị" : "", i, "xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx "
		         "xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx ");
		world_add(&world, json);
	}
	world_add(&world, "{\"id\":\"words\",\"text\":\"tục thủ cấp phép giấy dựng xây ở nhà lẻ riêng thị đô\"}");
	assert_ok(&world, index_rebuild(world.index, NULL, NULL, NULL, &world.err));
	return 0;
}

static int drop(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

static void the_best_answer_comes_first_and_words_out_of_order_do_not(void **state)
{
	SearchAnswer answer;
	(void)state;
	world_ids(&world, (SearchRequest){.query = str_from(question), .limit = 100}, &answer);
	assert_true(answer.relaxed);
	assert_string_equal(arena_copy(&world.arena, answer.hits[0].id).ptr, "r-77");
	for (size_t i = 0; i < answer.hit_count; i++)
		assert_false(str_eq(answer.hits[i].id, STR("words")));
}

/* The best that get a second look, and what lies behind them. */
static void pages_hold_every_hit_once(void **state)
{
	unsigned limits[] = {7, 20, 45, 100};
	(void)state;
	for (size_t l = 0; l < sizeof limits / sizeof limits[0]; l++) {
		unsigned seen[RECORDS] = {0}, total = 0;
		SearchRequest request = {.query = str_from(question), .limit = limits[l]};
		SearchAnswer answer;
		do {
			world_ids(&world, request, &answer);
			for (size_t i = 0; i < answer.hit_count; i++) {
				uint64_t number;
				assert_true(str_to_u64(str_slice(answer.hits[i].id, 2, answer.hits[i].id.len), &number) && number < RECORDS);
				seen[number]++;
				total++;
			}
			request.cursor = answer.next;
		} while (answer.next.len);
		assert_int_equal(total, RECORDS);
		for (int i = 0; i < RECORDS; i++)
			assert_int_equal(seen[i], 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_answer_comes_first_and_words_out_of_order_do_not),
		cmocka_unit_test(pages_hold_every_hit_once),
	};
	return cmocka_run_group_tests(tests, fill, drop);
}
