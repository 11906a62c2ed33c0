/* tests/unit/search_question.c - long questions: pairs find, single words order the best, and pages hold each hit once.
 */
#include "search_fixture.h"

#include "indexer/search/closeness.h"
#include "indexer/shards/current.h"
#include "indexer/search/question.h"

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
		snprintf(json, sizeof json, "{\"id\":\"r-%d\",\"text\":\"Điều %d. Cấp giấy phép xây dựng%s%s. %.*s\"}",
			 i, i, i % 3 ? " nhà ở riêng lẻ" : "", i == 77 ? " tại đô thị" : "", i,
			 "xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx "
			 "xxxxxxxxxx "
			 "xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx xxxxxxxxxx ");
		world_add(&world, json);
	}
	world_add(&world, "{\"id\":\"words\",\"text\":\"tục thủ cấp phép giấy dựng xây ở nhà lẻ riêng thị đô\"}");
	world_add(&world, "{\"id\":\"asks\",\"text\":\"Cái này là gì, cái kia là gì\"}");
	world_add(&world, "{\"id\":\"bond\",\"text\":\"Trái phiếu ngoại tệ do Kho bạc phát hành\"}");
	world_add(&world, "{\"id\":\"body\",\"text\":\"Điều khoản chung\\nhội đồng trọng tài họp khi có yêu cầu\"}");
	world_add(&world, "{\"id\":\"heading\",\"text\":\"hội đồng trọng tài\\nĐiều khoản chung họp khi có yêu cầu\"}");
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
				assert_true(
					str_to_u64(str_slice(answer.hits[i].id, 2, answer.hits[i].id.len), &number) &&
					number < RECORDS);
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

/* Which words only ask, as a row of + and -. */
static const char *asking(const char *typed, bool *sure)
{
	static char row[SEARCH_TERMS_MAX + 1];
	bool asks[SEARCH_TERMS_MAX];
	Word *words;
	size_t count;
	TokenIter *tokens = token_iter_new(&world.err);
	assert_non_null(tokens);
	assert_ok(&world, query_words(str_from(typed), tokens, &world.arena, &words, &count, &world.err));
	*sure = question_words(words, count, asks);
	for (size_t i = 0; i < count; i++)
		row[i] = asks[i] ? '+' : '-';
	row[count] = 0;
	token_iter_free(tokens);
	return row;
}

static void what_only_asks_is_known_as_typed(void **state)
{
	static const struct {
		const char *typed, *row;
		bool sure;
	} cases[] = {
		{"trái phiếu ngoại tệ là gì", "----++", true},
		{"trai phieu ngoai te la gi", "----++", true},
		{"mức phạt bao nhiêu", "--++", true},
		{"thủ tục như thế nào", "--+++", true},
		{"cơ quan nào cấp phép", "--+--", true},
		{"Ai được cấp phép", "+---", false},
		{"công ái ái hữu", "----", false}, /* not "ai" */
		{"mổ não ở đâu", "--++", true},    /* not "nào" */
		{"than kinh nao", "--+", false},
		{"bao nhiêu", "--", false}, /* nothing else is left */
		{"ban hành quy chế", "----", false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		bool sure;
		assert_string_equal(asking(cases[i].typed, &sure), cases[i].row);
		assert_int_equal(sure, cases[i].sure);
	}
}

/* No record has every word of it, and the one with "là gì" is not what is asked for. */
static void a_short_question_is_answered_by_what_it_asks_about(void **state)
{
	SearchAnswer answer;
	(void)state;
	world_ids(&world, (SearchRequest){.query = STR("trái phiếu ngoại tệ là gì")}, &answer);
	assert_true(answer.hit_count > 0);
	assert_string_equal(arena_copy(&world.arena, answer.hits[0].id).ptr, "bond");
	for (size_t i = 0; i < answer.hit_count; i++)
		assert_false(str_eq(answer.hits[i].id, STR("asks")));
}

static void a_heading_counts_more_than_the_text_below_it(void **state)
{
	SearchAnswer answer;
	(void)state;
	assert_string_equal(world_ids(&world, (SearchRequest){.query = STR("hội đồng trọng tài")}, &answer),
			    "heading body");
}

/* Of "cấp giấy phép xây dựng": every word is worth 1, every pair 10. */
static double closeness_of(const char *subject, const char *text)
{
	CloseTerm terms[SEARCH_TERMS_MAX] = {0};
	Word *words;
	size_t count;
	double value;
	TokenIter *tokens = token_iter_new(&world.err);
	assert_non_null(tokens);
	assert_ok(&world, query_words(STR("cấp giấy phép xây dựng"), tokens, &world.arena, &words, &count, &world.err));
	for (size_t i = 0; i < count; i++)
		terms[i] = (CloseTerm){words[i].fold, 1, i ? 10 : 0};
	assert_ok(&world, closeness(str_from(subject), str_from(text), terms, count, tokens, &value, &world.err));
	token_iter_free(tokens);
	return value;
}

static const char *far_apart(const char *first, const char *second)
{
	Buf text = {0};
	buf_add_zero_terminated(&text, first);
	for (int i = 0; i < 60; i++)
		buf_add_zero_terminated(&text, " và");
	buf_printf(&text, " %s", second);
	const char *copy = arena_copy(&world.arena, buf_str(&text)).ptr;
	buf_done(&text);
	return copy;
}

static void what_stands_close_together_is_worth_most(void **state)
{
	(void)state;
	assert_true(closeness_of("", "Việc cấp giấy phép xây dựng nhà ở") == 45);
	assert_true(closeness_of("", "CẤP GIẤY PHÉP, XÂY DỰNG") == 35); /* no pair across the comma */
	assert_true(closeness_of("", far_apart("cấp giấy phép", "xây dựng")) == 23);
	assert_true(closeness_of("", far_apart("xây dựng", "cấp giấy phép")) == 23);
	assert_true(closeness_of("Cấp giấy phép", far_apart("xin", "xây dựng")) ==
		    35); /* a subject stands close to all */
	assert_true(closeness_of("", "cấp cấp cấp giấy giấy, cấp giấy, cấp giấy") == 12); /* each once */
	assert_true(closeness_of("", "không có gì") == 0);
	assert_true(closeness_of("", "") == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_answer_comes_first_and_words_out_of_order_do_not),
		cmocka_unit_test(pages_hold_every_hit_once),
		cmocka_unit_test(what_only_asks_is_known_as_typed),
		cmocka_unit_test(a_short_question_is_answered_by_what_it_asks_about),
		cmocka_unit_test(a_heading_counts_more_than_the_text_below_it),
		cmocka_unit_test(what_stands_close_together_is_worth_most),
	};
	return cmocka_run_group_tests(tests, fill, drop);
}
