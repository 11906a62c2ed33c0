/* tests/unit/search_phrases.c - quoted text and titles as they stand: where they are found, what they are called. */
#include "search_fixture.h"

static World world;

/* clang-format off */
#define LONG_TITLE \
	"Về việc phê duyệt kết quả lựa chọn nhà thầu cung cấp trang thiết bị dạy học tối thiểu cho các trường tiểu " \
	"học, trung học cơ sở và trung học phổ thông công lập trên địa bàn các xã miền núi, vùng cao (đợt 2 năm học " \
	"2023-2024) theo Kế hoạch số 45/KH-UBND ngày 12 tháng 3 năm 2023"
/* clang-format on */

static int fill(void **state)
{
	(void)state;
	world_open(&world);
	world_add(&world,
		  "{\"id\":\"text\",\"subject\":\"Một việc\",\"text\":\"Cấp giấy chứng nhận (lần hai),\\nđợt ba; "
		  "theo Nghị quyết số 16/NQ-HĐND của tỉnh. Kho\\u200bbạc nhà nước.\"}");
	world_add(&world, "{\"id\":\"subject\",\"subject\":\"Thu hồi đất tại thôn Đông, xã Tây\",\"text\":\"x\"}");
	world_add(&world, "{\"id\":\"agency\",\"subject\":\"b\",\"agency\":\"Chi cục Kiểm lâm vùng Một\"}");
	world_add(&world,
		  "{\"id\":\"signer\",\"subject\":\"c\",\"signer\":{\"name\":\"Lò Thị Phượng\",\"position\":\"Phó "
		  "giám đốc\"}}");
	world_add(&world,
		  "{\"id\":\"keywords\",\"subject\":\"d\",\"keywords\":[\"rừng phòng hộ\",\"đất lâm nghiệp\"]}");
	world_add(&world, "{\"id\":\"file\",\"subject\":\"e\",\"files\":[{\"name\":\"Biên bản bàn giao mốc giới.bin\","
			  "\"media\":\"application/octet-stream\",\"base64\":\"AAEC\"}]}");
	world_add(&world, "{\"id\":\"long\",\"subject\":\"" LONG_TITLE "\",\"text\":\"y\"}");
	world_add(&world,
		  "{\"id\":\"near-long\",\"subject\":\"Trang thiết bị dạy học tối thiểu cho các trường tiểu học, "
		  "trung học cơ sở và trung học phổ thông công lập; phê duyệt kết quả lựa chọn nhà thầu cung cấp\"}");
	world_add(&world, "{\"id\":\"commas\",\"subject\":\"Kế hoạch, chỉ tiêu\"}");
	world_wait(&world);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

static void quoted_text_is_found_in_every_field_that_has_words(void **state)
{
	static const char *const asked[][2] = {
		{"\"giấy chứng nhận\"", "text"}, {"\"đất tại thôn\"", "subject"},   {"\"Kiểm lâm vùng Một\"", "agency"},
		{"\"Lò Thị Phượng\"", "signer"}, {"\"rừng phòng hộ\"", "keywords"}, {"\"bàn giao mốc giới\"", "file"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		SearchAnswer answer;
		const char *found = world_ids(&world, (SearchRequest){.query = str_from(asked[i][0])}, &answer);
		if (answer.hit_count != 1)
			fail_msg("%s finds '%s'", asked[i][0], found);
		assert_string_equal(found, asked[i][1]);
		assert_int_equal(answer.hits[0].matched, LABEL_PHRASE);
	}
	assert_string_equal(world_find(&world, "\"lâm nghiệp rừng\""), ""); /* two keywords are two texts */
}

static void what_stands_between_the_words_does_not_part_them(void **state)
{
	static const char *const same[] = {
		"\"chứng nhận (lần hai), đợt ba\"",
		"\"chứng nhận lần hai đợt ba\"",
		"\"chứng nhận\n(lần hai)\"",
		"\"theo Nghị quyết số 16/NQ-HĐND của tỉnh\"",
		"\"số 16/NQ-HĐND của\"",
		"\"chứng\u200b nhận\"",
		"\"chứng-nhận (lần\"",
	};
	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		SearchAnswer answer;
		const char *found = world_ids(&world, (SearchRequest){.query = str_from(same[i])}, &answer);
		if (strcmp(found, "text") != 0 || answer.hits[0].matched != LABEL_PHRASE)
			fail_msg("%s finds %s", same[i], found);
	}
	assert_string_equal(world_find(&world, "\"thu hồi đất tại thôn Đông, xã Tây\""), "subject");
	assert_string_equal(world_find(&world, "\"kế hoạch chỉ tiêu\""), "commas");
}

static void a_title_is_found_first_and_called_so_however_long_it_is(void **state)
{
	static const char *const as[] = {
		LONG_TITLE, "\"" LONG_TITLE "\"",
		"ve viec phe duyet ket qua lua chon nha thau cung cap trang thiet bi day hoc toi "
		"thieu cho cac truong tieu hoc, trung hoc co so"};
	(void)state;
	for (size_t i = 0; i < sizeof as / sizeof *as; i++) {
		SearchAnswer answer;
		const char *found = world_ids(&world, (SearchRequest){.query = str_from(as[i])}, &answer);
		if (!answer.hit_count || strncmp(found, "long", 4) != 0 || answer.hits[0].matched != LABEL_PHRASE)
			fail_msg("%s finds %s", as[i], found);
		assert_false(answer.relaxed);
		assert_true(answer.hit_count < 2 || answer.hits[1].matched == LABEL_SOME_WORDS);
	}
}

static void what_stands_in_front_comes_on_no_other_page(void **state)
{
	SearchAnswer answer;
	SearchRequest request = {.query = STR(LONG_TITLE), .limit = 1};
	char *all = "";
	(void)state;
	do {
		all = arena_printf(&world.arena, "%s %s", all, world_ids(&world, request, &answer));
		request.cursor = answer.next;
	} while (answer.next.len);
	assert_string_equal(all, " long near-long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quoted_text_is_found_in_every_field_that_has_words),
		cmocka_unit_test(what_stands_between_the_words_does_not_part_them),
		cmocka_unit_test(a_title_is_found_first_and_called_so_however_long_it_is),
		cmocka_unit_test(what_stands_in_front_comes_on_no_other_page),
	};
	return cmocka_run_group_tests(tests, fill, drop);
}
