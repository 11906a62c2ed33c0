/* tests/unit/search_words.c - what a search finds and in which order. */
#include "search_fixture.h"

#include "indexer/search/compile.h"
#include "indexer/shards/current.h"

static World world;

static int fill(void **state)
{
	(void)state;
	world_open(&world);
	world_add(
		&world,
		"{\"id\":\"exact\",\"text\":\"Chính quyền địa phương ban hành quyết định.\",\"issued\":\"2019-03-12\","
		"\"type\":\"Quyết định\",\"agency\":\"UBND tỉnh Nam Định\",\"subject\":\"Về việc giao "
		"đất\",\"number\":\"15/2019/QĐ-UBND\"}");
	world_add(
		&world,
		"{\"id\":\"upper\",\"text\":\"CHÍNH QUYỀN CÁC CẤP\",\"issued\":\"2020-01-02\",\"type\":\"Công văn\"}");
	/* decomposed: i + acute, e + circumflex + grave */
	world_add(&world,
		  "{\"id\":\"apart\",\"text\":\"chi\\u0301nh quye\\u0302\\u0300n xa\\u0303\",\"issued\":\"2018\"}");
	world_add(&world, "{\"id\":\"bare\",\"text\":\"chinh quyen khong dau\"}");
	world_add(&world, "{\"id\":\"other\",\"text\":\"chỉnh quyển sổ cho gọn\"}");
	world_add(&world,
		  "{\"id\":\"scattered\",\"text\":\"Người có quyền lợi chính đáng. Ban hành định kỳ quyết toán.\"}");
	world_add(&world, "{\"id\":\"hoa-old\",\"text\":\"hóa đơn bán hàng\"}");
	world_add(&world, "{\"id\":\"hoa-new\",\"text\":\"hoá đơn mua hàng\"}");
	world_add(&world, "{\"id\":\"han\",\"text\":\"字喃 chữ Nôm\",\"subject\":\"Sách cổ\"}");
	world_add(&world, "{\"id\":\"cites\",\"text\":\"Căn cứ Quyết định số 15/2019/QĐ-UBND ngày 12/3/2019\"}");
	world_wait(&world);
	return 0;
}

static int clear(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

static bool begins_with_all(const char *found, const char *const *ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *at = strstr(found, ids[i]);
		if (!at)
			return false;
		size_t before = 0;
		for (const char *c = found; c < at; c++)
			before += *c == ' ';
		if (before >= count)
			return false;
	}
	return true;
}

static void every_unicode_form_and_case_finds_the_same_records_first(void **state)
{
	static const char *const exact[] = {"exact", "upper", "apart"};
	(void)state;
	const char *found = world_find(&world, "chính quyền");
	assert_true(begins_with_all(found, exact, 3));
	assert_string_equal(world_find(&world, "CHÍNH QUYỀN"), found);
	assert_string_equal(world_find(&world, "chi\xCC\x81nh quye\xCC\x82\xCC\x80n"), found);
	assert_null(strstr(found, "other")); /* other marks are another word */
	/* the phrase without its accents, then the words apart */
	assert_string_equal(strstr(found, "bare"), "bare scattered");
}

static void other_marks_are_looked_at_when_nothing_has_those_that_were_typed(void **state)
{
	SearchAnswer answer;
	(void)state;
	assert_string_equal(world_ids(&world, (SearchRequest){.query = STR("quyến sổ")}, &answer), "other");
	assert_true(answer.relaxed);
	assert_string_equal(world_ids(&world, (SearchRequest){.query = STR("quyến sổ"), .mode = SEARCH_ALL}, &answer),
			    "");
}

/* As typed, in the usual accents, in any others; then the words apart. */
static void without_accents_the_phrase_is_found_in_all_of_them_and_the_usual_ones_come_first(void **state)
{
	static const char *const usual[] = {"bare", "exact", "upper", "apart"};
	(void)state;
	const char *found = world_find(&world, "chinh quyen");
	assert_true(begins_with_all(found, usual, 1) && begins_with_all(found, usual, 4));
	assert_string_equal(strstr(found, "other"), "other scattered");
}

