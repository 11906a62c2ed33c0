/* tests/unit/search_spoken.c - numbers as people say them: the record comes first and says why, a near one is marked.
 */
#include "search_fixture.h"

#include "indexer/search/spoken.h"

static World world;

static int fill(void **state)
{
	(void)state;
	world_open(&world);
	world_add(&world,
		  "{\"id\":\"nq16\",\"number\":\"16/NQ-HĐND\",\"type\":\"Nghị quyết\",\"issued\":\"2021-07-09\","
		  "\"agency\":\"HĐND tỉnh Lam Giang\",\"subject\":\"Về dự toán ngân sách\",\"text\":\"x\"}");
	world_add(&world,
		  "{\"id\":\"qd11\",\"number\":\"11/QĐ-UBND\",\"type\":\"Quyết định\",\"issued\":\"2026-01-12\","
		  "\"agency\":\"UBND tỉnh Lam Giang\",\"subject\":\"Về việc giao biên chế\",\"text\":\"y\"}");
	world_add(&world,
		  "{\"id\":\"qd15\",\"number\":\"15/2019/QĐ-UBND\",\"type\":\"Quyết định\",\"issued\":\"2019-03-12\","
		  "\"agency\":\"UBND tỉnh Nam Định\",\"subject\":\"Quy chế làm việc\",\"text\":\"z\"}");
	world_add(&world, "{\"id\":\"luat45\",\"number\":\"45/2019/QH14\",\"type\":\"Luật\",\"issued\":\"2019-11-20\","
			  "\"agency\":\"Quốc hội\",\"subject\":\"Bộ luật Lao động\",\"text\":\"t\"}");
	world_add(&world,
		  "{\"id\":\"cites\",\"type\":\"Báo cáo\",\"text\":\"Thực hiện Nghị quyết số 16/NQ-HĐND, quyết định 11 "
		  "năm 2026 của UBND, nghị quyết số 16 nghị quyết số 16; Quyết định 15/2019/QĐ-UBND\"}");
	world_add(&world, "{\"id\":\"plan\",\"type\":\"Kế hoạch\",\"number\":\"5/KH-UBND\",\"issued\":\"2021-01-01\","
			  "\"subject\":\"Kiểm tra\",\"text\":\"năm nay\"}");
	world_add(&world, "{\"id\":\"five\",\"subject\":\"Kế hoạch 5 năm phát triển kinh tế\",\"text\":\"u\"}");
	world_wait(&world);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

static void a_number_comes_first_however_it_is_said(void **state)
{
	static const char *const asked[][2] = {
		{"nghị quyết số 16", "nq16"},
		{"nghi quyet so 16", "nq16"},
		{"NQ 16 HĐND", "nq16"},
		{"nq 16", "nq16"},
		{"16 NQ HĐND 2021", "nq16"},
		{"HĐND tỉnh nghị quyết số 16 năm 2021", "nq16"},
		{"Nghị quyết 16 của hội đồng nhân dân tỉnh Lam Giang", "nq16"},
		{"Nghị quyết số: 16/NQ-HĐND ngày 09/7/2021", "nq16"},
		{"Số: 16/NQ-HĐND", "nq16"},
		{"QĐ 11 năm 2026", "qd11"},
		{"quyết định 11/2026 ubnd tỉnh", "qd11"},
		{"2026 quyết định số 11", "qd11"},
		{"Quyết định số 11 ngày 12 tháng 1 năm 2026", "qd11"},
		{"Số: 15/2019/QĐ-UBND", "qd15"},
		{"số : 15 / 2019 / qđ - ubnd", "qd15"},
		{"Số:15/2019/QĐ-UBND ngày 12/3/2019", "qd15"},
		{"15/2019/qd-ubnd", "qd15"},
		{"qđ 15 2019", "qd15"},
		{"luật 45 năm 2019", "luat45"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		SearchAnswer answer;
		const char *found = world_ids(&world, (SearchRequest){.query = str_from(asked[i][0])}, &answer);
		size_t len = strlen(asked[i][1]);
		if (strncmp(found, asked[i][1], len) != 0 || answer.hits[0].matched != LABEL_NUMBER)
			fail_msg("%s finds '%s'", asked[i][0], found);
		assert_true(answer.hit_count < 2 || answer.hits[1].matched != LABEL_NUMBER);
		assert_true(answer.total >= answer.hit_count);
	}
}

static void a_near_number_says_what_differs(void **state)
{
	static const struct {
		const char *asked, *found;
		SearchLabel label;
	} cases[] = {
		{"15/QĐ-UBND", "qd15", LABEL_NO_YEAR},
		{"15/2019/QĐ-BTC", "qd15", LABEL_OTHER_AGENCY},
		{"NQ 16 CP", "nq16", LABEL_OTHER_AGENCY},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		SearchAnswer answer;
		const char *found = world_ids(&world, (SearchRequest){.query = str_from(cases[i].asked)}, &answer);
		if (!answer.hit_count || strncmp(found, cases[i].found, strlen(cases[i].found)) != 0 ||
		    answer.hits[0].matched != cases[i].label)
			fail_msg("%s finds '%s'", cases[i].asked, found);
	}
	assert_string_equal(world_find(&world, "15/2018/QĐ-UBND"), "");
	assert_string_equal(world_find(&world, "17/NQ-HĐND"), "");
}

static void what_is_no_number_is_not_taken_for_one(void **state)
{
	SearchAnswer answer;
	(void)state;
	assert_string_equal(world_ids(&world, (SearchRequest){.query = STR("kế hoạch 5 năm")}, &answer), "five plan");
	assert_int_equal(answer.hits[0].matched, LABEL_PHRASE);
	assert_int_equal(answer.hits[1].matched, LABEL_ALL_WORDS);
}

static void what_stands_in_front_is_counted_and_comes_once(void **state)
{
	SearchAnswer answer;
	SearchRequest request = {.query = STR("nghị quyết số 16"), .limit = 1};
	(void)state;
	assert_string_equal(world_ids(&world, request, &answer), "nq16");
	assert_int_equal(answer.total, 2);
	request.cursor = answer.next;
	assert_string_equal(world_ids(&world, request, &answer), "cites");
	assert_int_equal(answer.hits[0].matched, LABEL_PHRASE);
	assert_int_equal(answer.next.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_comes_first_however_it_is_said),
		cmocka_unit_test(a_near_number_says_what_differs),
		cmocka_unit_test(what_is_no_number_is_not_taken_for_one),
		cmocka_unit_test(what_stands_in_front_is_counted_and_comes_once),
	};
	return cmocka_run_group_tests(tests, fill, drop);
}
