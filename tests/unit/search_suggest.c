/* tests/unit/search_suggest.c - "did you mean": one slip of each kind is put right with the archive's own marks; what
 * the archive says, and what it does not know at all, stays as it was typed. (Many slips: tests/http/corrections.py.)
 */
#include "search_fixture.h"

#include "indexer/correct/slips.h"

static World world;

static int fill(void **state)
{
	char json[400];
	(void)state;
	world_open(&world);
	for (int i = 0; i < 6; i++) {
		snprintf(json, sizeof json,
			 "{\"id\":\"r-%d\",\"subject\":\"Quyết định thu hồi đất, bồi thường\",\"text\":\"Giấy chứng "
			 "nhận "
			 "quyền sử dụng đất số %d. Khai sinh cho trẻ em.\"}",
			 i, i);
		world_add(&world, json);
	}
	world_wait(&world);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

static const char *suggested(const char *query)
{
	SearchAnswer answer;
	world_ids(&world, (SearchRequest){.query = str_from(query)}, &answer);
	return arena_copy(&world.arena, answer.suggestion).ptr;
}

static void one_slip_is_put_right(void **state)
{
	static const struct {
		const char *typed, *meant;
	} cases[] = {
		{"khai sịnh", "khai sinh"},                           /* wrong tone */
		{"quyêt định thu hồi", "quyết định thu hồi"},         /* missing tone */
		{"quyết đỉnh thu hồi", "quyết định thu hồi"},         /* wrong tone */
		{"quyết địhn thu hồi", "quyết định thu hồi"},         /* swapped */
		{"quyết định thuu hồi", "quyết định thu hồi"},        /* doubled */
		{"quyết định th hồi đất", "quyết định thu hồi đất"},  /* missing letter */
		{"quyết định yhu hồi đất", "quyết định thu hồi đất"}, /* the key beside it */
		{"quyeets định thu hồi", "quyết định thu hồi"},       /* Telex */
		{"quye61t định thu hồi", "quyết định thu hồi"},       /* VNI */
		{"quyếtđịnh thu hồi đất", "quyết định thu hồi đất"},  /* run together */
		{"quyết đị nh thu hồi", "quyết định thu hồi"},        /* torn apart */
		{"thu hồi dất bồi thường", "thu hồi đất bồi thường"}, /* across a comma of the title */
		{"Quyết định thu hồi dất", "Quyết định thu hồi đất"}, /* capitals as typed */
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(suggested(cases[i].typed), cases[i].meant);
}

static void what_is_right_or_unknown_stays(void **state)
{
	static const char *const typed[] = {"quyết định thu hồi đất",  "quyet dinh thu hoi dat",
					    "thu hồi đất, bồi thường", "zanzibar",
					    "\"khai sịnh\" OR đất",    "trẻ em",
					    "15/2019/QĐ-UBND",         "2019"};
	(void)state;
	for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
		assert_string_equal(suggested(typed[i]), "");
}

static void slips_have_their_costs(void **state)
{
	Reading rows[SLIPS_MAX];
	size_t count;
	double key = -1, far = -1;
	(void)state;
	assert_ok(&world, slips_of_word(STR("nghj"), STR("nghj"), true, &world.arena, rows, &count, &world.err));
	for (size_t i = 0; i < count; i++) {
		assert_true(rows[i].cost > 0);
		key = str_eq(rows[i].words[0], STR("nghi")) ? rows[i].cost : key;
		far = str_eq(rows[i].words[0], STR("ngu")) ? rows[i].cost : far;
	}
	assert_true(key > 0 && far > key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_slip_is_put_right),
		cmocka_unit_test(what_is_right_or_unknown_stays),
		cmocka_unit_test(slips_have_their_costs),
	};
	return cmocka_run_group_tests(tests, fill, drop);
}