static void words_that_only_stand_in_pairs_are_no_phrase(void **state)
{
	static const char *const queries[] = {"chính quyền địa phương", "chinh quyen dia phuong"};
	World w;
	(void)state;
	world_open(&w);
	world_add(&w, "{\"id\":\"pairs\",\"text\":\"chính quyền, quyền địa lý, địa phương\",\"subject\":\"chính quyền "
		      "quyền địa địa phương\"}");
	world_add(&w,
		  "{\"id\":\"row\",\"text\":\"Có chính quyền địa phương. Và nhiều lời khác, nhiều lời khác nữa.\"}");
	world_wait(&w);
	for (size_t q = 0; q < sizeof queries / sizeof *queries; q++) {
		SearchAnswer answer;
		assert_string_equal(world_ids(&w, (SearchRequest){.query = str_from(queries[q])}, &answer),
				    "row pairs");
		assert_int_equal(answer.hits[0].matched, LABEL_PHRASE);
		assert_int_equal(answer.hits[1].matched, LABEL_ALL_WORDS);
		assert_int_equal(answer.total, 2);
	}
	world_close(&w);
}

static void both_tone_placements_are_one_word(void **state)
{
	SearchAnswer answer;
	(void)state;
	world_ids(&world, (SearchRequest){.query = STR("hoá đơn")}, &answer);
	assert_int_equal(answer.total, 2);
	world_ids(&world, (SearchRequest){.query = STR("hóa đơn")}, &answer);
	assert_int_equal(answer.total, 2);
	assert_true(answer.total_is_exact);
}

static void a_phrase_wants_its_words_in_a_row(void **state)
{
	(void)state;
	assert_string_equal(world_find(&world, "\"chính quyền địa phương\""), "exact");
	assert_string_equal(world_find(&world, "\"địa chính quyền\""), "");
	assert_null(strstr(world_find(&world, "\"chính quyền\""), "scattered"));
	assert_null(strstr(world_find(&world, "\"chính quyền\""), "other"));
}

static void an_excluded_word_takes_its_records_out(void **state)
{
	(void)state;
	const char *found = world_find(&world, "chính quyền -địa");
	assert_null(strstr(found, "exact"));
	assert_non_null(strstr(found, "upper"));
	assert_null(strstr(world_find(&world, "đơn -\"bán hàng\""), "hoa-old"));
}

static void or_and_brackets_mean_what_they_say(void **state)
{
	SearchAnswer answer;
	(void)state;
	world_ids(&world, (SearchRequest){.query = STR("cấp OR mua")}, &answer);
	assert_int_equal(answer.total, 2);
	world_ids(&world, (SearchRequest){.query = STR("đơn (bán OR nôm)")}, &answer);
	assert_int_equal(answer.total, 1);
}

static void near_counts_words(void **state)
{
	(void)state;
	assert_string_equal(world_find(&world, "quyền NEAR/3 đáng"), "scattered");
	assert_string_equal(world_find(&world, "người NEAR/2 toán"), "");
}

static void a_star_completes_a_word(void **state)
{
	(void)state;
	assert_non_null(strstr(world_find(&world, "phuon*"), "exact"));
}

static void fields_are_asked_by_both_names(void **state)
{
	(void)state;
	assert_string_equal(world_find(&world, "subject:\"giao đất\""), "exact");
	assert_string_equal(world_find(&world, "trích_yếu:đất"), "exact");
	assert_string_equal(world_find(&world, "loại:\"công văn\""), "upper");
	assert_string_equal(world_find(&world, "năm:2018"), "apart");
	assert_string_equal(world_find(&world, "năm:2019..2020 chính"),
			    world_find(&world, "từ_ngày:2019 đến_ngày:2020 chính"));
	assert_string_equal(world_find(&world, "số:15/2019/qd-ubnd"), "exact");
	assert_string_equal(world_find(&world, "cơ_quan:\"nam định\""), "exact");
}

static void a_number_finds_its_record_before_those_that_cite_it(void **state)
{
	(void)state;
	assert_string_equal(world_find(&world, "15/2019/QĐ-UBND"), "exact cites");
	assert_string_equal(world_find(&world, "Quyết định số 15/2019/QĐ-UBND"), "exact cites");
	assert_string_equal(world_find(&world, "16/2019/QĐ-UBND"), "");
}

static void filters_narrow_and_dates_are_inclusive(void **state)
{
	(void)state;
	assert_string_equal(
		world_ids(&world, (SearchRequest){.query = STR("chính quyền"), .type = STR("quyết định")}, NULL),
		"exact");
	assert_string_equal(
		world_ids(&world, (SearchRequest){.from = STR("2019-03-12"), .to = STR("2019-03-12")}, NULL), "exact");
	assert_string_equal(
		world_ids(&world, (SearchRequest){.from = STR("2018"), .to = STR("2020"), .sort = SORT_ISSUED}, NULL),
		"apart exact upper");
	assert_string_equal(
		world_ids(&world,
			  (SearchRequest){.from = STR("2018"), .to = STR("2020"), .sort = SORT_ISSUED_DESCENDING},
			  NULL),
		"upper exact apart");
}

