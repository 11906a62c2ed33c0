/* tests/unit/search_deadline.c - a search ends in time and with a bounded look at texts, and says what it left out. */
#include "search_fixture.h"

#include "indexer/shards/current.h"

enum { LONG_TEXTS = 40, LONG_BYTES = 900000 }; /* together more than one request looks at */

static void after_the_deadline_nothing_is_looked_at(void **state)
{
	World w;
	Stop stop = {0};
	Deadline until = {.stop = &stop};
	SearchRequest request = {.query = STR("giao đất"), .until = &until};
	SearchAnswer answer;
	(void)state;
	world_open(&w);
	world_add(&w, "{\"id\":\"a\",\"text\":\"giao đất\"}");
	world_wait(&w);
	assert_string_equal(world_ids(&w, request, &answer), "a");
	assert_false(answer.partial);
	stop_raise(&stop);
	assert_int_equal(search_run(w.index, &request, &w.arena, &answer, &w.err), ST_BUSY);
	world_close(&w);
}

static void a_walk_that_ends_early_has_what_it_found_and_says_so(void **state)
{
	World w;
	Matcher *matcher;
	char json[200];
	QueryFound found;
	Stop stop = {0};
	Deadline until = {.stop = &stop};
	QueryAsk ask = {.tiers = {&(Query){.op = QUERY_TERM, .term = STR("XR")}},
			.tier_count = 1,
			.limit = 10,
			.count_to = 2000,
			.sort_slot = -1,
			.until = &until};
	(void)state;
	world_open(&w);
	index_follower_stop(w.index);
	for (int i = 0; i < 600; i++) {
		snprintf(json, sizeof json, "{\"id\":\"r-%d\",\"text\":\"giao đất số %d\"}", i, i);
		world_add(&w, json);
	}
	assert_ok(&w, index_follower_start(w.index, &w.err));
	world_wait(&w);
	world_add(&w, "{\"id\":\"live\",\"text\":\"giao đất\"}"); /* a shard of its own */
	world_wait(&w);
	Snapshot *s = index_take_snapshot(w.index);
	assert_ok(&w, snapshot_take_matcher(s, &matcher, &(size_t){0}, &w.err));
	assert_ok(&w, matcher_search(matcher, &ask, &w.arena, &found, &w.err));
	assert_true(found.total_is_exact && !found.gave_up && found.total == 601);
	stop_raise(&stop);
	assert_ok(&w, matcher_search(matcher, &ask, &w.arena, &found, &w.err));
	assert_true(found.gave_up && !found.total_is_exact);
	assert_int_equal(found.count, 10);
	snapshot_give_matcher(s, matcher, true);
	snapshot_drop(s);
	world_close(&w);
}

/* Every text has the pairs of which the phrase is made, the phrase itself stands at the end of the oldest only. */
static void add_long_text(World *w, int i)
{
	static const char line[] = "đất giao cho hộ và giao quyền cho xã ";
	Buf json = {0};
	buf_printf(&json, "{\"id\":\"t-%d\",\"text\":\"", i);
	while (json.len < LONG_BYTES)
		buf_add_zero_terminated(&json, line);
	buf_printf(&json, "%s\"}", i == LONG_TEXTS - 1 ? "đất giao quyền" : "");
	buf_add_char(&json, 0);
	assert_true(buf_ok(&json));
	world_add(w, json.data);
	buf_done(&json);
}

static void long_texts_are_looked_at_page_by_page(void **state)
{
	World w;
	SearchAnswer answer;
	SearchRequest request = {.query = STR("\"đất giao quyền\""), .mode = SEARCH_ALL};
	size_t partial = 0, pages = 0, hits = 0;
	(void)state;
	world_open(&w);
	for (int i = 0; i < LONG_TEXTS; i++)
		add_long_text(&w, i);
	world_wait(&w);
	do {
		world_ids(&w, request, &answer);
		request.cursor = answer.next;
		assert_false(answer.partial && answer.total_is_exact);
		partial += answer.partial;
		hits += answer.hit_count;
		pages++;
	} while (answer.next.len && pages < 10);
	assert_int_equal(hits, 1);
	assert_int_equal(partial, 1);
	assert_int_equal(pages, 2);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_the_deadline_nothing_is_looked_at),
		cmocka_unit_test(a_walk_that_ends_early_has_what_it_found_and_says_so),
		cmocka_unit_test(long_texts_are_looked_at_page_by_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