static void when_nothing_has_all_words_the_best_matches_say_so(void **state)
{
	SearchAnswer answer;
	(void)state;
	const char *found = world_ids(&world, (SearchRequest){.query = STR("hóa đơn nôm")}, &answer);
	assert_true(answer.relaxed);
	assert_non_null(strstr(found, "hoa-old"));
	world_ids(&world, (SearchRequest){.query = STR("hóa đơn nôm"), .mode = SEARCH_ALL}, &answer);
	assert_int_equal(answer.total, 0);
	assert_false(answer.relaxed);
}

static void pages_follow_each_other_without_gap_or_double(void **state)
{
	SearchAnswer answer;
	SearchRequest request = {.query = STR("chính quyền"), .limit = 2};
	char *all = "";
	(void)state;
	do {
		const char *page = world_ids(&world, request, &answer);
		all = arena_printf(&world.arena, "%s%s%s", all, *all && *page ? " " : "", page);
		request.cursor = answer.next;
	} while (answer.next.len);
	assert_string_equal(all, world_find(&world, "chính quyền"));
}

/* Records that come in between two pages stand before, among and behind those of the first: none moves them. */
static void a_cursor_keeps_its_page_while_records_come_in(void **state)
{
	static const char *const queries[] = {"thu hồi đất", "đất", "thu hoi", "\"hồi đất\"",
					      "thu hồi đất của các hộ dân ở thôn này theo quyết định"};
	World w;
	char json[300];
	int added = 0;
	(void)state;
	world_open(&w);
	for (; added < 25; added++) {
		snprintf(json, sizeof json, "{\"id\":\"r-%d\",\"text\":\"thu hồi đất %d %s của hộ dân\"}", added, added,
			 added % 3 ? "thu hồi đất" : "ở thôn");
		world_add(&w, json);
	}
	world_wait(&w);
	for (size_t q = 0; q < sizeof queries / sizeof *queries; q++) {
		SearchRequest request = {.query = str_from(queries[q]), .limit = 5};
		SearchAnswer answer;
		char *seen = " ";
		uint64_t total = 0;
		size_t pages = 0, hits = 0;
		do {
			world_ids(&w, request, &answer);
			total = pages ? total : answer.total;
			assert_int_equal(answer.total, total);
			for (size_t i = 0; i < answer.hit_count; i++, hits++) {
				const char *id = arena_printf(&w.arena, " %.*s ", STR_ARG(answer.hits[i].id));
				if (strstr(seen, id))
					fail_msg("%s: %s comes twice", queries[q], id);
				seen = arena_printf(&w.arena, "%s%s", seen, id);
			}
			request.cursor = answer.next;
			for (int i = 0; i < 3 && !pages; i++, added++) {
				snprintf(json, sizeof json, "{\"id\":\"r-%d\",\"text\":\"thu hồi đất\"}", added);
				world_add(&w, json);
			}
			if (!pages) /* the live shard is written once a second */
				world_wait(&w);
		} while (answer.next.len && ++pages < 100);
		assert_int_equal(hits, total);
	}
	world_close(&w);
}

static bool only_matches(const Query *q)
{
	bool ok = q->op != QUERY_AND_MAYBE && q->op != QUERY_SCALE && q->op != QUERY_BOOST;
	for (size_t i = 0; ok && i < q->child_count; i++)
		ok = only_matches(q->children[i]);
	return ok;
}

/* Xapian leaves documents in that an AND_MAYBE deep in what is excluded should take out (query.h): it takes a large
 * index to see it, so the query itself is looked at. */
static void what_a_tier_excludes_carries_no_weights(void **state)
{
	Snapshot *snapshot = index_take_snapshot(world.index);
	Matcher *matcher = NULL;
	ParsedQuery parsed;
	Compiled compiled;
	(void)state;
	TokenIter *tokens = token_iter_new(&world.err);
	assert_non_null(tokens);
	assert_ok(&world, snapshot_take_matcher(snapshot, &matcher, &(size_t){0}, &world.err));
	assert_ok(&world, query_parse(STR("chính quyền (địa phương) -\"ban hành\""), tokens, &world.arena, &parsed,
				      &world.err));
	assert_ok(&world, query_compile(&parsed, (CompileOptions){.expand = true}, tokens, matcher, &world.arena,
					&compiled, &world.err));
	assert_int_equal(compiled.tier_count, 4);
	for (size_t i = 0; i < compiled.tier_count; i++)
		assert_true(only_matches(query_matching(&world.arena, compiled.tiers[i])));
	snapshot_give_matcher(snapshot, matcher, true);
	snapshot_drop(snapshot);
	token_iter_free(tokens);
}

/* Tiers exclude each other. */
static void no_record_comes_twice(void **state)
{
	static const char *const texts[] = {"phê duyệt kế hoạch", "kế hoạch phê duyệt",
					    "duyệt phê kế hoạch", "phê kế duyệt hoạch",
					    "hoạch kế duyệt phê", "phê duyệt xong mới kế đến hoạch"};
	static const char *const queries[] = {"phê duyệt (kế hoạch)", "(phê duyệt) kế hoạch", "phe duyet (ke hoach)",
					      "(kế hoạch) (phê duyệt)"};
	World w;
	char json[200];
	(void)state;
	world_open(&w);
	for (int i = 0; i < 60; i++) {
		snprintf(json, sizeof json, "{\"id\":\"r-%d\",\"text\":\"%s %d\"}", i, texts[i * 7 % 6], i);
		world_add(&w, json);
	}
	world_wait(&w);
	for (size_t q = 0; q < sizeof queries / sizeof queries[0]; q++) {
		SearchAnswer answer;
		world_ids(&w, (SearchRequest){.query = str_from(queries[q]), .limit = 100}, &answer);
		assert_int_equal(answer.hit_count, 60);
		assert_int_equal(answer.total, 60);
		for (size_t i = 0; i < answer.hit_count; i++)
			for (size_t k = 0; k < i; k++)
				if (str_eq(answer.hits[i].id, answer.hits[k].id))
					fail_msg("%s: %.*s comes twice", queries[q], STR_ARG(answer.hits[i].id));
	}
	world_close(&w);
}

static void snippets_mark_the_bytes_of_the_text(void **state)
{
	SearchAnswer answer;
	(void)state;
	world_ids(&world, (SearchRequest){.query = STR("quyền xã")}, &answer);
	assert_int_equal(answer.hit_count, 1);
	assert_str_equal(answer.hits[0].snippet,
			 STR("chi\xCC\x81nh <mark>quye\xCC\x82\xCC\x80n</mark> <mark>xa\xCC\x83</mark>"));
}

static void a_bare_answer_has_the_same_hits(void **state)
{
	static const char *const queries[] = {"quyết định", "\"quyền sử dụng đất\"", "chinh quyen", "đất -giao", ""};
	(void)state;
	for (size_t q = 0; q < sizeof queries / sizeof queries[0]; q++) {
		SearchAnswer whole, bare;
		world_ids(&world, (SearchRequest){.query = str_from(queries[q])}, &whole);
		world_ids(&world, (SearchRequest){.query = str_from(queries[q]), .bare = true}, &bare);
		assert_int_equal(bare.hit_count, whole.hit_count);
		assert_int_equal(bare.total, whole.total);
		for (size_t i = 0; i < bare.hit_count; i++) {
			assert_int_equal(bare.hits[i].sequence, whole.hits[i].sequence);
			assert_true(bare.hits[i].score >= whole.hits[i].score &&
				    bare.hits[i].score <= whole.hits[i].score);
			assert_int_equal(bare.hits[i].matched, whole.hits[i].matched);
			assert_int_equal(bare.hits[i].snippet.len, 0);
		}
	}
}

static void facets_count_all_that_match(void **state)
{
	SearchAnswer answer;
	(void)state;
	world_ids(&world, (SearchRequest){.facets = 1u << FACET_TYPE | 1u << FACET_YEAR}, &answer);
	assert_int_equal(answer.facet_counts[FACET_TYPE], 2);
	assert_int_equal(answer.facet_counts[FACET_YEAR], 3);
	assert_int_equal(answer.facets[FACET_YEAR][0].count, 1);
}

static void abbreviations_are_searched_in_full_and_said(void **state)
{
	SearchAnswer answer;
	(void)state;
	assert_string_equal(world_ids(&world, (SearchRequest){.query = STR("ủy ban nhân dân nam định")}, &answer),
			    "exact");
	assert_true(answer.expansion_count > 0);
	assert_non_null(strstr(answer.expansions[0].ptr, "UBND"));
	world_ids(&world,
		  (SearchRequest){.query = STR("ủy ban nhân dân nam định"), .mode = SEARCH_ALL, .no_expansion = true},
		  &answer);
	assert_int_equal(answer.total, 0);
}

static void keystrokes_are_a_suggestion_only(void **state)
{
	SearchAnswer answer;
	(void)state;
	world_ids(&world, (SearchRequest){.query = STR("quyeets ddinhj")}, &answer);
	assert_int_equal(answer.hit_count, 0);
	assert_str_equal(answer.suggestion, STR("quyết định"));
}

static void odd_input_is_read_as_words(void **state)
{
	static const char *const odd[] = {"\"",       "(((",      ")))",
					  "OR",       "-",        "AND OR NOT",
					  "field:",   "\"chính",  "*",
					  "a:b:c",    "NEAR/0",   "số:",
					  "năm:..",   "năm:x..y", "từ_ngày:hôm_qua",
					  "\xFF\xFE", "- - -",    "(-)",
					  "\"\"",     "OR OR",    "()",
					  "-()",      "-\"",      "((a) OR",
					  "a*b*",     "-OR",      "x NEAR/99999 y",
					  "\0"};
	SearchAnswer answer;
	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
		world_ids(&world, (SearchRequest){.query = str_from(odd[i])}, &answer);
	world_ids(&world, (SearchRequest){.query = STR("字喃")}, &answer);
	assert_int_equal(answer.total, 1);
}

static void what_cannot_be_read_is_named(void **state)
{
	SearchRequest request = {0};
	SearchAnswer answer;
	Err err = {0};
	(void)state;
	assert_int_equal(search_set(&request, STR("sort"), STR("up"), &err), ST_INVALID);
	assert_non_null(strstr(err.text, "sort"));
	assert_int_equal(search_set(&request, STR("from"), STR("32/13/2019"), &err), ST_INVALID);
	assert_int_equal(search_set(&request, STR("limit"), STR("101"), &err), ST_INVALID);
	assert_int_equal(search_set(&request, STR("nonsense"), STR("1"), &err), ST_NOT_FOUND);
	request = (SearchRequest){.cursor = STR("zzz")};
	assert_int_equal(search_run(world.index, &request, &world.arena, &answer, &err), ST_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_unicode_form_and_case_finds_the_same_records_first),
		cmocka_unit_test(other_marks_are_looked_at_when_nothing_has_those_that_were_typed),
		cmocka_unit_test(without_accents_the_phrase_is_found_in_all_of_them_and_the_usual_ones_come_first),
		cmocka_unit_test(words_that_only_stand_in_pairs_are_no_phrase),
		cmocka_unit_test(both_tone_placements_are_one_word),
		cmocka_unit_test(a_phrase_wants_its_words_in_a_row),
		cmocka_unit_test(an_excluded_word_takes_its_records_out),
		cmocka_unit_test(or_and_brackets_mean_what_they_say),
		cmocka_unit_test(near_counts_words),
		cmocka_unit_test(a_star_completes_a_word),
		cmocka_unit_test(fields_are_asked_by_both_names),
		cmocka_unit_test(a_number_finds_its_record_before_those_that_cite_it),
		cmocka_unit_test(filters_narrow_and_dates_are_inclusive),
		cmocka_unit_test(when_nothing_has_all_words_the_best_matches_say_so),
		cmocka_unit_test(pages_follow_each_other_without_gap_or_double),
		cmocka_unit_test(a_cursor_keeps_its_page_while_records_come_in),
		cmocka_unit_test(what_a_tier_excludes_carries_no_weights),
		cmocka_unit_test(no_record_comes_twice),
		cmocka_unit_test(snippets_mark_the_bytes_of_the_text),
		cmocka_unit_test(a_bare_answer_has_the_same_hits),
		cmocka_unit_test(facets_count_all_that_match),
		cmocka_unit_test(abbreviations_are_searched_in_full_and_said),
		cmocka_unit_test(keystrokes_are_a_suggestion_only),
		cmocka_unit_test(odd_input_is_read_as_words),
		cmocka_unit_test(what_cannot_be_read_is_named),
	};
	return cmocka_run_group_tests(tests, fill, clear);
}
